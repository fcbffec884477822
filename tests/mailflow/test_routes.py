"""The way of every kind of mail through a tenant that the product has provisioned, hop by hop."""

from dataclasses import replace

import pytest

from local.twin.mailflow.assumptions import Assumptions, Attribution, EnvelopeSender, NoSender, TwoRoutes
from local.twin.mailflow.filter import GATEWAY
from local.twin.mailflow.flows import ALL_FLOWS, FORGED
from local.twin.mailflow.organisation import Organisation
from local.twin.mailflow.way import End, Route
from local.twin.state import blank
from shared.application.reconcile import reconcile
from shared.domain.resources import Kind
from shared.domain.steps import Step, Verb
from shared.domain.tenants import Stage
from tests.fakes import new_policy, new_tenant
from tests.mailflow.damage import LOOP, REDIRECT, edited, without
from tests.mailflow.scenes import NEIGHBOUR, TENANT, provisioned, scene, taken
from tests.mailflow.watch import watched
from tests.on_twin import on_twin

STAGED, ACTIVE = (taken(provisioned(stage).directory) for stage in (Stage.STAGED, Stage.ACTIVE))
SHORT = {TENANT: "customer", NEIGHBOUR: "neighbour", "MailMarshal Cloud": "filter", GATEWAY.name: "gateway"}
IN, OUT, INSIDE, TO_OTHER, FROM_OTHER, ANSWER, AGAIN, FOREIGN, _ = ALL_FLOWS


def way(route: Route) -> str:
    places = [route.hops[0].origin, *(hop.target for hop in route.hops)]
    return " > ".join(SHORT.get(place, place) for place in places)


def route(tenant: Organisation, flow: str, assumptions: Assumptions = Assumptions()) -> Route:  # noqa: B008 - frozen
    return ALL_FLOWS[flow](scene(tenant, assumptions))


ROUTES = {
    IN: "Internet > customer > filter > customer > mailbox",
    OUT: "mailbox > customer > filter > customer > Internet",
    INSIDE: "mailbox > customer > filter > customer > mailbox",
    TO_OTHER: "mailbox > customer > filter > customer > neighbour > filter > neighbour > mailbox",
    FROM_OTHER: "mailbox > neighbour > filter > neighbour > customer > filter > customer > mailbox",
    ANSWER: "mailbox > customer > filter > customer > Internet",
    AGAIN: "filter > customer > mailbox",
    FOREIGN: "Internet > customer > filter > customer > mailbox",
    FORGED: "Internet > customer > mailbox",
}


@pytest.mark.parametrize("flow", ALL_FLOWS)
def test_in_an_active_tenant_mail_goes_by_the_filter_and_arrives(flow: str) -> None:
    found = route(ACTIVE, flow)
    assert (way(found), found.end) == (ROUTES[flow], End.DELIVERED)
    assert (TENANT in found.unscanned_for) is (flow == FORGED)
    assert found.leaked == set()


@pytest.mark.parametrize("flow", [IN, OUT, INSIDE, ANSWER, FOREIGN])
def test_in_a_staged_tenant_no_mail_goes_to_the_filter(flow: str) -> None:
    found = route(STAGED, flow)
    assert found.end is End.DELIVERED
    assert "filter" not in way(found)


def test_a_message_that_was_scanned_already_is_not_scanned_again() -> None:
    assert route(ACTIVE, AGAIN).scanned_for == {TENANT}


def foreign(**settings: object) -> dict[str, object]:
    return {**blank("TransportRule"), "Name": "Foreign", "State": "Enabled", "Mode": "Enforce", **settings}


def test_behind_a_stopping_rule_above_ours_mail_is_not_scanned() -> None:
    rule = foreign(StopRuleProcessing=True, PrependSubject="[x]")
    found = route(replace(ACTIVE, rules=(rule, *ACTIVE.rules)), IN)
    assert (way(found), found.unscanned_for) == ("Internet > customer > mailbox", {TENANT})


def test_a_stopping_rule_below_ours_changes_nothing() -> None:
    rule = foreign(StopRuleProcessing=True, PrependSubject="[x]")
    assert way(route(replace(ACTIVE, rules=(*ACTIVE.rules, rule)), IN)) == ROUTES[IN]


def test_what_a_rule_of_the_customers_own_removes_is_the_customers_wish() -> None:
    rule = foreign(FromScope="NotInOrganization", DeleteMessage=True)
    found = route(replace(ACTIVE, rules=(rule, *ACTIVE.rules)), IN)
    assert (found.end, found.by) == (End.REMOVED, "Foreign")


def test_a_signature_is_put_under_mail_that_was_scanned_before_and_is_scanned_after() -> None:
    customer = taken(provisioned(rules=40).directory)
    found = route(customer, OUT)
    steps = "mailbox > customer > filter > customer > gateway > customer > filter > customer > Internet"
    assert (way(found), found.unscanned_for) == (steps, set())


def test_without_loop_check_a_message_goes_round_for_ever() -> None:
    assert route(without(ACTIVE, LOOP), IN).end is End.LOOPED


def test_a_loop_check_that_does_not_stop_the_processing_is_no_loop_check() -> None:
    assert route(edited(ACTIVE, LOOP, {"StopRuleProcessing": False}), IN).end is End.LOOPED


def test_mail_between_customers_of_one_filter_goes_round_if_the_filter_keeps_the_envelope_sender() -> None:
    keeps = Assumptions(envelope_sender=EnvelopeSender.KEPT)
    assert {route(ACTIVE, flow, keeps).end for flow in (TO_OTHER, FROM_OTHER)} == {End.LOOPED}
    elsewhere = replace(keeps, attribution=Attribution.RECIPIENT_FIRST)
    for flow in (TO_OTHER, FROM_OTHER):
        found = route(ACTIVE, flow, elsewhere)
        assert (found.end, found.unscanned_for) == (End.DELIVERED, set())


def test_automatic_answers_are_refused_if_a_message_without_envelope_sender_is_nobodys() -> None:
    assert route(ACTIVE, ANSWER, Assumptions(no_sender=NoSender.NOBODYS)).end is End.REFUSED


def test_another_relay_lets_mail_out_unscanned_if_it_goes_first_and_mail_is_the_recipients() -> None:
    customer = taken(provisioned(rules=40).directory)
    found = route(customer, TO_OTHER, Assumptions(Attribution.RECIPIENT_FIRST, two_routes=TwoRoutes.FIRST))
    assert (found.end, TENANT in found.unscanned_for) == (End.DELIVERED, True)


def test_a_write_that_starts_a_loop_is_seen_by_the_watch() -> None:
    world = watched(on_twin(rules=0))
    tenant = reconcile(new_tenant(Stage.STAGED), world.world, new_policy(settling_seconds=0)).tenant
    with pytest.raises(AssertionError, match="looped"):
        world.world.exchange.apply(tenant, Step(Verb.ENABLE, Kind.TRANSPORT_RULE, REDIRECT))
