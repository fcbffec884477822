"""Renew docs/permissions.md: what is read and changed in a customer's tenant, and the commands, are made from the code.

Run ``python tools/permissions_page.py``; everything between the marks is made anew.
"""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "permissions.md"
sys.path.insert(0, str(ROOT))

from shared.adapters.exchange_calls import DOMAINS, READS, Call  # noqa: E402 - this is a script
from shared.domain.desired import Spec, desired_state  # noqa: E402
from shared.domain.guidance import guidance  # noqa: E402
from shared.domain.preflight import CMDLETS  # noqa: E402
from shared.domain.regions import Region  # noqa: E402
from shared.domain.resources import Item, Kind, Resource, Setting  # noqa: E402
from shared.domain.tenants import Stage, Tenant, Verdict  # noqa: E402
from shared.domain.values import Compare, Secret  # noqa: E402
from tools.marked import renewed  # noqa: E402

_REGION = Region.EU
_SECRET = Secret("<loop-check GUID>")
_SKIPPED = "the addresses of MailMarshal Cloud in your region"
_KINDS = {
    Kind.INBOUND_CONNECTOR: "Inbound connector",
    Kind.OUTBOUND_CONNECTOR: "Outbound connector",
    Kind.TRANSPORT_RULE: "Transport rule",
    Kind.ARC_CONFIG: "Trusted ARC sealers",
    Kind.ORGANIZATION_CONFIG: "Your organisation",
}
_SWITCHES = {(True, True): "on", (False, True): "off at first; on from the day on which your mail is switched over"}


def page(text: str) -> str:
    """Put every table and every list of commands in its place anew."""
    tables = {
        "reads": (("what we read", "by", "of each"), list(_reads())),
        "cmdlets": (("of", "read", "created, changed, switched", "removed, when you leave"), list(_cmdlets())),
        "objects": (("object", "setting", "value"), list(_settings())),
    }
    text = renewed(text, tables)
    commands = {"role": guidance(_tenant(Stage.STAGED, Verdict.NEEDS_ROLE), "<application id>").commands}
    commands["by-hand"] = guidance(_tenant(Stage.OFFBOARDING, Verdict.NEEDS_CONSENT), "").commands
    for name, lines in commands.items():
        before, _, rest = text.partition(f"<!-- {name} -->")
        after = rest.partition(f"<!-- /{name} -->")[2]
        block = "\n".join(("```powershell", *lines, "```"))
        text = f"{before}<!-- {name} -->\n{block}\n<!-- /{name} -->{after}"
    return text


def _tenant(stage: Stage, verdict: Verdict = Verdict.HEALTHY) -> Tenant:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    return Tenant(UUID(int=0), "", _REGION, "", _SECRET, stage, 1, moment, moment, verdict=verdict)


def _desired(stage: Stage) -> tuple[Resource, ...]:
    return desired_state(_tenant(stage), Spec("", {_REGION: (_SKIPPED,)}))


def _reads() -> Iterator[tuple[str, ...]]:
    calls: list[tuple[str, Call]] = [(_KINDS[kind], call) for kind, call in READS]
    for cmdlet, (what, call) in {call.cmdlet: (what, call) for what, call in calls}.items():
        members = ", ".join(f"`{member}`" for member in call.members)
        yield what, f"`{cmdlet}`", members or "every setting"
    yield "Your accepted domains", f"`{DOMAINS.cmdlet}`", "every setting"


def _cmdlets() -> Iterator[tuple[str, ...]]:
    for kind in (kind for kind in _KINDS if f"Get-{kind}" in CMDLETS):
        own = [f"{verb}-{kind}" for verb in ("New", "Set", "Enable", "Disable") if f"{verb}-{kind}" in CMDLETS]
        removing = f"`Remove-{kind}`" if f"Remove-{kind}" in CMDLETS else "our entry, by `Set-ArcConfig`"
        yield _KINDS[kind], f"`Get-{kind}`", ", ".join(f"`{cmdlet}`" for cmdlet in own), removing


def _settings() -> Iterator[tuple[str, ...]]:
    for staged, active in zip(_desired(Stage.STAGED), _desired(Stage.ACTIVE), strict=True):
        name = _KINDS[staged.kind] if staged.item is Item.ARC_SEALER else f"{_KINDS[staged.kind]} **{staged.name}**"
        if staged.enabled is not None and active.enabled is not None:
            yield name, "is switched", _SWITCHES[staged.enabled, active.enabled]
        for setting in active.settings:
            yield name, f"`{setting.name}`", _value(setting)


def _value(setting: Setting) -> str:
    if setting.compare is Compare.INCLUDES:
        return f"what you have there, and `{_text(setting.value)}`"
    if setting.compare is Compare.NETWORKS:
        return _text(setting.value)
    return f"`{_text(setting.value)}`" if setting.value not in (None, ()) else "not set"


def _text(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(_text, value))
    if isinstance(value, Secret):
        return value.reveal
    return str(value).lower() if isinstance(value, bool) else str(value)


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")
