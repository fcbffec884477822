"""Where each rule begins and ends: for which words of a field it fires, from which number and which moment on."""

from collections.abc import Callable, Iterable

import pytest

from shared.domain.drift import Fault
from shared.domain.messages import Cause
from shared.domain.resources import Effect
from shared.domain.tenants import Stage, Verdict
from tests.infra.fleet import drifted, event, fired, looked, since, timer, trace, watched
from tests.infra.kql_values import Row

Make = Callable[..., list[Row]]


def bypassed(**said: object) -> list[Row]:
    return [looked("t1", 1, **{"verdict": "drifted", "effect": "bypass", "unwell_since": since(1), **said})]


def lost(**said: object) -> list[Row]:
    return [looked("t1", 1, **{"verdict": "needs_consent", **said})]


def fought(**said: object) -> list[Row]:
    return [looked("t1", 1, **{"verdict": "contested", **said})]


def unwell(**said: object) -> list[Row]:
    return [looked("t1", 1, **{"verdict": "needs_human", "unwell_since": since(5), **said})]


def unread(**said: object) -> list[Row]:
    whole = {"verdict": "unknown", **said}
    return [looked("new", ago, **whole) for ago in (1, 61, 125)]


def failing(**said: object) -> list[Row]:
    return [drifted("t1", 1, **{"effect": "outage", **said})]


def alike(**said: object) -> list[Row]:
    return [drifted(f"t{number}", 1, **{"item": "an item", **said}) for number in range(6)]


def slow(**said: object) -> list[Row]:
    whole = {"cause": "signup", "verdict": "unknown", "lead_s": 901, **said}
    return [event("tenant.provisioned", 1, tenant_id="new", **whole)]


def leaving(**said: object) -> list[Row]:
    return [looked("t1", ago, **{"verdict": "settling", "stage": "offboarding", **said}) for ago in (1, 365)]


SET_UP = {Stage.STAGED, Stage.ACTIVE, Stage.PAUSED}
STAYING = SET_UP | {Stage.AWAITING_CONSENT}
UNASKED = {Cause.RECHECK, Cause.SETTLED, Cause.PARKED}
NO_ACCESS = {Verdict.NEEDS_CONSENT, Verdict.NEEDS_ROLE, Verdict.TENANT_GONE}
WORDS: list[tuple[str, Make, str, Iterable[str], Iterable[str]]] = [
    ("mail-outage", failing, "stage", Stage, {Stage.STAGED, Stage.ACTIVE}),
    ("mail-outage", failing, "cause", Cause, UNASKED | {Cause.DRIFT, Cause.OPERATOR}),
    ("mail-outage", failing, "fault", Fault, set(Fault) - {Fault.UNKNOWN, Fault.ACCEPTED, Fault.SETTLING}),
    ("mail-outage", failing, "effect", Effect, {Effect.OUTAGE}),
    ("mail-bypass", bypassed, "stage", Stage, {Stage.ACTIVE}),
    ("mail-bypass", bypassed, "verdict", Verdict, set(Verdict) - {Verdict.HEALTHY, Verdict.SETTLING}),
    ("mail-bypass", bypassed, "effect", Effect, {Effect.BYPASS}),
    ("access-lost", lost, "stage", Stage, SET_UP),
    ("access-lost", lost, "verdict", Verdict, NO_ACCESS),
    ("contested", fought, "stage", Stage, STAYING),
    ("contested", fought, "verdict", Verdict, {Verdict.CONTESTED}),
    ("tenant-unwell-too-long", unwell, "stage", Stage, STAYING),
    ("tenant-unwell-too-long", unwell, "verdict", Verdict,
     set(Verdict) - NO_ACCESS - {Verdict.HEALTHY, Verdict.CONTESTED}),
    ("verify-unknown", unread, "stage", Stage, SET_UP),
    ("verify-unknown", unread, "verdict", Verdict, {Verdict.UNKNOWN}),
    ("mass-drift", alike, "stage", Stage, SET_UP),
    ("mass-drift", alike, "cause", Cause, UNASKED),
    ("mass-drift", alike, "fault", Fault,
     {Fault.MISSING, Fault.DISABLED, Fault.ENABLED, Fault.ALTERED, Fault.MISPLACED}),
    ("provision-slow", slow, "cause", Cause, {Cause.SIGNUP, Cause.CONSENT}),
    ("provision-slow", slow, "verdict", Verdict,
     {Verdict.HEALTHY, Verdict.SETTLING, Verdict.DRIFTED, Verdict.UNKNOWN}),
    ("off-boarding-stuck", leaving, "stage", Stage, {Stage.OFFBOARDING}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "make", "field", "words", "firing"), WORDS, ids=[f"{rule} by {field}" for rule, _, field, _, _ in WORDS]
)
def test_a_rule_fires_for_just_these_words(
    rule: str, make: Make, field: str, words: Iterable[str], firing: Iterable[str]
) -> None:
    base = [*timer(), *watched()]
    assert {word for word in words if fired(rule, [*base, *make(**{field: word})])} == set(firing)


