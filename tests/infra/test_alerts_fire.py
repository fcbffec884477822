"""Each rule fires on the story that it is for, and a fleet in which nothing is wrong wakes nobody."""

from collections.abc import Iterable
from typing import Any

import pytest

from tests.infra.fleet import HEALTHY, RULES, drifted, event, fired, healthy, looked, since, timer, trace, watched
from tests.infra.kql_values import Row

LOOP_CHECK = "MailMarshal Cloud Integrated Loop Check"
IDS = [rule["id"] for rule in RULES]


def depths(queue: str, *, age: float = 0, depth: int = 7) -> Iterable[Row]:
    """How full a queue has been for forty minutes."""
    return [event("queue.depth", ago, queue=queue, depth=depth, oldest_age_s=age) for ago in range(1, 40, 5)]


def unread(tenant: str) -> list[Row]:
    return [looked(tenant, ago, "unknown", code="unavailable", unwell_since=since(3)) for ago in (1, 61, 121, 179)]


def many(story: str) -> list[Row]:
    make = drifted if story == "mail-outage" else looked
    return [make(f"t{number}", 1, **LOST[story]) for number in range(11)]


LOST: dict[str, dict[str, Any]] = {
    "access-lost": {"verdict": "needs_consent", "code": "needs_permission", "unwell_since": since(1)},
    "contested": {"verdict": "contested", "items": LOOP_CHECK, "unwell_since": since(1)},
    "mail-bypass": {"verdict": "drifted", "effect": "bypass", "unwell_since": since(0.5)},
    "mail-outage": {"effect": "outage", "item": LOOP_CHECK},
    "tenant-unwell-too-long": {"verdict": "needs_human", "effect": "degraded", "unwell_since": since(4.5)},
}
"""What is said of a tenant that has a rule's trouble."""


def leaving(hours: int) -> list[Row]:
    return [looked("t1", ago, "settling", stage="offboarding") for ago in range(1, hours * 60, 59)]


FIRES: list[tuple[str, str, list[Row], set[tuple[str, ...]]]] = [
    ("mail-outage", "a Loop Check that was lost, and mended at once", [
        drifted("t1", 9, **LOST["mail-outage"]), looked("t1", 5, cause="settled")], {("t1",)}),
    ("mail-outage", "Redirect is on in a tenant that is not activated", [
        drifted("t1", 9, stage="staged", fault="enabled", effect="outage")], {("t1",)}),
    ("mail-outage", "somebody fights over it", [drifted("t1", 9, fault="contested", effect="outage")], {("t1",)}),
    ("mail-bypass", "Redirect stays off", [looked("t1", 1, **LOST["mail-bypass"])], {("t1",)}),
    ("mail-bypass", "and one item cannot be read any more", [
        looked("t1", 1, **{**LOST["mail-bypass"], "verdict": "unknown"})], {("t1",)}),
    ("access-lost", "consent was withdrawn", [looked("t1", 1, **LOST["access-lost"])], {("t1",)}),
    ("access-lost", "the tenant is gone", [looked("t1", 1, "tenant_gone", stage="staged")], {("t1",)}),
    ("contested", "somebody undoes it", [looked("t1", 1, **LOST["contested"])], {("t1",)}),
    ("tenant-unwell-too-long", "a stranger wears our name", [looked("t1", 1, **LOST["tenant-unwell-too-long"])],
     {("t1",)}),
    ("tenant-unwell-too-long", "a new customer's tenant is refused by Microsoft", [
        looked("waiting", 1, "blocked", stage="awaiting_consent", unwell_since=since(5))], {("waiting",)}),
    ("verify-unknown", "a tenant hangs", unread("hanging"), {("eu",)}),
    ("parked-messages", "Exchange refuses what we send", [
        event("message.parked", 9, queue="remediate", tenant_id="t1", code="rejected")], {("remediate", "rejected")}),
    ("poison-moved", "our record of it", [
        event("message.parked", 9, queue="verify", code="delivered_too_often")], {("verify",)}),
    ("vendor-credential", "the certificate has ended", [
        looked(f"t{number}", 3, "unknown", code="vendor_credential") for number in range(3)], {()}),
    ("throttled", "for more than an hour", [
        event("api.throttled", ago, tenant_id="t1", retry_after_s=60) for ago in (5, 30, 55, 80)], {()}),
    ("provision-slow", "one is not ready yet", [
        event("tenant.provisioned", 1, tenant_id=f"slow{n}", cause="consent", verdict="unknown", lead_s=1_500)
        for n in range(2)], {()}),
    ("mass-drift", "Microsoft has changed a default", [
        drifted(f"t{number}", 9, item=LOOP_CHECK, fault="altered", setting="StopRuleProcessing", effect="degraded")
        for number in range(6)], {(LOOP_CHECK, "altered")}),
    ("brake-engaged", "by the product", [event("brake.engaged", 200, reason="11 of 31 tenants")], {()}),
    ("decision-ending", "a pause", [event("decision.ending", 9, tenant_id="t1", reason="pause ends soon")], {("t1",)}),
    ("off-boarding-stuck", "something is left", leaving(7), {("t1",)}),
]  # fmt: skip
FIRES += [(rule, "in more than anybody reads", many(rule), {("more than ten tenants",)}) for rule in LOST]
QUIET: list[tuple[str, str, list[Row]]] = [
    ("mail-outage", "a move's first look", [drifted("t1", 9, cause="move", effect="outage")]),
    ("mail-bypass", "a pause", [looked("t1", 1, **{**LOST["mail-bypass"], "stage": "paused"})]),
    ("mail-bypass", "its first minutes", [looked("t1", 1, **{**LOST["mail-bypass"], "unwell_since": since(0.1)})]),
    ("access-lost", "while it leaves", [looked("t1", 1, **{**LOST["access-lost"], "stage": "offboarding"})]),
    ("contested", "and is released", [looked("t1", 5, **LOST["contested"]), looked("t1", 1)]),
    ("tenant-unwell-too-long", "for an hour", [looked("t1", 1, "needs_human", unwell_since=since(1))]),
    ("tenant-unwell-too-long", "for want of consent", [looked("t1", 1, "needs_consent", unwell_since=since(9))]),
    ("verify-unknown", "read once meanwhile", [*unread("t1"), looked("t1", 70)]),
    ("queue-age", "a poison queue", [*depths("verify-poison", age=9_000)]),
    ("throttled", "an hour ago", [event("api.throttled", ago, tenant_id="t1") for ago in (40, 60, 90, 110)]),
    ("mass-drift", "a wave of pauses", [drifted(f"t{n}", 9, cause="pause", stage="paused") for n in range(20)]),
    ("mass-drift", "different things", [drifted(f"t{n}", 9, item=f"item {n}") for n in range(20)]),
    ("off-boarding-stuck", "for five hours", leaving(5)),
    ("off-boarding-stuck", "and has left", [*leaving(7), event("tenant.offboarded", 0.5, tenant_id="t1")]),
]


