"""Make of what several calls brought one list for each kind, and of the lists what was read of a tenant. No I/O."""

from collections.abc import Iterable, Mapping

from shared.adapters.exchange_answers import Outcome, Reply
from shared.adapters.exchange_calls import OPTIONAL
from shared.domain.errors import KeeperError, PermanentError, Throttled
from shared.domain.observation import Complete, Observation, Reading, Unread
from shared.domain.resources import Kind


def names(reply: Reply) -> list[object]:
    """What a list holds, in its order."""
    return [row.get("Guid") or row.get("Name") for row in reply.rows]


def joined(outcomes: Iterable[tuple[str, Outcome]]) -> dict[str, Outcome]:
    """Make one list of what several calls brought; a list of which a part is missing is not read."""
    whole: dict[str, Outcome] = {}
    for kind, outcome in outcomes:
        before = whole.get(kind)
        if isinstance(before, Reply) and isinstance(outcome, Reply):
            rows = {row.get("Guid") or row.get("Name") or id(row): row for row in (*before.rows, *outcome.rows)}
            whole[kind] = Reply(tuple(rows.values()))
        elif not isinstance(before, KeeperError):
            whole[kind] = outcome
    return whole


def observation_of(outcomes: Mapping[str, Outcome]) -> Observation:
    """Tell what was read from what was not: a part that is missing for a while is unread, never absent.

    What the product can do without is unread whatever the refusal.

    Raises:
        KeeperError: One read was refused for good or for too many calls, or none succeeded.
    """
    needed = {kind: outcome for kind, outcome in outcomes.items() if kind not in OPTIONAL}
    errors = [outcome for outcome in needed.values() if isinstance(outcome, KeeperError)]
    for grave in (PermanentError, Throttled):
        for error in errors:
            if isinstance(error, grave):
                raise error
    if len(errors) == len(needed):
        raise errors[0]
    return {Kind(kind): reading_of(outcome) for kind, outcome in outcomes.items()}


def reading_of(outcome: Outcome) -> Reading:
    """Make a reading of what one list came to."""
    return Complete(outcome.rows) if isinstance(outcome, Reply) else Unread(str(outcome))
