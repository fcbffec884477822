"""What each message makes us do, and which messages follow: judged by the tenant on the twin, and by the record."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.demo.items import ITEMS, rules_are_in_order
from local.twin.faults import Fault
from shared.application.commands import Order, command
from shared.application.handlers import MOST_ROUNDS, handle_reconcile, handle_verify
from shared.application.signups import sign_up
from shared.domain.errors import TransientError, Unavailable, UnknownTenant, VendorCredential
from shared.domain.lifecycle import activated
from shared.domain.messages import Cause, Delivery, Message, Queue, encode
from shared.domain.regions import Region
from shared.domain.signup import Signup
from shared.domain.tenants import Record, Stage, Tenant, Verdict
from tests.fakes import CANARY, TENANT_ID, new_message, new_policy
from tests.on_twin import DOMAIN, OnTwin, on_twin
from tests.pump import HANDLERS
from tests.pump import pump as work_on

REDIRECT = ITEMS[3]
SETTLING = timedelta(seconds=60)
POLICY = new_policy(settling_seconds=60)
SIGNUP = Signup("acme", TENANT_ID, Region.EU, DOMAIN)


def pump(scene: OnTwin, deliveries: tuple[Delivery, ...]) -> None:
    """Work on messages and on all that follow."""
    work_on(scene.clock, scene.world, POLICY, deliveries)


def staged(scene: OnTwin) -> OnTwin:
    pump(scene, sign_up(SIGNUP, "msg_1", scene.world).deliveries)
    return scene


def active(scene: OnTwin) -> OnTwin:
    pump(staged(scene), command(Order("activate", "jane"), TENANT_ID, scene.world, POLICY).deliveries)
    assert set(scene.items().values()) == {"on"}
    return scene


@pytest.fixture
def scene() -> OnTwin:
    return on_twin()


def test_a_signup_ends_staged_and_healthy(scene: OnTwin) -> None:
    staged(scene)
    assert (scene.record().stage, scene.record().verdict) == (Stage.STAGED, Verdict.HEALTHY)
    assert set(scene.items().values()) == {"on", "off"}


def test_an_activation_ends_with_mail_passing_through(scene: OnTwin) -> None:
    active(scene)
    assert (scene.record().stage, scene.record().verdict) == (Stage.ACTIVE, Verdict.HEALTHY)
    assert rules_are_in_order(scene.state())


def test_a_verify_that_finds_drift_asks_for_a_repair_and_repairs_nothing_itself(scene: OnTwin) -> None:
    active(scene).administrator("Remove-TransportRule", Identity=REDIRECT)
    scene.clock.advance(seconds=61)
    before = scene.writes()
    outcome = handle_verify(new_message(Cause.RECHECK, generation=2), scene.world, POLICY)
    assert [(d.queue, d.message.cause) for d in outcome.deliveries] == [(Queue.REMEDIATE, Cause.DRIFT)]
    assert scene.writes() == before
    pump(scene, outcome.deliveries)
    assert set(scene.items().values()) == {"on"}


def test_a_reconcile_is_followed_by_a_verify_once_reads_have_settled(scene: OnTwin) -> None:
    scene.keep(Stage.AWAITING_CONSENT)
    (following,) = handle_reconcile(new_message(), scene.world, POLICY).deliveries
    assert (following.queue, following.message.cause, following.delay) == (Queue.VERIFY, Cause.SETTLED, SETTLING)


def test_a_message_of_an_older_generation_does_nothing(scene: OnTwin) -> None:
    scene.keep(Stage.ACTIVE, generation=3)
    for handle in (handle_reconcile, handle_verify):
        outcome = handle(new_message(generation=2), scene.world, POLICY)
        assert (outcome.note, outcome.report, outcome.deliveries) == (
            "of generation 2, the tenant is at 3",
            None,
            (),
        )
    assert scene.directory.history == []


def undone(scene: OnTwin, times: int) -> Message:
    """An administrator undoes a repair so many times, and each is repaired again."""
    message = new_message(Cause.RECHECK, generation=2)
    for _ in range(times):
        scene.clock.advance(seconds=61)
        scene.administrator("Disable-TransportRule", Identity=REDIRECT)
        (repair,) = handle_verify(message, scene.world, POLICY).deliveries
        (look,) = handle_reconcile(repair.message, scene.world, POLICY).deliveries
        message = look.message
    return message


def test_an_administrator_who_undoes_every_repair_is_not_fought_a_third_time(scene: OnTwin) -> None:
    active(scene)
    message = undone(scene, 2)
    scene.clock.advance(seconds=61)
    scene.administrator("Disable-TransportRule", Identity=REDIRECT)
    scene.administrator("Set-ArcConfig", Identity="Default", ArcTrustedSealers=["abc.example"])
    writes = len(scene.writes())
    pump(scene, (Delivery(Queue.VERIFY, message),))
    assert scene.writes()[writes:] == ["Set-ArcConfig"]
    assert scene.record().verdict is Verdict.CONTESTED
    assert "somebody undoes it" in scene.record().reason


def test_a_person_may_let_a_contested_item_be_repaired_again(scene: OnTwin) -> None:
    active(scene)
    undone(scene, 2)
    scene.clock.advance(seconds=61)
    scene.administrator("Disable-TransportRule", Identity=REDIRECT)
    pump(scene, command(Order("remediate", "jane"), TENANT_ID, scene.world, POLICY).deliveries)
    assert (scene.items()[REDIRECT], scene.record().verdict) == ("on", Verdict.HEALTHY)


def test_the_budget_comes_back_after_a_day(scene: OnTwin) -> None:
    active(scene)
    undone(scene, 2)
    scene.clock.advance(hours=25)
    undone(scene, 1)
    assert scene.items()[REDIRECT] == "on"


def test_one_cause_goes_round_only_so_often(scene: OnTwin) -> None:
    active(scene).administrator("Disable-TransportRule", Identity=REDIRECT)
    scene.clock.advance(seconds=61)
    outcome = handle_verify(new_message(Cause.RECHECK, 2, MOST_ROUNDS + 1), scene.world, POLICY)
    assert (outcome.note, outcome.deliveries) == ("left to the next recheck", ())


def test_a_tenant_that_seems_to_have_lost_everything_at_once_is_not_believed(scene: OnTwin) -> None:
    active(scene)
    scene.clock.advance(seconds=61)
    handle_verify(new_message(Cause.RECHECK, generation=2), scene.world, POLICY)
    kept = (scene.directory.inbound[:], scene.directory.outbound[:], scene.directory.rules[:])
    for rows in (scene.directory.inbound, scene.directory.outbound, scene.directory.rules):
        rows.clear()
    writes = scene.writes()
    outcome = handle_verify(new_message(Cause.RECHECK, 2, MOST_ROUNDS + 1), scene.world, POLICY)
    handle_reconcile(new_message(Cause.DRIFT, 2), scene.world, POLICY)
    assert outcome.report is not None
    assert outcome.report.verdict is Verdict.UNKNOWN
    assert scene.writes() == writes
    rows_of = (scene.directory.inbound, scene.directory.outbound, scene.directory.rules)
    for rows, before in zip(rows_of, kept, strict=True):
        rows.extend(before)
    pump(scene, (Delivery(Queue.VERIFY, new_message(Cause.RECHECK, 2)),))
    assert (scene.record().verdict, scene.writes()) == (Verdict.HEALTHY, writes)


def test_a_part_that_could_not_be_read_is_looked_at_again_soon(scene: OnTwin) -> None:
    active(scene).directory.faults.append(Fault("Get-ArcConfig", 503, 1))
    outcome = handle_verify(new_message(Cause.RECHECK, generation=2), scene.world, POLICY)
    assert [(d.queue, d.message.cause) for d in outcome.deliveries] == [(Queue.VERIFY, Cause.RECHECK)]
    assert scene.record().verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("positions", "verdict"), [({"consent": False}, Verdict.NEEDS_CONSENT), ({"role": "none"}, Verdict.NEEDS_ROLE)]
)
def test_what_only_the_customer_can_give_is_on_the_record_and_nothing_follows(
    scene: OnTwin, positions: dict[str, object], verdict: Verdict
) -> None:
    scene.directory.switches.turn(positions)
    scene.keep(Stage.AWAITING_CONSENT)
    outcome = handle_reconcile(new_message(), scene.world, POLICY)
    assert (scene.record().verdict, scene.record().stage) == (verdict, Stage.AWAITING_CONSENT)
    assert outcome.deliveries == ()


def test_a_tenant_that_cannot_be_reached_is_unknown_and_tried_again(scene: OnTwin) -> None:
    active(scene).directory.faults.append(Fault("*", 503, 99))
    with pytest.raises(TransientError):
        handle_verify(new_message(Cause.RECHECK, generation=2), scene.world, POLICY)
    assert scene.record().verdict is Verdict.UNKNOWN
    assert scene.record().items == dict.fromkeys(ITEMS, "on")


def test_our_own_broken_credential_is_no_tenants_fault(scene: OnTwin) -> None:
    before = scene.keep(Stage.ACTIVE)

    class Refused:
        def observe(self, _tenant: Tenant) -> object:
            raise VendorCredential("the secret has expired")

    world = replace(scene.world, exchange=Refused())  # type: ignore[arg-type]
    with pytest.raises(VendorCredential):
        handle_verify(new_message(), world, POLICY)
    assert replace(scene.record(), lease=None) == before


def test_a_tenant_that_nobody_signed_up_is_unknown(scene: OnTwin) -> None:
    for handle in HANDLERS.values():
        with pytest.raises(UnknownTenant):
            handle(new_message(), scene.world, POLICY)


def test_an_activation_that_comes_while_we_work_is_not_lost(scene: OnTwin) -> None:
    staged(scene)
    scene.clock.advance(seconds=1)
    tenants = scene.world.tenants
    put = tenants.put

    def meanwhile(record: Record, tenant: Tenant) -> Record:
        if tenant.checked_at != scene.clock.now:
            return put(record, tenant)  # the lease is taken
        tenants.put = put  # type: ignore[method-assign]
        current = tenants.get(TENANT_ID)
        tenants.put(current, activated(current.tenant))
        return put(record, tenant)

    tenants.put = meanwhile  # type: ignore[method-assign]
    handle_verify(new_message(Cause.RECHECK), scene.world, POLICY)
    assert (scene.record().stage, scene.record().generation) == (Stage.ACTIVE, 2)
    assert scene.record().checked_at == scene.clock.now


def test_no_message_and_no_printed_record_carries_the_customers_guid(scene: OnTwin) -> None:
    scene.keep(Stage.AWAITING_CONSENT)
    outcome = handle_reconcile(new_message(), scene.world, POLICY)
    assert CANARY not in repr(outcome) + str(outcome) + repr(scene.record())
    assert all(CANARY.encode() not in encode(delivery.message) for delivery in outcome.deliveries)
    assert CANARY in str(scene.state()["transport_rules"])


MESSAGES = st.lists(
    st.tuples(st.sampled_from(list(Queue)), st.integers(1, 3), st.integers(1, 4), st.booleans()), max_size=8
)


@settings(max_examples=15, deadline=None)
@given(messages=MESSAGES, damage=st.sampled_from(["", "Remove-TransportRule", "Disable-TransportRule"]))
def test_any_messages_in_any_order_and_number_end_in_the_state_that_is_wanted(
    messages: list[tuple[Queue, int, int, bool]], damage: str
) -> None:
    scene = active(on_twin())
    if damage:
        scene.administrator(damage, Identity=REDIRECT)
    for queue, generation, attempt, later in messages:
        if later:
            scene.clock.advance(seconds=61)
        HANDLERS[queue](new_message(Cause.OPERATOR, generation, attempt), scene.world, POLICY)
    scene.clock.advance(seconds=61)
    pump(scene, (Delivery(Queue.VERIFY, new_message(Cause.RECHECK, generation=2)),))
    assert set(scene.items().values()) == {"on"}
    assert rules_are_in_order(scene.state())
    assert scene.is_untouched()
    before = scene.writes()
    for queue in Queue:
        HANDLERS[queue](new_message(Cause.OPERATOR, 2), scene.world, POLICY)
    assert scene.writes() == before


def test_a_failure_in_the_middle_is_told_to_the_shell_and_what_was_learned_is_kept(scene: OnTwin) -> None:
    scene.keep(Stage.AWAITING_CONSENT)
    scene.directory.faults.append(Fault("New-OutboundConnector", 503, 1))
    with pytest.raises((Unavailable, TransientError)):
        handle_reconcile(new_message(), scene.world, POLICY)
    assert ITEMS[0] in scene.record().owned
    assert scene.record().stage is Stage.AWAITING_CONSENT
