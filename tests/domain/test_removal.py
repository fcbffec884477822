"""What is ours goes, in the one safe order; what is not ours stays, whatever it is called."""

from collections.abc import Mapping
from dataclasses import replace
from random import Random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.errors import NeedsHuman
from shared.domain.observation import Complete, Observation
from shared.domain.proof import has_sealer, ours
from shared.domain.removal import removal_plan, residue, switching_off
from shared.domain.resources import Kind
from shared.domain.steps import Step, Verb
from shared.domain.tenants import Stage
from shared.domain.values import Row, Unreadable
from tests.domain.judge import foreign, is_on, sealers
from tests.domain.test_every_state import WORLDS
from tests.domain.test_rewriting import said_differently
from tests.domain.world import (
    ARC,
    FOREIGN_SEALERS,
    FROM,
    KINDS,
    LOOP,
    OWNED,
    REDIRECT,
    TO,
    carry_out,
    edited,
    fresh,
    healthy,
    lacking,
    modest,
    moved,
    row_of,
    rows,
    tenant_of,
    unread,
    without,
)

ACTIVE = tenant_of(Stage.ACTIVE)
WORLD = healthy(ACTIVE)
OFF, GONE = Verb.DISABLE, Verb.REMOVE
WHOLE = [(GONE, REDIRECT), (GONE, LOOP), (GONE, TO), (GONE, FROM), (Verb.UPDATE, ARC)]
GUIDS = {str(guid) for guid in OWNED.values()}


def short(steps: tuple[Step, ...]) -> list[tuple[str, str]]:
    return [(step.verb, step.name) for step in steps]


def left(world: Observation, owned: Mapping[str, UUID] = OWNED) -> Observation:
    """The tenant after everything that an off-boarding does to it."""
    for step in switching_off(world, owned):
        world = carry_out(step, world)
    for step in removal_plan(world, owned):
        world = carry_out(step, world)
    return world


def in_order(steps: tuple[Step, ...], whole: list[tuple[Verb, str]]) -> bool:
    places = [whole.index((step.verb, step.name)) for step in steps]
    return places == sorted(set(places))


def test_redirect_is_switched_off_before_loop_check_and_nothing_else_is_touched() -> None:
    steps = switching_off(WORLD, OWNED)
    assert short(steps) == [(OFF, REDIRECT), (OFF, LOOP)]
    assert [step.identity for step in steps] == [str(OWNED[REDIRECT]), str(OWNED[LOOP])]
    assert switching_off(healthy(tenant_of(Stage.STAGED)), OWNED) == ()
    assert short(switching_off(healthy(tenant_of(Stage.PAUSED)), OWNED)) == [(OFF, LOOP)]


def test_a_switch_that_says_neither_is_switched_off() -> None:
    assert short(switching_off(edited(WORLD, REDIRECT, State=None), OWNED))[0] == (OFF, REDIRECT)


def test_rules_go_before_the_connectors_that_they_use_and_the_sealer_last() -> None:
    steps = removal_plan(WORLD, OWNED)
    assert short(steps) == WHOLE
    assert [step.identity for step in steps] == [*(str(OWNED[name]) for name in (REDIRECT, LOOP, TO, FROM)), ARC]
    assert all(step.why for step in steps)
    assert steps[-1].settings == {"ArcTrustedSealers": FOREIGN_SEALERS}
    assert [step.settings for step in steps[:-1]] == [{}] * 4


@pytest.mark.parametrize("stage", list(Stage))
def test_an_off_boarded_tenant_is_as_if_we_had_never_been_there(stage: Stage) -> None:
    start = healthy(tenant_of(stage))
    end = left(start)
    assert foreign(end) == foreign(start)
    assert not any(row_of(end, name) for name in OWNED)
    assert residue(end, OWNED) == ()
    assert (switching_off(end, OWNED), removal_plan(end, OWNED)) == ((), ())


def test_every_state_ends_with_nothing_of_ours_and_everything_of_theirs_and_redirect_goes_first() -> None:
    for number, start in enumerate(WORLDS):
        world = start
        off, steps = switching_off(start, OWNED), removal_plan(start, OWNED)
        assert in_order(off, [(OFF, REDIRECT), (OFF, LOOP)]), number
        assert in_order(steps, WHOLE), number
        for step in (*off, *steps):
            world = carry_out(step, world)
            assert not is_on(world, REDIRECT), number
        assert foreign(world) == foreign(start), number
        assert residue(world, OWNED) == (), number


def test_what_was_never_ours_stays_even_in_our_names() -> None:
    assert switching_off(WORLD, {}) == ()
    assert short(removal_plan(WORLD, {})) == [(Verb.UPDATE, ARC)]
    for name, guid in OWNED.items():
        world = edited(WORLD, name, Guid=str(UUID(int=0x57)))
        if name == REDIRECT:  # a rule of somebody else's that uses our connector
            with pytest.raises(NeedsHuman):
                removal_plan(world, OWNED)
            continue
        steps = (*switching_off(world, OWNED), *removal_plan(world, OWNED))
        assert not [step for step in steps if step.identity in (str(UUID(int=0x57)), str(guid))]
        if name == TO:
            continue
        end = left(world)
        assert row_of(end, name) is not None
        assert residue(end, OWNED) == ()


