"""How incidents go on: what opens, stays, is told as one, and is over. Pure; the same look twice changes nothing."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from shared.domain.incidents import (
    LIVE,
    Concern,
    Delivered,
    Incident,
    IncidentCause,
    News,
    Patience,
    Phase,
    Severity,
    Subject,
)

_ASKED_FOR = timedelta(days=2)
"""How long a message may be on its way before another one asks for the same; tries are over long before."""
_LOST = timedelta(days=7)
"""After so long nobody waits any more for what became of a message."""

_GIVEN_UP = timedelta(days=30)
"""For so long an end that could not be told can be told after all: its letter is set aside, and may be replayed."""

_ONE_BY_ONE = "few enough tenants are left to be told one by one"
_NONE_LEFT = "none of the tenants is left"

_NEWS: Mapping[Phase, News] = {Phase.OPEN: News.OPENED, Phase.RESOLVED: News.RESOLVED, Phase.ONCE: News.CHANGED}


def noticed(
    found: Iterable[tuple[Subject, Concern]],
    live: Iterable[Incident],
    ends: Callable[[Incident], str],
    now: datetime,
) -> tuple[Incident, ...]:
    """Match what is wrong now with what was; never are there two of one thing.

    Args:
        found: What is wrong now.
        live: The incidents that it may be, none of which is over.
        ends: Why an incident that is not wrong any more is over; empty where nobody can tell whether it is.
        now: When it was found.

    Returns:
        The incidents that are new or not what they were.
    """
    wanted = {(subject.tenant_id, each.item, each.cause): (subject, each) for subject, each in found}
    changed: list[Incident] = []
    for incident in live:
        again = wanted.pop(incident.key, None)
        if again is not None:
            changed.append(_seen_again(incident, again[1], now))
        elif ending := ends(incident):
            changed.append(over(incident, ending, now))
    return (*changed, *(_new(subject, concern, now) for subject, concern in wanted.values()))


def over(incident: Incident, ending: str, now: datetime) -> Incident:
    """The incident that is over."""
    return replace(incident, phase=Phase.RESOLVED, ended_at=now, ending=ending)


def _seen_again(incident: Incident, concern: Concern, now: datetime) -> Incident:
    return replace(incident, severity=concern.severity, sentence=concern.sentence, seen_at=now)


def _new(subject: Subject, concern: Concern, now: datetime) -> Incident:
    return Incident(subject, concern.item, concern.cause, concern.severity, concern.sentence, now, now)


def turned(incidents: Sequence[Incident], now: datetime, patience: Patience) -> tuple[Incident, ...]:
    """Open what has been wrong for long enough: each on its own, or as one where many tenants have the same cause.

    Those that were told on their own before stay open on their own: "resolved" always means that it is.

    Returns:
        The incidents that are new or not what they were.
    """
    live = [incident for incident in incidents if incident.phase in LIVE]
    changed: list[Incident] = []
    for cause in IncidentCause:
        mine = [incident for incident in live if incident.cause is cause]
        changed += _of_cause(mine, now, patience)
    return tuple(changed)


def _of_cause(mine: Sequence[Incident], now: datetime, patience: Patience) -> Iterator[Incident]:
    groups = [incident for incident in mine if incident.is_group]
    ripe = [each for each in mine if not each.is_group and now - each.since >= patience.of(each.cause)]
    alone = [each for each in ripe if each.subject.tenant_id is None]
    told_together = [each for each in ripe if each.subject.tenant_id is not None]
    yield from (_opened(each, now) for each in alone if each.phase is Phase.SEEN)
    tenants = len({each.subject.tenant_id for each in told_together})
    # A group that is there ends later than it would begin: a number that goes up and down tells nothing new.
    if tenants > (patience.many // 2 if groups else patience.many):
        yield from (replace(each, phase=Phase.GROUPED) for each in told_together if each.phase is Phase.SEEN)
        yield from _group(groups, told_together, tenants, now)
        return
    yield from (_opened(each, now) for each in told_together if each.phase is not Phase.OPEN)
    yield from (over(group, _ONE_BY_ONE if tenants else _NONE_LEFT, now) for group in groups)


def _opened(incident: Incident, now: datetime) -> Incident:
    return replace(incident, phase=Phase.OPEN, opened_at=now)


def _group(groups: Sequence[Incident], members: Sequence[Incident], tenants: int, now: datetime) -> Iterator[Incident]:
    severity = min((each.severity for each in members), key=tuple(Severity).index)
    first = min(members, key=lambda each: (each.since, each.incident_id))
    for group in groups:
        if (group.tenants, group.severity) != (tenants, severity):
            yield replace(group, tenants=tenants, severity=severity, seen_at=now)
    if not groups:
        # Two timers at once make the same one: it is known by when the first of its members was seen.
        yield Incident(
            Subject(),
            "",
            first.cause,
            severity,
            f"{tenants} tenants at once; first seen: {first.sentence}",
            first.since,
            now,
            phase=Phase.OPEN,
            is_group=True,
            tenants=tenants,
            opened_at=now,
        )


def owed(incident: Incident, sink: str, now: datetime) -> News | None:
    """What a sink is still to be told; ``None`` where it knows, is not to know, or a message is on its way."""
    news = _NEWS.get(incident.phase)
    if news is None or (news is News.RESOLVED and not incident.may_know(sink, News.OPENED)):
        return None
    mark = incident.mark(sink, news)
    if mark is None or (mark.state is Delivered.ASKED and now - mark.at >= _ASKED_FOR):
        return news
    return None


def is_current(incident: Incident, news: News) -> bool:
    """Whether a piece of news is what there is to tell; nobody is told of what is over that he does not know of."""
    return _NEWS.get(incident.phase) is news


def is_finished(incident: Incident, sinks: Iterable[str], now: datetime) -> bool:
    """Whether it is over and everybody who may know of it has been told so: then it may be forgotten."""
    if incident.phase not in (Phase.RESOLVED, Phase.ONCE):
        return False
    return not any(_is_waited_for(incident, sink, now) for sink in sinks)


def _is_waited_for(incident: Incident, sink: str, now: datetime) -> bool:
    if owed(incident, sink, now) is not None:
        return True
    end = incident.mark(sink, News.RESOLVED)
    if incident.may_know(sink, News.OPENED) and end is not None and end.state is Delivered.DROPPED:
        return now - end.at < _GIVEN_UP
    marks = (incident.mark(sink, news) for news in News)
    return any(mark is not None and mark.state is Delivered.ASKED and now - mark.at < _LOST for mark in marks)
