"""The timer's turn over what is wrong: open, group, end, forget, and ask for what nobody has been told yet."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from shared.application.noticing import keep
from shared.application.ports import Policy, World
from shared.application.sinks import Notices, Sink, wants
from shared.application.witness import KEEPER
from shared.domain.concerns import OF_LOOKS, concern_of
from shared.domain.errors import InvalidSignup, UnknownTenant
from shared.domain.incident_turns import is_finished, noticed, over, owed, turned
from shared.domain.incidents import LIVE, Concern, Incident, IncidentCause, KeptIncident, News, Subject
from shared.domain.letters import Letter, letter_about
from shared.domain.tenants import Verdict, parse_tenant_id

_MOST_LETTERS = 500
"""How many one turn asks for; the next one goes on."""
_MOST_PARKED = 1000
_STALE = 2
"""Periods after which what no look has seen again is held against the tenant's record."""
_ANY = datetime.fromtimestamp(0, UTC)

_OF_TURNS = frozenset({IncidentCause.PARKED, IncidentCause.BRAKE_ENGAGED, IncidentCause.SINK_GONE})
"""What no look finds out, and the timer does."""


def incident_turn(world: World, policy: Policy, notices: Notices) -> Iterator[Letter]:
    """Go through what is wrong, and ask for what nobody has been told yet.

    Call ``asked`` once a letter is sent: a queue that is away leaves everything to the next turn.
    """
    if policy.patience is None:
        return
    gone = _gone(notices, world)
    kept = _with_turns_own(list(world.incidents.all()), gone, world)
    kept = _against_records(kept, world, policy)
    changed = turned([each.incident for each in kept], world.clock(), policy.patience)
    yield from _letters(keep(kept, changed, world), gone, notices, world)


def _letters(kept: Sequence[KeptIncident], gone: frozenset[str], notices: Notices, world: World) -> Iterator[Letter]:
    now, left = world.clock(), _MOST_LETTERS
    for each in kept:
        sinks = [s for s in notices.sinks if s.name not in gone and _may_be_told(s, each.incident, now)]
        if is_finished(each.incident, [sink.name for sink in sinks], now):
            world.incidents.forget(each)
            continue
        for sink in sinks:
            news = owed(each.incident, sink.name, now)
            if news is not None and left and not _is_held(each.incident, news, notices, now):
                left -= 1
                yield letter_about(each.incident, sink.name, news)


def _may_be_told(sink: Sink, incident: Incident, now: datetime) -> bool:
    news = owed(incident, sink.name, now)
    return news is None or wants(sink, news, incident.severity)


def _is_held(incident: Incident, news: News, notices: Notices, now: datetime) -> bool:
    return news is not News.CHANGED and notices.quiet is not None and notices.quiet.hold(incident.severity, now)


def _gone(notices: Notices, world: World) -> frozenset[str]:
    """The sinks that want nothing any more, as long as they are the same place."""
    gone = world.incidents.gone_sinks()
    return frozenset(sink.name for sink in notices.sinks if gone.get(sink.name) == sink.mark)


def _with_turns_own(kept: list[KeptIncident], gone: frozenset[str], world: World) -> list[KeptIncident]:
    """Match what only the timer finds out: the brake, parked messages, sinks that want nothing any more."""
    parked, is_whole = _parked(world)
    live = [e for e in kept if e.incident.cause in _OF_TURNS and e.incident.phase in LIVE and not e.incident.is_group]

    def ends(incident: Incident) -> str:
        return "" if incident.cause is IncidentCause.PARKED and not is_whole else "nothing of it is left"

    found = (*parked, *_brake(world), *_silent(gone))
    changed = noticed(found, [each.incident for each in live], ends, world.clock())
    return [each for each in kept if each not in live] + keep(live, _really(changed, live), world)


def _really(changed: Sequence[Incident], live: Sequence[KeptIncident]) -> tuple[Incident, ...]:
    """Leave out what was only seen again: the timer comes every few minutes, and a row is written for news alone."""
    before = {each.incident.incident_id: replace(each.incident, seen_at=_ANY) for each in live}
    return tuple(each for each in changed if replace(each, seen_at=_ANY) != before.get(each.incident_id))


def _parked(world: World) -> tuple[list[tuple[Subject, Concern]], bool]:
    """Whom parked messages are about, and whether these are all of them."""
    parked, more = world.journal.parked(None, _MOST_PARKED)
    found: dict[str, list[str]] = {}
    for each in parked:
        found.setdefault(each.tenant_id, []).append(f"{each.queue}: {each.reason}")
    return [(_subject(tenant), _waiting(reasons)) for tenant, reasons in found.items()], more is None


def _waiting(reasons: Sequence[str]) -> Concern:
    more = f", and {len(reasons) - 1} more" if len(reasons) > 1 else ""
    return concern_of(IncidentCause.PARKED, f"{reasons[0]}{more}")


def _subject(tenant_id: str) -> Subject:
    try:
        return Subject(parse_tenant_id(tenant_id))
    except InvalidSignup:
        return Subject()


def _brake(world: World) -> Iterator[tuple[Subject, Concern]]:
    freeze = world.wishes.get().fleet.freeze
    if freeze is not None and freeze.by == KEEPER:
        yield Subject(), concern_of(IncidentCause.BRAKE_ENGAGED, freeze.reason)


def _silent(gone: frozenset[str]) -> Iterator[tuple[Subject, Concern]]:
    if gone:
        sentence = f"{', '.join(sorted(gone))}: answered 410 and is told nothing any more"
        yield Subject(), concern_of(IncidentCause.SINK_GONE, sentence)


def _against_records(kept: list[KeptIncident], world: World, policy: Policy) -> list[KeptIncident]:
    """End what the tenant's record knows to be over: whoever died between the two writes ended nothing."""
    now = world.clock()
    stale = [each for each in kept if _is_stale(each.incident, now, policy) and _is_over(each.incident, world)]
    ended = [over(each.incident, "the tenant's record says that it is over", now) for each in stale]
    return [each for each in kept if each not in stale] + keep(stale, ended, world)


def _is_stale(incident: Incident, now: datetime, policy: Policy) -> bool:
    is_of_look = not incident.is_group and (incident.item or incident.cause in OF_LOOKS)
    return bool(is_of_look) and incident.phase in LIVE and now - incident.seen_at > _STALE * policy.period


def _is_over(incident: Incident, world: World) -> bool:
    assert incident.subject.tenant_id is not None
    try:
        tenant = world.tenants.get(incident.subject.tenant_id).tenant
    except UnknownTenant:
        return True
    is_later = tenant.checked_at is not None and tenant.checked_at > incident.seen_at
    return is_later and tenant.verdict is Verdict.HEALTHY
