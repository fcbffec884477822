"""The rules over what the product really tells: the events of one look, read by the queries."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.adapters.emitting import of_work
from shared.domain.desired import desired_state
from shared.domain.diff import diff
from shared.domain.drift import Drift, Fault
from shared.domain.errors import NeedsConsent
from shared.domain.messages import Cause, Queue
from shared.domain.report import Report, judged
from shared.domain.resources import Effect, Item
from shared.domain.tenants import Stage, Verdict
from tests.domain.world import OWNED, SPEC, healthy, tenant_of
from tests.fakes import new_message
from tests.infra.fleet import NOW, event, fired
from tests.infra.kql_values import Row

TENANT = replace(tenant_of(Stage.ACTIVE), unwell_since=NOW - timedelta(hours=1))
RULES = ("mail-outage", "mail-bypass", "contested", "access-lost")
MEANT = {
    Fault.DISABLED: {"mail-bypass"},
    Fault.MISSING: {"mail-bypass"},
    Fault.BLOCKED: {"mail-bypass"},
    Fault.CONTESTED: {"mail-bypass", "contested"},
    Fault.UNKNOWN: set(),
    Fault.ACCEPTED: set(),
}
"""Which rules a Redirect fires that is in such a way not as it should be."""


def told(report: Report, cause: Cause = Cause.RECHECK) -> list[Row]:
    """The rows of one look."""
    found = of_work(Queue.VERIFY, new_message(cause), report, TENANT, (NOW, NOW))
    return [event(name, 1, **fields) for name, fields in found]


def seen(fault: Fault, item: Item = Item.REDIRECT) -> Report:
    """A look that found one object not as it should be."""
    resource = next(each for each in desired_state(TENANT, SPEC) if each.item is item)
    drift = Drift(fault, resource, item, resource.effect)
    verdict, reason = judged([drift])
    return Report(verdict, reason, {}, (drift,), TENANT)


@pytest.mark.parametrize("fault", MEANT)
def test_a_redirect_that_is_not_on_fires_what_it_should(fault: Fault) -> None:
    assert {rule for rule in RULES if fired(rule, told(seen(fault)))} == MEANT[fault]


@pytest.mark.parametrize("fault", [Fault.UNKNOWN, Fault.ACCEPTED, Fault.DISABLED])
def test_a_loop_check_is_an_outage_where_it_was_seen_to_be_off(fault: Fault) -> None:
    found = fired("mail-outage", told(seen(fault, Item.LOOP_CHECK)))
    assert bool(found) is (fault is Fault.DISABLED)


def test_an_activations_first_look_is_no_outage() -> None:
    assert fired("mail-outage", told(seen(Fault.DISABLED, Item.LOOP_CHECK), Cause.ACTIVATE)) == {}


def test_a_look_that_comes_before_the_fleets_pause_has_reached_the_tenant_is_no_outage() -> None:
    counted = replace(TENANT, stage=Stage.PAUSED)
    drifts = diff(desired_state(counted, SPEC), healthy(TENANT), OWNED, active=False)
    report = Report(Verdict.DRIFTED, "Redirect is on", {}, drifts, counted)
    assert [drift.effect for drift in drifts] == [Effect.OUTAGE]
    assert fired("mail-outage", told(report)) == {}


def test_a_withdrawn_consent_is_told() -> None:
    error = NeedsConsent("withdrawn")
    report = Report(Verdict.NEEDS_CONSENT, str(error), {}, (), TENANT, failure=error)
    assert {rule for rule in RULES if fired(rule, told(report))} == {"access-lost"}