@pytest.mark.parametrize("rule", IDS)
def test_a_healthy_fleet_wakes_nobody(rule: str) -> None:
    assert fired(rule, healthy()) == {}


@pytest.mark.parametrize("rule", IDS)
def test_of_an_empty_workspace_only_the_missing_timer_is_told(rule: str) -> None:
    assert bool(fired(rule, [])) is (rule == "sweep-missing")


@pytest.mark.parametrize(("rule", "story", "events", "series"), FIRES, ids=[f"{f[0]}: {f[1]}" for f in FIRES])
def test_a_rule_fires_on_its_story(rule: str, story: str, events: list[Row], series: set[tuple[str, ...]]) -> None:
    assert fired(rule, [*healthy(), *events]).keys() == series, story


@pytest.mark.parametrize(("rule", "story", "events"), QUIET, ids=[f"{q[0]}: {q[1]}" for q in QUIET])
def test_a_rule_is_silent_beside_its_story(rule: str, story: str, events: list[Row]) -> None:
    assert fired(rule, [*healthy(), *events]) == {}, story


def test_a_timer_that_stands_still_is_missed_also_where_it_starts_and_does_not_end() -> None:
    assert fired("sweep-missing", [*timer(until=25), *watched()]) == {}
    assert fired("sweep-missing", [*timer(until=31), *watched()]) == {(): 1}
    assert fired("sweep-missing", [*timer(until=31), event("sweep.started", 3)]) == {(): 1}


def test_one_tenant_that_nobody_looks_at_is_missed() -> None:
    story = [*timer(), *(row for row in watched() if row["Properties"]["tenant_id"] != "t9"), looked("waiting", 3)]
    assert fired("sweep-incomplete", story) == {(): 1}
    assert fired("sweep-incomplete", [*story, looked("t9", 170)]) == {}


def test_who_comes_or_leaves_meanwhile_is_not_missed() -> None:
    grown = [event("sweep.completed", 1, fleet=HEALTHY + 20)]
    assert fired("sweep-incomplete", [*healthy(), *grown]) == {}


def test_the_platforms_own_line_of_a_given_up_message_is_read() -> None:
    line = "Message has reached MaxDequeueCount of 5. Moving message to queue 'verify-poison'."
    assert fired("poison-moved", healthy(), [trace(line, 3)]) == {("verify",): 1}
    assert fired("poison-moved", healthy(), [trace(line, 70)]) == {}


def test_a_refused_credential_is_told_by_the_log_alone() -> None:
    lines = [trace("put off {…}", ago, code="vendor_credential") for ago in (1, 2, 3)]
    assert fired("vendor-credential", [*timer(), *watched()], lines) == {(): 1}
    assert fired("vendor-credential", [*timer(), *watched()], lines[:2]) == {}


def test_a_queue_that_is_old_in_each_sample_counts_by_its_best() -> None:
    story = [*depths("verify", age=5_000), event("queue.depth", 0.5, queue="verify")]
    assert fired("queue-age", [*watched(), *story]) == {}
    assert fired("queue-age", [*watched(), *story[:-1]]) == {("verify",): 5_000}


def test_a_poison_queue_that_nobody_empties_is_told_and_one_message_that_was_just_moved_is_not() -> None:
    assert fired("poison-backlog", [*watched(), *depths("verify-poison")]) == {("verify-poison",): 7}
    assert fired("poison-backlog", [*healthy(), event("queue.depth", 1, queue="verify-poison", depth=1)]) == {}


def test_the_threshold_of_mass_drift_grows_with_the_fleet() -> None:
    big = [event("sweep.completed", 1, fleet=4_000)]
    story = [drifted(f"t{number}", 9, item=LOOP_CHECK) for number in range(101)]
    assert fired("mass-drift", [*big, *story[:100]]) == {}
    assert fired("mass-drift", [*big, *story]) == {(LOOP_CHECK, "disabled"): 1}


def test_every_rule_has_a_story() -> None:
    told = {story[0] for story in FIRES} | {"sweep-missing", "sweep-incomplete", "queue-age", "poison-backlog"}
    assert told == set(IDS)
