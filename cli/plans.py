"""Plans of tenants: what an order would do to each as it is now, and how people read it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rich.text import Text

from cli.answers_plans import Drift, Finding, Step
from cli.answers_tenants import TenantLine
from cli.api import Api
from cli.errands import ERRANDS
from cli.errors import Refused
from cli.inert import one_line
from cli.options import Selection
from cli.outcomes import Target
from cli.sheets import Column, Sheet
from cli.words import Purpose

OURS = frozenset({"unauthentic", "forbidden", "invalid_request", "no_such_route"})
"""Refusals of whoever asks: no other tenant would be answered otherwise."""

_MARKS = {"create": "+", "update": "~", "move": "↕", "enable": "▲", "disable": "▼", "remove": "-"}
_STYLES = {"create": "green", "remove": "red", "disable": "yellow"}


@dataclass(frozen=True, slots=True)
class TenantPlan:
    """One tenant's plan, or why there is none.

    Attributes:
        tenant_id: Whose.
        initial_domain: Its domain.
        plan_hash: What binds an order to it; empty where there is no plan.
        verdict: What was seen.
        reason: One sentence to it.
        steps: The writes, in order.
        drifts: The differences.
        findings: What else was noticed.
        code: Why there is no plan; empty where there is one.
        cause: One sentence to it.
    """

    tenant_id: str
    initial_domain: str
    plan_hash: str = ""
    verdict: str = ""
    reason: str = ""
    steps: tuple[Step, ...] = ()
    drifts: tuple[Drift, ...] = ()
    findings: tuple[Finding, ...] = ()
    code: str = ""
    cause: str = ""

    @property
    def is_well(self) -> bool:
        """Whether nothing is to be written, and nothing else is to be done."""
        return not self.steps and self.verdict == "healthy"


def planned(api: Api, purpose: Purpose, line: TenantLine | Target) -> TenantPlan:
    """Have a tenant looked at, and an order planned.

    Raises:
        CommandError: The API cannot be asked, or refuses whoever asks.
    """
    try:
        plan = api.plan(line.tenant_id, purpose)
    except Refused as refused:
        if refused.code in OURS:
            raise
        return TenantPlan(line.tenant_id, line.initial_domain, code=refused.code, cause=str(refused))
    return TenantPlan(
        line.tenant_id,
        line.initial_domain,
        plan.plan_hash,
        plan.verdict,
        plan.reason,
        plan.steps,
        plan.drifts,
        plan.findings,
    )


_NOT_HELD = frozenset({Purpose.REMEDIATE, Purpose.ACTIVATE})
"""What is not planned of a tenant whose repairs are held."""


def concerned(lines: Iterator[TenantLine], selection: Selection, purpose: Purpose) -> Iterator[TenantLine]:
    """Pass over whom a selector meets by the way: whom the order does not mean, who is held. A name is always meant."""
    for line in lines:
        is_out = not ERRANDS[purpose].means(line) or (line.hold is not None and purpose in _NOT_HELD)
        if not (selection.is_fleet and is_out):
            yield line


@dataclass(slots=True)
class Totals:
    """What a number of plans come to.

    Attributes:
        steps: How many writes of each verb.
        changing: Tenants with something to write.
        same: Tenants with nothing to write that are as they should be.
        waiting: Tenants with nothing to write that are not: time or a person must act.
        unplanned: Tenants that could not be planned.
    """

    steps: Counter[str] = field(default_factory=Counter)
    changing: int = 0
    same: int = 0
    waiting: int = 0
    unplanned: int = 0

    @property
    def planned(self) -> int:
        """Tenants that have a plan."""
        return self.changing + self.same + self.waiting

    def asked(self, purpose: Purpose) -> int:
        """How many tenants an order asks; a repair those alone that something is to be written to."""
        return self.changing if purpose is Purpose.REMEDIATE else self.planned

    def add(self, plan: TenantPlan) -> None:
        """Count one more."""
        self.steps.update(step.verb for step in plan.steps)
        self.changing += bool(plan.steps)
        self.unplanned += bool(plan.code)
        self.same += plan.is_well
        self.waiting += not plan.steps and not plan.code and not plan.is_well

    def sentence(self) -> str:
        """Say it in one line."""
        verbs = ", ".join(f"{self.steps[verb]} to {verb}" for verb in _MARKS if self.steps[verb]) or "nothing to do"
        seen = self.planned + self.unplanned
        rest = f"; {self.same} as they should be" if self.same else ""
        waiting = f"; {self.waiting} with nothing to write and not healthy" if self.waiting else ""
        lost = f"; {self.unplanned} could not be planned" if self.unplanned else ""
        return (
            f"Plan: {verbs} in {self.changing} of {seen} {'tenant' if seen == 1 else 'tenants'}{rest}{waiting}{lost}."
        )

    def document(self) -> dict[str, object]:
        """Say it for JSON."""
        names = ("changing", "same", "waiting", "unplanned")
        numbers = {name: getattr(self, name) for name in names}
        return {**numbers, "steps": dict(sorted(self.steps.items()))}


def plan_lines(plan: TenantPlan) -> Iterator[str | Text]:
    """A plan for people: every write, every setting old and new, and what it does to mail."""
    name = f"{one_line(plan.initial_domain)}  {one_line(plan.tenant_id)}"
    if plan.code:
        yield Text.assemble((name, "bold"), "  ", (f"{one_line(plan.code)}: {one_line(plan.cause)}", "red"))
        return
    if plan.is_well:
        return
    yield Text.assemble((name, "bold"), f"  {one_line(plan.verdict)}: {one_line(plan.reason)}")
    for finding in plan.findings:
        if finding.weight == "blocker":
            yield Text(f"  ! {one_line(finding.code)}: {one_line(finding.sentence)}", style="red")
    for step in plan.steps:
        yield from _step_lines(step)


def _step_lines(step: Step) -> Iterator[str | Text]:
    mark, style = _MARKS.get(step.verb, "?"), _STYLES.get(step.verb, "cyan")
    yield Text(f"  {mark} {one_line(step.verb)} {one_line(step.object)}", style=style)
    for change in step.changes:
        old = f"{one_line(change.old)} → " if change.old else ""
        yield f"      {one_line(change.setting)}: {old}{one_line(change.new)}"
    yield f"      {one_line(step.effect)}"


def _writes(plan: TenantPlan) -> str:
    return "; ".join(f"{step.verb} {step.object}" for step in plan.steps) or "nothing to do"


def plan_sheet(totals: Totals) -> Sheet[TenantPlan]:
    """Plans as they are written."""
    columns: Sequence[Column[TenantPlan]] = (
        Column("tenant", lambda plan: plan.initial_domain),
        Column("id", lambda plan: plan.tenant_id),
        Column("seen", lambda plan: plan.verdict or plan.code),
        Column("would", lambda plan: plan.cause if plan.code else _writes(plan)),
        Column("plan", lambda plan: plan.plan_hash[:12]),
    )
    return Sheet("plan", columns, plan_lines, lambda: [totals.sentence()], totals.document)