def test_our_object_is_found_by_its_guid_whatever_it_is_called_and_goes_by_our_name() -> None:
    for name in (REDIRECT, LOOP, FROM):
        world = edited(WORLD, name, Name="Renamed")
        steps = (*switching_off(world, OWNED), *removal_plan(world, OWNED))
        assert short(steps) == [(OFF, REDIRECT), (OFF, LOOP), *WHOLE]
        assert residue(left(world), OWNED) == ()
        assert residue(world, OWNED) == residue(WORLD, OWNED) or "Renamed" in str(residue(world, OWNED))
    world = edited(edited(WORLD, TO, Name="Renamed"), REDIRECT, RouteMessageOutboundConnector="Renamed")
    assert short(removal_plan(world, OWNED)) == WHOLE
    assert residue(left(world), OWNED) == ()


def test_a_renamed_object_of_ours_goes_and_the_stranger_that_took_its_name_stays() -> None:
    stranger: Row = {**(row_of(WORLD, REDIRECT) or {}), "Guid": str(UUID(int=0x57)), "Priority": 8}
    stranger = {**stranger, "RouteMessageOutboundConnector": "Foreign Fax"}
    world = edited(WORLD, REDIRECT, Name="Renamed")
    world = {**world, Kind.TRANSPORT_RULE: Complete((*rows(world, Kind.TRANSPORT_RULE), stranger))}
    end = left(world)
    assert [row["Name"] for row in rows(end, Kind.TRANSPORT_RULE)][-1] == REDIRECT
    assert row_of(end, REDIRECT) == {**stranger, "Priority": 6}
    assert residue(end, OWNED) == ()


@pytest.mark.parametrize("name", list(OWNED))
def test_a_guid_in_capitals_and_an_object_without_a_name_are_still_ours(name: str) -> None:
    owned = {**OWNED, name: UUID("abcdef00-0000-4000-8000-00000000000a")}
    world = edited(WORLD, name, Guid="ABCDEF00-0000-4000-8000-00000000000A")
    assert short(removal_plan(world, owned)) == WHOLE
    assert short(switching_off(world, owned)) == [(OFF, REDIRECT), (OFF, LOOP)]
    nameless = lacking(world, name, "Name")
    assert short(removal_plan(nameless, owned)) == WHOLE
    assert len(residue(nameless, owned) or ()) == 5


@pytest.mark.parametrize("state", ["Enabled", "Disabled"])
@pytest.mark.parametrize("spelling", [TO, TO.upper(), [TO]])
def test_a_rule_of_the_customers_that_routes_through_our_connector_stops_every_removal(
    spelling: object, state: str
) -> None:
    rules = tuple(
        {**row, "RouteMessageOutboundConnector": spelling, "State": state} if row["Name"] == "Foreign 0" else row
        for row in rows(WORLD, Kind.TRANSPORT_RULE)
    )
    world = {**WORLD, Kind.TRANSPORT_RULE: Complete(rules)}
    with pytest.raises(NeedsHuman, match="Foreign 0"):
        removal_plan(world, OWNED)
    assert short(switching_off(world, OWNED)) == [(OFF, REDIRECT), (OFF, LOOP)]
    theirs = {name: guid for name, guid in OWNED.items() if name != TO}
    assert (GONE, TO) not in short(removal_plan(world, theirs))


def test_a_rule_without_a_route_uses_no_connector_not_even_one_called_none_or_nothing() -> None:
    for odd in (edited(WORLD, TO, Name="None"), lacking(WORLD, TO, "Name"), edited(WORLD, TO, Name="")):
        world = edited(odd, REDIRECT, RouteMessageOutboundConnector=None)
        assert short(removal_plan(world, OWNED)) == WHOLE


def test_nothing_that_a_rule_may_use_goes_while_the_rules_are_unread() -> None:
    steps = removal_plan(unread(WORLD, Kind.TRANSPORT_RULE), OWNED)
    assert not [step for step in steps if step.verb is GONE]
    assert switching_off(unread(WORLD, Kind.TRANSPORT_RULE), OWNED) == ()


@pytest.mark.parametrize(
    "kind", [Kind.INBOUND_CONNECTOR, Kind.OUTBOUND_CONNECTOR, Kind.TRANSPORT_RULE, Kind.ARC_CONFIG]
)
def test_nobody_can_say_what_is_left_while_something_is_unread(kind: Kind) -> None:
    for world in (WORLD, fresh(ACTIVE), left(WORLD)):
        assert residue(unread(world, kind), OWNED) is None
        assert residue({other: reading for other, reading in world.items() if other is not kind}, OWNED) is None
        assert kind not in {step.kind for step in removal_plan(unread(world, kind), OWNED)}


