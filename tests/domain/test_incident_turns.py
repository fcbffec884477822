"""Incidents over time: one for one thing, told once, over when it is over; any sequence of looks."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from shared.domain.incident_turns import is_current, is_finished, noticed, over, owed, turned
from shared.domain.incidents import (
    LIVE,
    Concern,
    Delivered,
    Incident,
    IncidentCause,
    Mark,
    News,
    Patience,
    Phase,
    Severity,
    Subject,
)
from tests.fakes import NOW

GRACE = timedelta(minutes=10)
PATIENCE = Patience(GRACE, timedelta(hours=2), timedelta(hours=6), many=3)
OUTAGE = Concern("To MailMarshal Cloud Integrated", IncidentCause.OUTAGE, Severity.CRITICAL, "it is gone")
CONSENT = Concern("", IncidentCause.NEEDS_CONSENT, Severity.WARNING, "no consent")
MINUTE = timedelta(minutes=1)


def subject(number: int) -> Subject:
    return Subject(UUID(int=number), f"customer {number}", "eu")


def never(_: Incident) -> str:
    return ""


def always(_: Incident) -> str:
    return "it is well"


def seen(number: int = 1, concern: Concern = OUTAGE) -> Incident:
    (incident,) = noticed([(subject(number), concern)], [], never, NOW)
    return incident


def opened(number: int = 1, concern: Concern = OUTAGE) -> Incident:
    (incident,) = turned([seen(number, concern)], NOW + GRACE, PATIENCE)
    assert incident.phase is Phase.OPEN
    return incident


def sent(incident: Incident, news: News = News.OPENED) -> Incident:
    return incident.marked("ops", news, Mark(Delivered.SENT, NOW))


def test_what_is_seen_again_is_the_same_incident_and_opens_nothing_new() -> None:
    first = seen()
    (again,) = noticed([(subject(1), replace(OUTAGE, sentence="still"))], [first], never, NOW + MINUTE)
    assert (again.incident_id, again.since, again.sentence) == (first.incident_id, NOW, "still")
    assert again.seen_at == NOW + MINUTE


def test_nothing_is_told_before_it_has_lasted() -> None:
    assert turned([seen()], NOW + GRACE - MINUTE, PATIENCE) == ()
    assert owed(seen(), "ops", NOW) is None
    assert owed(opened(), "ops", NOW) is News.OPENED


def test_what_a_person_is_waited_for_is_told_at_once() -> None:
    (incident,) = turned([seen(concern=CONSENT)], NOW, PATIENCE)
    assert (incident.phase, incident.opened_at) == (Phase.OPEN, NOW)


def test_what_was_repaired_in_time_is_told_to_nobody() -> None:
    (ended,) = noticed([], [seen()], always, NOW + MINUTE)
    assert ended.phase is Phase.RESOLVED
    assert owed(ended, "ops", NOW) is None
    assert is_finished(ended, ["ops"], NOW)


def test_a_look_that_can_tell_nothing_ends_nothing() -> None:
    assert noticed([], [opened()], never, NOW) == ()


def test_whoever_was_told_is_told_that_it_is_over_and_then_it_is_forgotten() -> None:
    (ended,) = noticed([], [sent(opened())], always, NOW)
    assert owed(ended, "ops", NOW) is News.RESOLVED
    assert owed(ended, "another", NOW) is None
    assert not is_finished(ended, ["ops"], NOW)
    assert is_finished(sent(ended, News.RESOLVED), ["ops"], NOW)


def test_a_message_on_its_way_is_waited_for_and_asked_for_again_when_it_is_lost() -> None:
    asked = opened().marked("ops", News.OPENED, Mark(Delivered.ASKED, NOW))
    assert owed(asked, "ops", NOW + timedelta(days=1)) is None
    assert owed(asked, "ops", NOW + timedelta(days=2)) is News.OPENED
    ended = over(asked, "well", NOW)
    assert not is_finished(ended, ["ops"], NOW + timedelta(days=1))
    assert is_finished(ended, ["ops"], NOW + timedelta(days=7))


def test_an_end_that_could_not_be_told_is_kept_for_whoever_sends_it_once_more() -> None:
    ended = over(sent(opened()), "well", NOW).marked("ops", News.RESOLVED, Mark(Delivered.DROPPED, NOW))
    assert owed(ended, "ops", NOW + timedelta(days=29)) is None
    assert not is_finished(ended, ["ops"], NOW + timedelta(days=29))
    assert is_finished(ended, ["ops"], NOW + timedelta(days=30))
    assert is_finished(ended, ["another"], NOW), "a receiver that is gone keeps nothing"


def test_what_was_overtaken_is_not_told() -> None:
    assert not is_current(over(opened(), "well", NOW), News.OPENED)
    assert is_current(opened(), News.OPENED)
    dropped = over(opened(), "well", NOW).marked("ops", News.OPENED, Mark(Delivered.DROPPED, NOW))
    assert owed(dropped, "ops", NOW) is None
    assert is_finished(dropped, ["ops"], NOW)


def test_whoever_may_have_been_told_is_told_that_it_is_over() -> None:
    for state in (Delivered.ASKED, Delivered.DROPPED):
        tried = opened().marked("ops", News.OPENED, Mark(state, NOW, is_tried=True))
        ended = over(tried, "well", NOW)
        assert owed(ended, "ops", NOW) is News.RESOLVED
        assert not is_finished(ended, ["ops"], NOW)
        assert owed(over(opened().marked("ops", News.OPENED, Mark(state, NOW)), "well", NOW), "ops", NOW) is None


def test_a_late_note_that_it_was_asked_for_takes_nothing_back() -> None:
    late = Mark(Delivered.ASKED, NOW)
    for state in (Delivered.SENT, Delivered.DROPPED):
        incident = opened().marked("ops", News.OPENED, Mark(state, NOW))
        assert incident.marked("ops", News.OPENED, late) == incident


def test_the_same_thing_later_is_another_incident() -> None:
    (again,) = noticed([(subject(1), OUTAGE)], [], never, NOW + GRACE)
    assert again.incident_id != seen().incident_id


@pytest.mark.parametrize(("tenants", "group"), [(3, 0), (4, 1), (40, 1)])
def test_many_tenants_with_one_cause_are_one_incident(tenants: int, group: int) -> None:
    incidents = [seen(number) for number in range(1, tenants + 1)]
    changed = turned(incidents, NOW + GRACE, PATIENCE)
    groups = [each for each in changed if each.is_group]
    assert len(groups) == group
    assert sum(each.phase is Phase.OPEN for each in changed) == (1 if group else tenants)
    if group:
        assert (groups[0].tenants, groups[0].severity, groups[0].subject) == (tenants, Severity.CRITICAL, Subject())


def test_two_items_of_a_tenant_are_one_tenant() -> None:
    other = replace(OUTAGE, item="From MailMarshal Cloud Integrated")
    incidents = [seen(number, concern) for number in (1, 2) for concern in (OUTAGE, other)]
    assert [each.phase for each in turned(incidents, NOW + GRACE, PATIENCE)] == [Phase.OPEN] * 4


def test_two_timers_make_the_same_group() -> None:
    incidents = [seen(number) for number in range(1, 6)]
    ids = {
        each.incident_id
        for later in (GRACE, GRACE + MINUTE)
        for each in turned(incidents, NOW + later, PATIENCE)
        if each.is_group
    }
    assert len(ids) == 1


def test_those_told_before_stay_open_on_their_own_and_the_rest_joins_the_group() -> None:
    incidents = [opened(1), *(seen(number) for number in range(2, 6))]
    changed = turned(incidents, NOW + GRACE, PATIENCE)
    assert incidents[0] not in changed
    assert [each.phase for each in changed if not each.is_group] == [Phase.GROUPED] * 4


def test_a_group_ends_with_its_last_tenants_and_who_is_left_is_told_alone() -> None:
    incidents = [seen(number) for number in range(1, 6)]
    changed = turned(incidents, NOW + GRACE, PATIENCE)
    group, members = changed[-1], list(changed[:-1])
    assert turned([*members[:2], group], NOW + GRACE, PATIENCE) == (replace(group, tenants=2, seen_at=NOW + GRACE),)
    left = turned([members[0], group], NOW + GRACE, PATIENCE)
    assert [(each.is_group, each.phase) for each in left] == [(False, Phase.OPEN), (True, Phase.RESOLVED)]
    (ended,) = turned([group], NOW + GRACE, PATIENCE)
    assert (ended.phase, ended.ending) == (Phase.RESOLVED, "none of the tenants is left")


def test_what_is_wrong_with_the_whole_deployment_is_no_group() -> None:
    brake = Concern("", IncidentCause.BRAKE_ENGAGED, Severity.ERROR, "frozen")
    (incident,) = noticed([(Subject(), brake)], [], never, NOW)
    (told,) = turned([incident], NOW, replace(PATIENCE, many=0))
    assert (told.phase, told.is_group) == (Phase.OPEN, False)


CONCERNS = (OUTAGE, CONSENT, replace(OUTAGE, item="Enhanced filtering"))
SINKS = ("ops", "mail")


@dataclass
class Receiver:
    """Who keeps what it is told: what is open, and each piece of news once."""

    heard: list[tuple[str, News]] = field(default_factory=list)
    open: set[str] = field(default_factory=set)
    unsure: set[str] = field(default_factory=set)
    """What an answer was lost of: nobody can tell what was heard."""


class Machine(RuleBasedStateMachine):
    """Looks, timers and deliveries in any order, over a handful of tenants."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.rows: dict[str, Incident] = {}
        self.wrong: dict[tuple[int, Concern], bool] = {}
        self.receivers = {name: Receiver() for name in SINKS}

    @initialize()
    def begin(self) -> None:
        """Nothing is wrong."""

    @rule(minutes=st.integers(1, 600))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(tenant=st.integers(1, 6), concern=st.sampled_from(CONCERNS), is_wrong=st.booleans())
    def changes(self, tenant: int, concern: Concern, *, is_wrong: bool) -> None:
        self.wrong[tenant, concern] = is_wrong

    @rule(tenant=st.integers(1, 6), is_blind=st.booleans())
    def look(self, tenant: int, *, is_blind: bool) -> None:
        found = [] if is_blind else [c for c in CONCERNS if self.wrong.get((tenant, c))]
        mine = [i for i in self.rows.values() if i.subject.tenant_id == UUID(int=tenant) and i.phase in LIVE]
        pairs = [(subject(tenant), concern) for concern in found]
        self.store(noticed(pairs, mine, never if is_blind else always, self.now))

    @rule(tenants=st.lists(st.integers(1, 6), unique=True))
    def looks_at_many(self, tenants: list[int]) -> None:
        for tenant in tenants:
            self.look(tenant, is_blind=False)

    @rule()
    def timer(self) -> None:
        self.store(turned(list(self.rows.values()), self.now, PATIENCE))
        assert turned(list(self.rows.values()), self.now, PATIENCE) == ()
        for incident in list(self.rows.values()):
            if is_finished(incident, SINKS, self.now):
                del self.rows[incident.incident_id]
                continue
            for name in SINKS:
                if owed(incident, name, self.now) is not None:
                    asked = Mark(Delivered.ASKED, self.now)
                    news = owed(incident, name, self.now)
                    assert news is not None
                    incident = incident.marked(name, news, asked)  # noqa: PLW2901 - the newest edition
            self.rows[incident.incident_id] = incident

    @rule(name=st.sampled_from(SINKS), is_taken=st.booleans())
    def deliver(self, name: str, *, is_taken: bool) -> None:
        """Whatever is on its way to a sink arrives, or is given up."""
        for incident in list(self.rows.values()):
            for news in News:
                mark = incident.mark(name, news)
                if mark is None or mark.state is not Delivered.ASKED:
                    continue
                arrives = is_taken and is_current(incident, news)
                if arrives:
                    self.hear(self.receivers[name], incident.incident_id, news)
                state = Mark(Delivered.SENT if arrives else Delivered.DROPPED, self.now, mark.is_tried)
                incident = incident.marked(name, news, state)  # noqa: PLW2901 - the newest edition
            self.rows[incident.incident_id] = incident

    @rule(name=st.sampled_from(SINKS), is_heard=st.booleans())
    def no_answer_comes(self, name: str, *, is_heard: bool) -> None:
        """Whatever is on its way goes out, and nobody can tell whether it was heard."""
        for incident in list(self.rows.values()):
            for news in News:
                mark = incident.mark(name, news)
                if mark is None or mark.state is not Delivered.ASKED or not is_current(incident, news):
                    continue
                self.receivers[name].unsure.add(incident.incident_id)
                if is_heard:
                    self.hear(self.receivers[name], incident.incident_id, news)
                tried = Mark(Delivered.ASKED, self.now, is_tried=True)
                incident = incident.marked(name, news, tried)  # noqa: PLW2901 - the newest edition
            self.rows[incident.incident_id] = incident

    @rule(name=st.sampled_from(SINKS))
    def replay(self, name: str) -> None:
        """A person sends once more what was given up."""
        for incident in list(self.rows.values()):
            for news in News:
                mark = incident.mark(name, news)
                if mark is not None and mark.state is Delivered.DROPPED and is_current(incident, news):
                    self.hear(self.receivers[name], incident.incident_id, news)
                    incident = incident.marked(name, news, Mark(Delivered.SENT, self.now))  # noqa: PLW2901 - the newest
            self.rows[incident.incident_id] = incident

    @staticmethod
    def hear(receiver: Receiver, incident_id: str, news: News) -> None:
        """Hear a piece of news; where an answer was lost perhaps twice, or the end of what was not heard of."""
        is_unsure = incident_id in receiver.unsure
        assert is_unsure or (incident_id, news) not in receiver.heard, "told twice"
        receiver.heard.append((incident_id, news))
        if news is News.OPENED:
            receiver.open.add(incident_id)
        else:
            assert is_unsure or incident_id in receiver.open, "the end of what nobody was told of"
            receiver.open.discard(incident_id)

    def store(self, changed: tuple[Incident, ...]) -> None:
        for incident in changed:
            self.rows[incident.incident_id] = incident

    @invariant()
    def never_two_of_one_thing(self) -> None:
        live = [(incident.key, incident.is_group) for incident in self.rows.values() if incident.phase in LIVE]
        assert len(live) == len(set(live))

    @invariant()
    def what_a_receiver_believes_open_is_known(self) -> None:
        for receiver in self.receivers.values():
            assert receiver.open <= self.rows.keys(), "nobody would ever be told that it is over"

    def teardown(self) -> None:
        """Everything becomes well: whoever was told of anything is told that it is over, and nothing is left."""
        self.wrong.clear()
        for _ in range(3):
            self.looks_at_many([1, 2, 3, 4, 5, 6])
            self.timer()
            for name in SINKS:
                self.deliver(name, is_taken=True)
                self.replay(name)
        self.timer()
        assert self.rows == {}
        assert all(receiver.open == set() for receiver in self.receivers.values())


Machine.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
TestMachine = Machine.TestCase


@given(st.lists(st.sampled_from([1, 2, 3, 4, 5, 6, 7, 8]), max_size=30))
def test_looking_again_and_again_tells_nothing_new(order: list[int]) -> None:
    rows: dict[str, Incident] = {}
    for number in [*range(1, 9), *order]:
        mine = [each for each in rows.values() if each.subject == subject(number)]
        for each in noticed([(subject(number), OUTAGE)], mine, never, NOW):
            rows[each.incident_id] = each
    changed = turned(list(rows.values()), NOW + GRACE, PATIENCE)
    assert [each.tenants for each in changed if each.phase is Phase.OPEN] == [8]
