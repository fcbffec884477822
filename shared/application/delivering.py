"""The delivery of one letter: once, to whoever is still to be told. What was not delivered stands in its row."""

from datetime import timedelta

from shared.application.ports import World
from shared.application.sinks import Notices
from shared.application.stores import MOST_EDITIONS
from shared.domain.errors import Ambiguous, KeeperError, RecordChanged, SinkGone, TransientError
from shared.domain.incident_turns import is_current
from shared.domain.incidents import Delivered, Incident, KeptIncident, Mark
from shared.domain.letters import Letter, Posting, once_more
from shared.domain.notification import notification_of

MOST_ATTEMPTS = 16
"""How often a letter is tried before a person is asked; with the delays below, about a day."""
_FIRST_DELAY = timedelta(seconds=15)
_LONGEST_DELAY = timedelta(hours=6)
_SECOND = timedelta(seconds=1)


def deliver_letter(letter: Letter, notices: Notices, world: World) -> Incident | None:
    """Tell one sink one piece of news, unless it knows it or the news is overtaken.

    Returns:
        What was told; ``None`` where nothing had to be.

    Raises:
        Throttled: The sink asks for fewer.
        Unavailable: It did not take it, or storage is away; try again later.
        Ambiguous: Nobody can tell whether it took it; try again later.
        Rejected: It will never take it.
        SinkGone: It wants none any more; that is remembered.
    """
    kept, sink = world.incidents.find(letter.tenant_id, letter.incident_id), notices.sink(letter.sink)
    if kept is None or sink is None:
        return None
    mark = kept.incident.mark(letter.sink, letter.news)
    if mark is not None and mark.state is Delivered.SENT:
        return None
    if not is_current(kept.incident, letter.news):
        _noted(kept, letter, Delivered.DROPPED, world)
        return None
    # Written before it goes out: whoever dies, or hears no answer, leaves behind that somebody may have been told.
    newest = _noted(kept, letter, Delivered.ASKED, world, is_tried=True)
    try:
        sink.send(notification_of(kept.incident, letter.news, notices.places), world.clock())
    except Ambiguous:
        raise
    except KeeperError as error:
        _noted(newest, letter, Delivered.ASKED, world, is_tried=mark is not None and mark.is_tried)
        if isinstance(error, SinkGone):
            world.incidents.sink_gone(sink.name, sink.mark, world.clock())
        raise
    _noted(newest, letter, Delivered.SENT, world)
    return kept.incident


def note(letter: Letter, state: Delivered, world: World) -> None:
    """Note on an incident's row how far a letter has come.

    Raises:
        RecordChanged: Others changed the row at every attempt.
    """
    _noted(world.incidents.find(letter.tenant_id, letter.incident_id), letter, state, world)


def _noted(
    kept: KeptIncident | None, letter: Letter, state: Delivered, world: World, *, is_tried: bool | None = None
) -> KeptIncident | None:
    """Note it on the row at hand, which is read anew only where it is not the newest.

    Args:
        kept: The row as we know it; ``None`` where it was forgotten.
        letter: The letter.
        state: How far it has come.
        world: The outside.
        is_tried: Whether somebody may have been told; ``None`` for what the row says.

    Returns:
        The row as it is now.

    Raises:
        RecordChanged: Others changed the row at every attempt.
    """
    for _ in range(2 * MOST_EDITIONS):
        if kept is None:
            return None
        before = kept.incident.mark(letter.sink, letter.news)
        tried = is_tried if is_tried is not None else before is not None and before.is_tried
        marked = kept.incident.marked(letter.sink, letter.news, Mark(state, world.clock(), tried))
        try:
            return world.incidents.put(kept, marked)
        except RecordChanged:
            kept = world.incidents.find(letter.tenant_id, letter.incident_id)
    raise RecordChanged("others changed the incident at every attempt; try again later")


def later(error: KeeperError, letter: Letter, chance: float) -> Posting | None:
    """Try a letter again later; ``None`` where time does not help, or it was tried often enough.

    Args:
        error: What happened; the wait that the other side asked for is kept to.
        letter: The letter.
        chance: A random number from 0 to 1: half of the wait is jitter, so that not everything is tried at once.
    """
    if not isinstance(error, TransientError) or letter.attempt >= MOST_ATTEMPTS:
        return None
    if error.retry_after is not None:
        return Posting(once_more(letter), error.retry_after + chance * _SECOND)
    wait = min(_LONGEST_DELAY, _FIRST_DELAY * 2 ** (letter.attempt - 1))
    return Posting(once_more(letter), wait * (1 + chance) / 2)