MOMENTS: list[tuple[str, list[Row], list[Row]]] = [
    ("mail-bypass", bypassed(unwell_since=since(0.26)), bypassed(unwell_since=since(0.24))),
    ("mail-bypass", bypassed(), bypassed(unwell_since="")),
    ("tenant-unwell-too-long", unwell(unwell_since=since(4.1)), unwell(unwell_since=since(3.9))),
    ("verify-unknown", unread(), unread()[:-1]),
    ("verify-unknown", unread(), unread()[-1:]),
    ("throttled", [event("api.throttled", ago, tenant_id="t1") for ago in (29, 40, 50, 61)],
     [event("api.throttled", ago, tenant_id="t1") for ago in (29, 40, 61)]),
    ("throttled", [event("api.throttled", ago, tenant_id="t1") for ago in (29, 40, 50, 61)],
     [event("api.throttled", ago, tenant_id="t1") for ago in (29, 40, 50, 59)]),
    ("throttled", [event("api.throttled", ago, tenant_id="t1") for ago in (29, 40, 50, 61)],
     [event("api.throttled", ago, tenant_id="t1") for ago in (31, 40, 50, 61)]),
    ("provision-slow", slow(), slow(lead_s=900)),
    ("off-boarding-stuck", leaving(), [leaving()[0], looked("t1", 355, "settling", stage="offboarding")]),
    ("off-boarding-stuck", leaving(), [*leaving(), event("tenant.offboarded", 2, tenant_id="t1")]),
    ("off-boarding-stuck", [*leaving(), event("message.parked", 0.5, tenant_id="t1")],
     [*leaving(), looked("t1", 0.5, stage="active")]),
    ("mass-drift", alike(), alike()[:-1]),
    ("queue-age", [event("queue.depth", ago, queue="verify", oldest_age_s=901) for ago in (1, 6, 11)],
     [event("queue.depth", ago, queue="verify", oldest_age_s=900) for ago in (1, 6, 11)]),
    ("queue-age", [event("queue.depth", ago, queue="verify", oldest_age_s=901) for ago in (1, 6, 11)],
     [event("queue.depth", ago, queue="verify", oldest_age_s=901) for ago in (1, 6)]),
    ("queue-age", [event("queue.depth", ago, queue="verify", oldest_age_s=901) for ago in (1, 6, 11)],
     [event("queue.depth", ago, queue="verify-poison", oldest_age_s=901) for ago in (1, 6, 11)]),
    ("poison-backlog", [event("queue.depth", ago, queue="verify-poison", depth=1) for ago in (1, 6, 11)],
     [event("queue.depth", ago, queue="verify", depth=1) for ago in (1, 6, 11)]),
    ("poison-backlog", [event("queue.depth", ago, queue="verify-poison", depth=1) for ago in (1, 6, 11)],
     [event("queue.depth", ago, queue="verify-poison", depth=1) for ago in (1, 6)]),
    ("parked-messages", [event("message.parked", 1, queue="verify", code="rejected")],
     [event("message.parked", 1, queue="verify", code="delivered_too_often")]),
    ("poison-moved", [event("message.parked", 1, queue="verify", code="delivered_too_often")],
     [event("message.parked", 1, queue="verify", code="rejected")]),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "over", "under"), MOMENTS, ids=[f"{at} {m[0]}" for at, m in enumerate(MOMENTS)])
def test_a_rule_fires_from_a_bound_on(rule: str, over: list[Row], under: list[Row]) -> None:
    base = list(watched())
    assert len(fired(rule, [*base, *over])) == 1
    assert fired(rule, [*base, *under]) == {}


@pytest.mark.parametrize("make", [lost, fought, bypassed, unwell])
def test_ten_tenants_are_ten_alerts_and_eleven_are_one(make: Callable[..., list[Row]]) -> None:
    rules = {lost: "access-lost", fought: "contested", bypassed: "mail-bypass", unwell: "tenant-unwell-too-long"}
    rows: list[Row] = [
        {**row, "Properties": {**row["Properties"], "tenant_id": f"t{number}"}}
        for number in range(11)
        for row in make()
    ]
    assert len(fired(rules[make], rows[:10])) == 10
    assert set(fired(rules[make], rows)) == {("more than ten tenants",)}


def test_ten_outages_are_ten_alerts_and_eleven_are_one() -> None:
    rows = [drifted(f"t{number}", 1, effect="outage") for number in range(11)]
    assert len(fired("mail-outage", rows[:10])) == 10
    assert len(fired("mail-outage", rows)) == 1


def test_other_lines_of_the_log_are_no_message_that_was_given_up() -> None:
    lines = [trace("worked on {…}", 1), trace("Moving message to queue 'verify-poison'", 1)]
    assert fired("poison-moved", list(watched()), lines) == {}
