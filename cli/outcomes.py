"""What became of an order: tenant by tenant, and counted."""

from dataclasses import dataclass, field

from cli.sheets import Column, Sheet

ASKED, DONE, REFUSED, UNWELL, LATE = "asked", "done", "refused", "unwell", "late"
_STYLES = {DONE: "green", ASKED: "green", REFUSED: "red", UNWELL: "red", LATE: "yellow"}


@dataclass(frozen=True, slots=True)
class Target:
    """Whom an order is for, and the plan that it is bound to."""

    tenant_id: str
    initial_domain: str
    plan_hash: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an order to one tenant.

    Attributes:
        tenant_id: Whose.
        initial_domain: Its domain.
        state: ``asked``, ``done``, ``refused``, ``unwell`` (a person must act) or ``late`` (not healthy in time).
        said: One sentence.
        code: Why it is not done.
        then: The command that comes next.
        operation_id: Leads through everything that followed.
    """

    tenant_id: str
    initial_domain: str
    state: str
    said: str
    code: str = ""
    then: str = ""
    operation_id: str = ""


@dataclass(slots=True)
class Tally:
    """How many came to what, and whether all of them to what was wanted."""

    counts: dict[str, int] = field(default_factory=dict)
    is_clean: bool = True

    def add(self, outcome: Outcome) -> None:
        """Count one more."""
        self.counts[outcome.state] = self.counts.get(outcome.state, 0) + 1
        self.is_clean = self.is_clean and not outcome.code

    def any(self, *states: str) -> bool:
        """Whether any came to one of these."""
        return any(self.counts.get(state) for state in states)

    def sentence(self) -> str:
        """Say it in one line."""
        return ", ".join(f"{count} {state}" for state, count in self.counts.items()) or "nothing to do"


def outcome_sheet(tally: Tally) -> Sheet[Outcome]:
    """Outcomes as they are written."""
    columns = (
        Column[Outcome]("tenant", lambda outcome: outcome.initial_domain),
        Column[Outcome]("", lambda outcome: outcome.state, lambda state: _STYLES.get(state.strip(), "")),
        Column[Outcome]("said", lambda outcome: outcome.said),
        Column[Outcome]("next", lambda outcome: outcome.then),
    )
    return Sheet("outcomes", columns, summed=list, summary=lambda: tally.counts)
