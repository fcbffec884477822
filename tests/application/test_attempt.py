"""A piece of work begins with the record at hand, and storage says whether that is still the newest."""

from dataclasses import replace

import pytest

from shared.application.attempt import attempted
from shared.application.reconcile import verify
from shared.domain.errors import RecordChanged
from shared.domain.tenants import Verdict
from tests.application.life import POLICY, Life
from tests.fakes import TENANT_ID, new_message


def test_a_record_that_somebody_changed_meanwhile_keeps_the_change_and_gets_the_verdict() -> None:
    life = Life().active()
    old = life.world.tenants.get(TENANT_ID)
    life.world.tenants.put(old, replace(old.tenant, contact="new@acme.example", verdict=Verdict.UNKNOWN))
    message = new_message(generation=old.tenant.generation)
    report, after = attempted(message, old, verify, life.world, POLICY)
    assert report.verdict is Verdict.HEALTHY
    assert after == life.scene.record()
    assert (after.contact, after.verdict) == ("new@acme.example", Verdict.HEALTHY)
    assert after.lease is not None
    assert after.lease.expires_at <= life.clock.now


def test_work_for_what_is_not_wanted_any_more_is_not_begun() -> None:
    life = Life().active()
    old = life.world.tenants.get(TENANT_ID)
    life.world.tenants.put(old, replace(old.tenant, generation=old.tenant.generation + 1))
    asked = len(life.scene.seen)
    with pytest.raises(RecordChanged):
        attempted(new_message(generation=old.tenant.generation), old, verify, life.world, POLICY)
    assert len(life.scene.seen) == asked
