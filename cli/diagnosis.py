"""What ``keeper doctor`` judges: one line for each thing that a tenant needs, and its fix. Pure.

The tenant's Microsoft 365 is never asked from here: what counts is how the product sees it, in its record and in the
plan that it makes now.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from cli.answers import Fleet
from cli.answers_plans import Plan
from cli.answers_tenants import Tenant
from cli.errors import CommandError
from cli.moments import shown

OK, FIX, LOOK, UNKNOWN = "ok", "fix", "look", "unknown"

_SKEW = timedelta(seconds=120)
"""How far two clocks may be apart; Entra and webhooks forgive five minutes."""
_STALE = timedelta(hours=6)

_ACCESS = ("consent", "permission", "role")
_STANDS_FOR: Mapping[str, str] = {
    "needs_consent": "consent",
    "needs_permission": "permission",
    "needs_role": "role",
    "role_propagating": "role",
    "cmdlets_missing": "role",
}
"""Which line an error or a finding belongs to; what comes before it in ``_ACCESS`` is in order then."""
_OF_WEIGHT: Mapping[str, str] = {"blocker": FIX, "warning": LOOK, "note": OK}
_SAYS: Mapping[str, str] = {
    "consent": "the administrator has consented to the application",
    "permission": "it was given Exchange.ManageAsApp",
    "role": "its role allows every cmdlet that is needed",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was looked at.

    Attributes:
        subject: What.
        state: ``ok``; ``fix``; ``look``, where a person had better look; ``unknown``.
        said: One sentence.
        fix: What mends it; empty where nothing is to be.
    """

    subject: str
    state: str
    said: str
    fix: str = ""


def unreachable(error: CommandError) -> Line:
    """The API cannot be asked."""
    return Line("reachability", FIX, f"{error.code}: {error}", f"keeper explain {error.code}")


def clock_line(own: datetime, theirs: datetime | None) -> Line:
    """Compare this machine's clock with the API's."""
    if theirs is None:
        return Line("clock", UNKNOWN, "the API does not say its time")
    apart = abs(own - theirs)
    said = f"this machine and the API are {apart.total_seconds():.0f} s apart"
    if apart > _SKEW:
        return Line("clock", FIX, said, "set this machine's clock; tokens and webhooks are refused five minutes off")
    return Line("clock", OK, said)


def as_recorded(tenant: Tenant, fleet: Fleet, now: datetime) -> Iterator[Line]:
    """Judge by the record: what people decided, and whether somebody looks."""
    yield _brake(fleet)
    if tenant.hold is not None:
        until = f"until {shown(tenant.hold.until)}, by {tenant.hold.by}: {tenant.hold.reason}"
        yield Line("hold", FIX, f"nothing is repaired {until}", f"keeper resume {tenant.tenant_id}")
    if tenant.pause is not None:
        until = f"until {shown(tenant.pause.until)}, by {tenant.pause.by}: {tenant.pause.reason}"
        yield Line("pause", FIX, f"mail passes by {until}", f"keeper resume {tenant.tenant_id}")
    if tenant.checked_at is None or now - tenant.checked_at > _STALE:
        yield Line("look", FIX, f"last looked at: {shown(tenant.checked_at)}", f"keeper verify {tenant.tenant_id}")
    else:
        yield Line("look", OK, f"last looked at: {shown(tenant.checked_at)}")


def _brake(fleet: Fleet) -> Line:
    if fleet.freeze is None:
        return Line("brake", OK, "repairs are not frozen")
    said = f"frozen since {shown(fleet.freeze.since)}, by {fleet.freeze.by}: {fleet.freeze.reason}"
    return Line("brake", FIX, said, "keeper plan --verdict drifted, then keeper release")


def as_planned(tenant: Tenant, plan: Plan | None, failure: CommandError | None) -> Iterator[Line]:
    """Judge by a look that was just made: access, organisation, restrictions, Exchange itself, the six items."""
    findings = {each.code: each.sentence for each in (plan.findings if plan else tenant.findings)}
    code = failure.code if failure else next((each for each in findings if each in _STANDS_FOR), "")
    yield from _access(tenant, code, failure, findings)
    yield _hydration(tenant, findings, is_fresh=plan is not None)
    yield from _restrictions(tenant, failure, findings)
    if failure is not None and code not in _STANDS_FOR:
        yield Line("exchange", FIX, f"{failure.code}: {failure}", f"keeper explain {failure.code}")
    if plan is not None:
        yield Line("exchange", OK, "Exchange was read just now")
        yield _items(tenant, plan)
    yield from _others(tenant, plan)


def _access(tenant: Tenant, code: str, failure: CommandError | None, findings: Mapping[str, str]) -> Iterator[Line]:
    wrong = _STANDS_FOR.get(code)
    for at, subject in enumerate(_ACCESS):
        if wrong is not None and at == _ACCESS.index(wrong):
            yield Line(subject, FIX, findings.get(code) or str(failure), _ask_customer(tenant))
        elif wrong is not None and at > _ACCESS.index(wrong):
            yield Line(subject, UNKNOWN, "not reached")
        elif failure is not None and wrong is None:
            yield Line(subject, UNKNOWN, f"no look was possible ({failure.code})")
        else:
            yield Line(subject, OK, _SAYS[subject])


def _ask_customer(tenant: Tenant) -> str:
    return tenant.guidance.sentence or "ask the customer's administrator; the tenant's next look says what for"


def _hydration(tenant: Tenant, findings: Mapping[str, str], *, is_fresh: bool) -> Line:
    if "dehydrated" in findings:
        fix = "the customer's administrator runs Enable-OrganizationCustomization once and waits for an hour"
        return Line("hydration", FIX, findings["dehydrated"], fix)
    if not is_fresh and tenant.checked_at is None:
        return Line("hydration", UNKNOWN, "not looked at")
    return Line("hydration", OK, "the organisation has objects of its own")


def _restrictions(tenant: Tenant, failure: CommandError | None, findings: Mapping[str, str]) -> Iterator[Line]:
    said = dict(tenant.refused)
    if "inbound_refused" in findings:
        said.setdefault("From MailMarshal Cloud Integrated", findings["inbound_refused"])
    if failure is not None and failure.code == "blocked":
        said.setdefault("tenant", str(failure))
    for name, sentence in said.items():
        yield Line("restriction", FIX, f"{name}: {sentence}", f"once it is lifted: keeper apply {tenant.tenant_id}")
    if not said:
        yield Line("restriction", OK, "Microsoft refuses nothing")


def _items(tenant: Tenant, plan: Plan) -> Line:
    if not plan.steps and plan.verdict == "healthy":
        return Line("items", OK, "all six items are as they should be")
    return Line("items", FIX, f"{plan.verdict}: {plan.reason}", f"keeper plan {tenant.tenant_id}")


def _others(tenant: Tenant, plan: Plan | None) -> Iterator[Line]:
    """What else was noticed, where no line above has said it."""
    said = {"dehydrated", "inbound_refused", *_STANDS_FOR}
    for each in plan.findings if plan else tenant.findings:
        if each.code not in said:
            state = _OF_WEIGHT.get(each.weight, LOOK)
            fix = "" if state == OK else f"keeper explain {each.code}"
            yield Line(each.code, state, each.sentence, fix)
