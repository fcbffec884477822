"""Evidence of one tenant, as values: what was seen, and what is to be done about it. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cli.answers_plans import Finding, Plan
from cli.answers_tenants import Tenant
from cli.explaining import table
from cli.moments import shown
from cli.reading import moment_text


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to be done.

    Attributes:
        code: What asks for it.
        weight: ``blocker``, ``warning`` or ``note``.
        what: One sentence.
        todo: What comes next.
    """

    code: str
    weight: str
    what: str
    todo: str


@dataclass(frozen=True, slots=True)
class LookFailed:
    """Why a tenant could not be looked at."""

    code: str
    cause: str


@dataclass(frozen=True, slots=True)
class Result:
    """What a run of evidence holds of one tenant.

    Attributes:
        tenant: Its record.
        actions: What is to be done.
        look: What a look that was made for this run found; ``None`` where none was.
        look_failed: Why there is none although one was asked for.
    """

    tenant: Tenant
    actions: tuple[Action, ...]
    look: Plan | None = None
    look_failed: LookFailed | None = None


RESULT_COLUMNS = (
    "tenant_id",
    "initial_domain",
    "account_id",
    "company_name",
    "region",
    "wanted",
    "seen",
    "reason",
    "checked_at",
    "item",
    "item_wanted",
    "item_seen",
)
ACTION_COLUMNS = (
    "tenant_id",
    "initial_domain",
    "code",
    "weight",
    "what",
    "todo",
    "owner",
    "due",
    "done",
    "remark",
)
"""The last four are for people to fill in."""


def result_rows(result: Result) -> Iterator[tuple[str, ...]]:
    """The rows of ``results.csv``: one for each item."""
    tenant = result.tenant
    checked = moment_text(tenant.checked_at) if tenant.checked_at else ""
    for item in tenant.items:
        yield (
            tenant.tenant_id,
            tenant.initial_domain,
            tenant.account_id,
            tenant.company_name,
            tenant.region,
            tenant.stage,
            tenant.verdict,
            tenant.reason,
            checked,
            item.name,
            item.desired,
            item.observed,
        )


def action_rows(result: Result) -> Iterator[tuple[str, ...]]:
    """The rows of ``actions.csv``."""
    tenant = result.tenant
    for action in result.actions:
        row = (tenant.tenant_id, tenant.initial_domain, action.code, action.weight, action.what, action.todo)
        yield (*row, "", "", "", "")


def actions_of(tenant: Tenant) -> tuple[Action, ...]:
    """List what is to be done about a tenant, as its record says it."""
    known = {(each.kind, each.code): each.then for each in table()}
    return (*_seen(tenant, known), *_noticed(tenant.findings, known), *_decided(tenant))


def _seen(tenant: Tenant, known: Mapping[tuple[str, str], str]) -> Iterator[Action]:
    if tenant.verdict != "healthy" and tenant.stage != "offboarded":
        todo = tenant.guidance.sentence or known.get(("verdict", tenant.verdict), "")
        yield Action(tenant.verdict, "blocker", tenant.reason, todo)
    for item in tenant.items:
        if item.desired != item.observed:
            what = f"{item.name}: wanted {item.desired}, seen {item.observed}"
            yield Action("item", "warning", what, f"keeper plan {tenant.tenant_id}")


def _noticed(findings: tuple[Finding, ...], known: Mapping[tuple[str, str], str]) -> Iterator[Action]:
    for finding in findings:
        if finding.weight != "note":
            todo = known.get(("finding", finding.code), f"keeper explain {finding.code}")
            yield Action(finding.code, finding.weight, finding.sentence, todo)


def _decided(tenant: Tenant) -> Iterator[Action]:
    """What people decided ends by itself, and somebody had better think of it before."""
    for name, suspension in (("pause", tenant.pause), ("hold", tenant.hold)):
        if suspension is not None:
            what = f"until {shown(suspension.until)}, by {suspension.by}: {suspension.reason}"
            yield Action(name, "note", what, f"keeper resume {tenant.tenant_id}")
    for each in tenant.deviations:
        what = f"{each.setting} = {each.value} until {shown(each.until)}, by {each.by}: {each.reason}"
        yield Action("deviation", "note", what, f"keeper revoke {tenant.tenant_id} '{each.setting}'")