def test_what_is_left_is_named_one_by_one() -> None:
    assert residue(WORLD, OWNED) == (
        f"InboundConnector: {FROM}",
        f"OutboundConnector: {TO}",
        f"TransportRule: {LOOP}",
        f"TransportRule: {REDIRECT}",
        "ArcConfig: dkim.mailmarshal.cloud",
    )
    for place, name in enumerate((FROM, TO, LOOP, REDIRECT)):
        rest = list(residue(WORLD, OWNED) or ())
        del rest[place]
        assert residue(without(WORLD, name), OWNED) == tuple(rest)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("dkim.mailmarshal.cloud", (" ",)),
        ("DKIM.MailMarshal.cloud.", (" ",)),
        ("a.Example, dkim.mailmarshal.cloud ,B.example", ("a.Example", "B.example")),
        (["a.Example", "dkim.mailmarshal.cloud"], ("a.Example",)),
        ("dkim.mailmarshal.cloud,dkim.mailmarshal.cloud", (" ",)),
    ],
)
def test_our_sealer_goes_and_theirs_stay_in_their_order_and_spelling(before: object, after: tuple[str, ...]) -> None:
    world = edited(WORLD, ARC, ArcTrustedSealers=before)
    step = removal_plan(world, OWNED)[-1]
    assert (step.verb, step.kind, step.settings) == (Verb.UPDATE, Kind.ARC_CONFIG, {"ArcTrustedSealers": after})
    assert not has_sealer(carry_out(step, world))


@pytest.mark.parametrize("value", [None, "", " ", [], "a.example", "xdkim.mailmarshal.cloud", ["a.example"]])
def test_a_list_without_our_sealer_is_left_alone(value: object) -> None:
    world = edited(WORLD, ARC, ArcTrustedSealers=value)
    assert short(removal_plan(world, OWNED)) == WHOLE[:-1]
    assert "ArcConfig" not in str(residue(world, OWNED))


def test_a_list_of_sealers_of_no_known_form_is_neither_kept_nor_emptied() -> None:
    world = edited(WORLD, ARC, ArcTrustedSealers=7)
    for judge in (removal_plan, residue):
        with pytest.raises(Unreadable):
            judge(world, OWNED)


seeds = st.integers(0, 2**64 - 1).map(Random)


@given(
    seeds,
    st.integers(0, len(WORLDS) - 1),
    st.sets(st.sampled_from(sorted(OWNED))),
    st.sets(st.sampled_from([kind for kind in Kind if kind is not Kind.ORGANIZATION_CONFIG]), max_size=2),
    st.tuples(st.sampled_from([LOOP, REDIRECT]), st.integers(0, 5)),
)
@modest
def test_in_no_world_is_anything_touched_that_is_not_ours(
    dice: Random, number: int, known: set[str], kinds: set[Kind], move: tuple[str, int]
) -> None:
    world = WORLDS[number]
    if row_of(world, move[0]) is not None:
        world = moved(world, *move)
    world = unread(said_differently(dice, world), *kinds)
    owned = {name: OWNED[name] for name in known}
    mine = {str(guid) for guid in owned.values()}
    try:
        steps = removal_plan(world, owned)
    except NeedsHuman:
        assert REDIRECT not in known  # then it is a rule of somebody else's that routes through our connector
        assert TO in known
        steps = ()
    for step in (*switching_off(world, owned), *steps):
        assert step.kind not in kinds
        assert step.identity in mine or (step.kind, step.verb) == (Kind.ARC_CONFIG, Verb.UPDATE)
        assert OWNED.get(step.name) is None or str(OWNED[step.name]) == step.identity
        assert KINDS[step.name] is step.kind
    assert in_order(steps, WHOLE)
    assert {str(row["Guid"]) for _, row in ours(world, owned)} <= mine


@given(seeds, st.integers(0, len(WORLDS) - 1))
@modest
def test_however_a_tenant_says_it_what_is_ours_goes_and_what_is_theirs_stays(dice: Random, number: int) -> None:
    start = WORLDS[number]
    end = left(said_differently(dice, start))
    assert residue(end, OWNED) == ()
    theirs = {row["Guid"] for kind in Kind for row in rows(start, kind) if "Guid" in row and row["Guid"] not in GUIDS}
    kept = {row["Guid"] for kind in Kind for row in rows(end, kind) if "Guid" in row}
    assert kept == theirs
    trusted = {sealer.strip().casefold() for sealer in sealers(start)} - {"dkim.mailmarshal.cloud"}
    assert {sealer.strip().casefold() for sealer in sealers(end) if sealer.strip()} == trusted


def test_a_tenant_in_a_move_is_found_by_its_guids_all_the_same() -> None:
    other = healthy(replace(ACTIVE, stage=Stage.PAUSED))
    assert short(removal_plan(other, OWNED)) == WHOLE
