"""What a look means to people: what opens, what stays, and when nobody is told."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.domain.concerns import ITEMS, OF_LOOKS, Outlook, outlook, subject_of
from shared.domain.decisions import Suspension
from shared.domain.desired import desired_state
from shared.domain.drift import Drift, Fault
from shared.domain.errors import KeeperError, NeedsConsent, NeedsRole, TenantGone, Unavailable
from shared.domain.incidents import Incident, IncidentCause, Severity
from shared.domain.report import Report, judged
from shared.domain.resources import Effect, Item
from shared.domain.tenants import Stage, Tenant, Verdict
from tests.fakes import NOW, new_policy, new_tenant

ACTIVE = new_tenant(Stage.ACTIVE)
RESOURCES = {each.item: each for each in desired_state(ACTIVE, new_policy().spec)}
UNTIL = Suspension("jane", "a migration", NOW, NOW + timedelta(hours=1))


def drift(item: Item = Item.REDIRECT, fault: Fault = Fault.DISABLED, effect: Effect = Effect.BYPASS) -> Drift:
    return Drift(fault, RESOURCES.get(item, RESOURCES[Item.FROM_CONNECTOR]), item, effect)


def report(*drifts: Drift, tenant: Tenant = ACTIVE, failure: KeeperError | None = None) -> Report:
    verdict, reason = judged(drifts)
    return Report(verdict, reason, {}, drifts, tenant, failure=failure)


def failed(verdict: Verdict, error: KeeperError) -> Report:
    return Report(verdict, str(error), {}, (), ACTIVE, failure=error)


def causes(found: Outlook) -> list[tuple[str, IncidentCause, Severity]]:
    return [(each.item, each.cause, each.severity) for each in found.concerns]


def an(cause: IncidentCause, item: str = "") -> Incident:
    return Incident(subject_of(ACTIVE), item, cause, Severity.WARNING, "", NOW, NOW)


def test_a_healthy_tenant_has_no_concern_and_ends_all_that_there_was() -> None:
    found = outlook(report(), ACTIVE)
    assert found.concerns == ()
    assert (found.items, found.causes) == (ITEMS, OF_LOOKS)


@pytest.mark.parametrize(
    ("effect", "cause", "severity"),
    [
        (Effect.OUTAGE, IncidentCause.OUTAGE, Severity.CRITICAL),
        (Effect.BYPASS, IncidentCause.BYPASS, Severity.ERROR),
    ],
)
def test_the_severity_is_that_of_the_effect(effect: Effect, cause: IncidentCause, severity: Severity) -> None:
    assert causes(outlook(report(drift(effect=effect)), ACTIVE)) == [(Item.REDIRECT.value, cause, severity)]


@pytest.mark.parametrize("effect", [Effect.DEGRADED, Effect.COSMETIC])
def test_a_drift_that_leaves_mail_its_way_is_no_concern(effect: Effect) -> None:
    assert outlook(report(drift(effect=effect)), ACTIVE).concerns == ()


@pytest.mark.parametrize(
    ("fault", "effect", "severity"),
    [
        (Fault.CONTESTED, Effect.DEGRADED, Severity.WARNING),
        (Fault.CONTESTED, Effect.COSMETIC, Severity.WARNING),
        (Fault.CONTESTED, Effect.OUTAGE, Severity.CRITICAL),
    ],
)
def test_what_is_contested_is_a_concern_whatever_it_does(fault: Fault, effect: Effect, severity: Severity) -> None:
    (concern,) = outlook(report(drift(Item.REDIRECT, fault, effect)), ACTIVE).concerns
    assert concern.severity is severity
    assert "contested" in concern.sentence


def test_an_item_has_one_concern_for_each_cause_the_worst() -> None:
    both = (drift(fault=Fault.ALTERED), drift(fault=Fault.DISABLED), drift(effect=Effect.OUTAGE))
    assert len(outlook(report(*both), ACTIVE).concerns) == 2


@pytest.mark.parametrize("fault", [Fault.ACCEPTED, Fault.SETTLING])
def test_what_a_person_accepted_or_we_just_wrote_is_no_concern(fault: Fault) -> None:
    assert outlook(report(drift(fault=fault, effect=Effect.OUTAGE)), ACTIVE).concerns == ()


@pytest.mark.parametrize("fault", [Fault.UNKNOWN, Fault.SETTLING])
def test_of_an_item_that_was_not_read_or_just_written_nothing_ends(fault: Fault) -> None:
    found = outlook(report(drift(fault=fault)), ACTIVE)
    assert found.items == ITEMS - {Item.REDIRECT.value}
    assert not found.ends(an(IncidentCause.BYPASS, Item.REDIRECT.value))
    assert found.ends(an(IncidentCause.OUTAGE, Item.TO_CONNECTOR.value))


def test_a_failed_read_opens_unknown_alone_and_ends_nothing() -> None:
    found = outlook(failed(Verdict.UNKNOWN, Unavailable("away")), ACTIVE)
    assert [concern.cause for concern in found.concerns] == [IncidentCause.UNKNOWN]
    assert not found.ends(an(IncidentCause.BYPASS, Item.REDIRECT.value))
    assert not found.ends(an(IncidentCause.NEEDS_CONSENT))


@pytest.mark.parametrize(
    ("verdict", "error", "cause"),
    [
        (Verdict.NEEDS_CONSENT, NeedsConsent("no"), IncidentCause.NEEDS_CONSENT),
        (Verdict.NEEDS_ROLE, NeedsRole("no"), IncidentCause.NEEDS_ROLE),
        (Verdict.TENANT_GONE, TenantGone("no"), IncidentCause.TENANT_GONE),
    ],
)
def test_lost_access_opens_its_own_cause_and_says_nothing_of_the_items(
    verdict: Verdict, error: KeeperError, cause: IncidentCause
) -> None:
    found = outlook(failed(verdict, error), ACTIVE)
    assert [concern.cause for concern in found.concerns] == [cause]
    assert not found.ends(an(IncidentCause.BYPASS, Item.REDIRECT.value))
    assert found.ends(an(IncidentCause.UNKNOWN))


def test_a_refused_write_is_told_beside_what_was_read() -> None:
    found = outlook(replace(report(drift(), failure=NeedsRole("no")), verdict=Verdict.NEEDS_ROLE), ACTIVE)
    assert [concern.cause for concern in found.concerns] == [IncidentCause.NEEDS_ROLE, IncidentCause.BYPASS]


@pytest.mark.parametrize(
    "tenant",
    [
        replace(ACTIVE, stage=Stage.PAUSED, pause=UNTIL),
        replace(ACTIVE, hold=UNTIL),
        replace(ACTIVE, stage=Stage.AWAITING_CONSENT),
        replace(ACTIVE, stage=Stage.OFFBOARDED),
    ],
    ids=["paused", "held", "new", "gone"],
)
def test_nobody_is_told_what_a_person_decided_and_what_was_told_ends(tenant: Tenant) -> None:
    found = outlook(report(drift(effect=Effect.OUTAGE), tenant=tenant), tenant)
    assert found.concerns == ()
    assert found.ends(an(IncidentCause.OUTAGE, Item.REDIRECT.value))
    assert "decided" in found.ending


def test_nobody_is_told_in_a_pause_of_the_fleet_or_in_the_middle_of_a_move() -> None:
    paused = replace(ACTIVE, stage=Stage.PAUSED)
    assert outlook(report(drift(effect=Effect.OUTAGE), tenant=paused), ACTIVE).concerns == ()


def test_an_off_boarding_is_a_concern_until_it_ends() -> None:
    leaving = replace(ACTIVE, stage=Stage.OFFBOARDING)
    under_way = Report(Verdict.SETTLING, "Redirect is off", {}, (), leaving)
    assert [c.cause for c in outlook(under_way, leaving).concerns] == [IncidentCause.OFF_BOARDING_STUCK]
    assert outlook(Report(Verdict.HEALTHY, "gone", {}, (), leaving), leaving).concerns == ()


def test_parked_messages_are_not_a_looks_to_end() -> None:
    assert not outlook(report(), ACTIVE).ends(an(IncidentCause.PARKED))


def test_a_tenant_is_named_as_its_signup_named_it() -> None:
    assert subject_of(replace(ACTIVE, company_name="Contoso")).who == "Contoso (contoso.onmicrosoft.com)"
    assert subject_of(ACTIVE).who == "contoso.onmicrosoft.com"
