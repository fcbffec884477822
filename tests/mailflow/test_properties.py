"""Whatever else is in a tenant: every way ends, staged sends the filter nothing, active delivers nothing unscanned."""

from dataclasses import replace
from functools import reduce
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.twin.mailflow.assumptions import (
    Assumptions,
    Attribution,
    BrokenRoute,
    EnvelopeSender,
    NoSender,
    Stamping,
    TwoRoutes,
)
from local.twin.mailflow.conditions import conditions
from local.twin.mailflow.flows import ALL_FLOWS, FLOWS, Scene, routes
from local.twin.mailflow.organisation import Organisation, Row
from local.twin.mailflow.way import End
from local.twin.state import blank
from shared.domain.tenants import Stage
from tests.mailflow.damage import LOOP, REDIRECT, SINGLE, Damage, edited
from tests.mailflow.scenes import TENANT, provisioned, scene, taken

STAGED, ACTIVE = (taken(provisioned(stage).directory) for stage in (Stage.STAGED, Stage.ACTIVE))
KINDS = (Attribution, EnvelopeSender, Stamping, BrokenRoute, TwoRoutes, NoSender)
EVERY = [Assumptions(*positions) for positions in product(*KINDS)]
assumptions = st.sampled_from(EVERY)
many = settings(max_examples=120, deadline=None, database=None)

_NARROW: list[dict[str, object]] = [
    {},
    {"FromScope": "NotInOrganization"},
    {"FromScope": "InOrganization"},
    {"SentToScope": "NotInOrganization"},
    {"SenderDomainIs": ["outside.example"]},
    {"RecipientDomainIs": ["contoso.example"]},
    {"SubjectContainsWords": ["invoice"]},
    {"ExceptIfSubjectContainsWords": ["invoice"]},
    {"HeaderContainsMessageHeader": "X-MMCloud-ID", "HeaderContainsWords": ["another"]},
]
_ACTS: list[dict[str, object]] = [
    {"PrependSubject": "[x]"},
    {"SetSCL": "-1"},
    {"DeleteMessage": True},
    {"Quarantine": True},
    {"RemoveHeader": "X-Other"},
    {"SetHeaderName": "X-Handled-By", "SetHeaderValue": "node-1"},
    {"RouteMessageOutboundConnector": "Signature Gateway - Outbound", "ExceptIfHeaderContainsMessageHeader":
     "X-Sig-Applied", "ExceptIfHeaderContainsWords": ["true"], "FromScope": "InOrganization"},
]  # fmt: skip
_STATES: list[dict[str, object]] = [{"State": "Enabled"}, {"State": "Enabled", "Mode": "Audit"}, {"State": "Disabled"}]
rules = st.builds(
    lambda *parts: {"StopRuleProcessing": False, **{key: value for part in parts for key, value in part.items()}},
    *map(st.sampled_from, (_NARROW, _ACTS, _STATES)),
)
foreign_rules = st.lists(rules, max_size=4)
stopping_rules = st.lists(rules.map(lambda rule: {**rule, "StopRuleProcessing": True}) | rules, max_size=4)
damages = st.lists(st.sampled_from([damage for damage, _ in SINGLE]), max_size=3, unique_by=str)
meetings = st.sampled_from([frozenset(), conditions(), frozenset({"SubjectContainsWords"})])


def with_rules(tenant: Organisation, above: list[dict[str, object]], below: list[dict[str, object]]) -> Organisation:
    def made(settings_: dict[str, object], number: int) -> Row:
        return {**blank("TransportRule"), "Mode": "Enforce", "Name": f"Foreign {number}", **settings_}

    upper = tuple(made(rule, number) for number, rule in enumerate(above))
    lower = tuple(made(rule, 100 + number) for number, rule in enumerate(below))
    return replace(tenant, rules=(*upper, *tenant.rules, *lower))


def with_meets(tenant: Organisation, positions: Assumptions, meets: frozenset[str]) -> Scene:
    return replace(scene(tenant, positions), meets=meets)


@many
@given(damages, stopping_rules, foreign_rules, assumptions, meetings)
def test_every_way_ends_whatever_is_wrong(
    wrong: list[Damage],
    above: list[dict[str, object]],
    below: list[dict[str, object]],
    positions: Assumptions,
    meets: frozenset[str],
) -> None:
    tenant = reduce(lambda before, damage: damage.apply(before), wrong, ACTIVE)
    place = with_meets(with_rules(tenant, above, below), positions, meets)
    for flow in ALL_FLOWS.values():
        found = flow(place)
        assert isinstance(found.end, End)
        assert 0 < len(found.hops) < 60


@many
@given(damages, foreign_rules, foreign_rules, assumptions, meetings)
def test_while_both_rules_are_off_nothing_goes_to_the_filter_for_the_customer(
    wrong: list[Damage],
    above: list[dict[str, object]],
    below: list[dict[str, object]],
    positions: Assumptions,
    meets: frozenset[str],
) -> None:
    tenant = reduce(lambda before, damage: damage.apply(before), wrong, STAGED)
    tenant = edited(edited(tenant, LOOP, {"State": "Disabled"}), REDIRECT, {"State": "Disabled"})
    place = with_meets(with_rules(tenant, above, below), positions, meets)
    for name, found in routes(place).items():
        assert not [hop for hop in found.hops if (hop.origin, hop.target) == (TENANT, "MailMarshal Cloud")], name


@many
@given(foreign_rules, foreign_rules, assumptions, meetings)
def test_an_active_tenant_delivers_nothing_unscanned_and_loses_nothing(
    above: list[dict[str, object]], below: list[dict[str, object]], positions: Assumptions, meets: frozenset[str]
) -> None:
    place = with_meets(with_rules(ACTIVE, above, below), positions, meets)
    for name, found in routes(place).items():
        if found.end is End.REMOVED and found.by.startswith("Foreign"):
            continue
        if is_for_the_vendor_to_say(name, positions, above, below):
            continue
        assert (found.end, TENANT in found.unscanned_for, found.leaked) == (End.DELIVERED, False, set()), name


def is_for_the_vendor_to_say(
    name: str, positions: Assumptions, above: list[dict[str, object]], below: list[dict[str, object]]
) -> bool:
    """The three findings of test_routes: positions under which the article's rules alone are not enough."""
    keeps = positions.envelope_sender is EnvelopeSender.KEPT and positions.attribution is Attribution.SENDER_FIRST
    winners = above if positions.two_routes is TwoRoutes.FIRST else below
    gateway_wins = any("RouteMessageOutboundConnector" in rule for rule in winners)
    is_recipients = positions.attribution is Attribution.RECIPIENT_FIRST
    return (
        (keeps and "another customer" in name and "stamp" not in name)
        or (positions.no_sender is NoSender.NOBODYS and name.startswith("an automatic"))
        or (is_recipients and gateway_wins and name == "from the customer to another customer")
    )


@pytest.mark.parametrize("position", EVERY, ids=lambda position: "-".join(vars(position).values()))
def test_only_three_kinds_of_mail_depend_on_what_nobody_has_published(position: Assumptions) -> None:
    for name, found in routes(scene(ACTIVE, position)).items():
        if not is_for_the_vendor_to_say(name, position, [], []):
            assert (found.end, found.unscanned_for, found.weaknesses) == (End.DELIVERED, set(), set()), name
    assert set(FLOWS) == set(routes(scene(ACTIVE, position)))
