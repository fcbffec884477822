"""B1 and B2: requests that leave the product, counted by the twin, which hears every one of them, Entra's too."""

from bench.rows import Row, at_most, compared, taken_in_turns
from shared.application.handlers import handle_reconcile, handle_verify
from shared.application.signups import sign_up
from shared.domain.messages import Cause
from shared.domain.tenants import Stage, Verdict
from tests.application.life import POLICY, SIGNUP, Life
from tests.fakes import TENANT_ID, new_message

REPEATS = 5
_ONE_BATCH = 1.0
_BATCH_AND_WRITES = 6.0
"""One look, and five writes: two connectors, the sealers, two rules."""


def rows() -> list[Row]:
    """Count."""
    one = taken_in_turns(_verified, lambda: _ONE_BATCH, REPEATS)
    new = taken_in_turns(_provisioned, lambda: _BATCH_AND_WRITES, REPEATS)
    return [
        compared("B1", "requests to verify a healthy tenant, warm token", at_most(1), one),
        compared("B2", "requests to provision a fresh tenant, cold token", at_most(7 / 6), new),
    ]


def _verified() -> float:
    life = Life().active()
    before, generation = len(life.scene.seen), life.scene.record().generation
    outcome = handle_verify(new_message(Cause.RECHECK, generation), life.world, POLICY)
    assert outcome.report is not None
    assert outcome.report.verdict is Verdict.HEALTHY
    return float(len(life.scene.seen) - before)


def _provisioned() -> float:
    life = Life()
    (delivery,) = sign_up(SIGNUP, "msg_1", life.world).deliveries
    outcome = handle_reconcile(delivery.message, life.world, POLICY)
    assert outcome.note == "reconciled"
    assert life.world.tenants.get(TENANT_ID).tenant.stage is Stage.STAGED
    return float(len(life.scene.seen))
