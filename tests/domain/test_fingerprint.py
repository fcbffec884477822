"""A plan's fingerprint: the same for the same meaning, another for anything that would make another plan."""

import re
from collections.abc import Callable
from dataclasses import replace
from random import Random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.desired import Spec, desired_state
from shared.domain.diff import diff
from shared.domain.fingerprint import fingerprint
from shared.domain.observation import Complete, Observation
from shared.domain.plan import plan
from shared.domain.regions import Region
from shared.domain.resources import Item, Kind, Resource
from shared.domain.rule_parameters import ACTIONS, CONDITIONS, EXCEPTIONS
from shared.domain.tenants import FailPolicy, Stage
from shared.domain.values import Secret
from tests.domain.test_drift import SINGLE
from tests.domain.test_every_state import WORLDS
from tests.domain.test_rewriting import said_differently
from tests.domain.world import (
    ARC,
    CANARY,
    FROM,
    LOOP,
    OWNED,
    REDIRECT,
    SPEC,
    TO,
    edited,
    healthy,
    lacking,
    modest,
    moved,
    row_of,
    tenant_of,
    unread,
    without,
)

ACTIVE = tenant_of(Stage.ACTIVE)
TABLE = desired_state(ACTIVE, SPEC)
WORLD = healthy(ACTIVE)


def of(world: Observation, table: tuple[Resource, ...] = TABLE) -> str:
    return fingerprint(table, world, OWNED)


seeds = st.integers(0, 2**64 - 1).map(Random)


numbers = st.integers(0, len(WORLDS) - 1)


@given(seeds, numbers)
@modest
def test_the_same_tenant_in_other_words_has_the_same_fingerprint(dice: Random, number: int) -> None:
    world = WORLDS[number]
    assert of(said_differently(dice, world)) == of(world)


@pytest.mark.parametrize(("name", "changes", "item", "effect"), SINGLE)
def test_every_changed_setting_has_another(name: str, changes: dict[str, object], item: Item, effect: str) -> None:
    assert of(edited(WORLD, name, **changes)) != of(WORLD), (item, effect)


CHANGES: dict[str, Callable[[Observation], Observation]] = {
    **{f"{name} gone": lambda world, name=name: without(world, name) for name in OWNED},  # type: ignore[misc]
    **{f"{name} made anew": lambda world, name=name: edited(world, name, Guid=str(UUID(int=7))) for name in OWNED},  # type: ignore[misc]
    "From off": lambda world: edited(world, FROM, Enabled=False),
    "From odd": lambda world: edited(world, FROM, Enabled=None),
    "To off": lambda world: edited(world, TO, Enabled=False),
    "Loop Check off": lambda world: edited(world, LOOP, State="Disabled"),
    "Redirect off": lambda world: edited(world, REDIRECT, State="Disabled"),
    "Redirect odd": lambda world: edited(world, REDIRECT, State="?"),
    "Loop Check higher": lambda world: moved(world, LOOP, 2),
    "Redirect higher": lambda world: moved(world, REDIRECT, 2),
    "both higher": lambda world: moved(world, "Foreign 0", 7),
    "another sealer": lambda world: edited(world, ARC, ArcTrustedSealers="a.example,dkim.mailmarshal.cloud"),
    "no flag": lambda world: lacking(world, FROM, "RequireTls"),
    "no text": lambda world: lacking(world, TO, "TlsSettings"),
    "null text": lambda world: edited(world, TO, TlsSettings=None),
    "null flag": lambda world: edited(world, FROM, RequireTls=None),
    "odd flag": lambda world: edited(world, FROM, RequireTls="True"),
    "hidden condition": lambda world: edited(world, REDIRECT, Conditions=["x.SentToPredicate"]),
    "hidden exception": lambda world: edited(world, LOOP, Exceptions=["x.SentToPredicate"]),
    "dehydrated": lambda world: {**world, Kind.ORGANIZATION_CONFIG: Complete(({"IsDehydrated": True},))},
    "unread inbound": lambda world: unread(world, Kind.INBOUND_CONNECTOR),
    "unread outbound": lambda world: unread(world, Kind.OUTBOUND_CONNECTOR),
    "unread rules": lambda world: unread(world, Kind.TRANSPORT_RULE),
    "unread sealers": lambda world: unread(world, Kind.ARC_CONFIG),
    "unread organisation": lambda world: unread(world, Kind.ORGANIZATION_CONFIG),
}


def test_every_change_of_an_object_has_a_fingerprint_of_its_own() -> None:
    found = {name: of(change(WORLD)) for name, change in CHANGES.items()}
    assert len({of(WORLD), *found.values()}) == len(found) + 1


def test_every_condition_exception_and_action_that_is_not_ours_counts_with_its_value() -> None:
    ours = {setting.name for setting in TABLE[-1].settings}
    found = [
        of(edited(WORLD, REDIRECT, **{name: value}))
        for name in sorted((CONDITIONS | EXCEPTIONS | ACTIONS) - ours)
        for value in ("one", "two")
    ]
    assert len({of(WORLD), *found}) == len(found) + 1


def test_what_is_wanted_counts() -> None:
    lists = dict.fromkeys(Region, ("192.0.2.1",))
    tables = [
        *[desired_state(tenant_of(stage, region), SPEC) for region in Region for stage in Stage],
        desired_state(ACTIVE, Spec("1", lists)),
        desired_state(ACTIVE, replace(SPEC, loop_check_stops=False)),
        desired_state(replace(ACTIVE, loop_check=Secret("other")), SPEC),
    ]
    switches = 3  # both rules on, Loop Check alone, neither
    assert len({of(WORLD, table) for table in tables}) == len(Region) * switches + 3


def test_who_owns_what_counts_and_its_order_does_not() -> None:
    assert fingerprint(TABLE, WORLD, dict(reversed(list(OWNED.items())))) == of(WORLD)
    others = [{}, {**OWNED, FROM: UUID(int=7)}, *[{k: v for k, v in OWNED.items() if k != name} for name in OWNED]]
    found = {fingerprint(TABLE, WORLD, owned) for owned in others}
    assert len(found | {of(WORLD)}) == len(others) + 1


def test_what_is_neither_ours_nor_under_our_rules_does_not_count() -> None:
    noise = edited(edited(WORLD, FROM, Comment="x", RestrictDomainsToCertificate=True), REDIRECT, Comments="y")
    assert of(noise) == of(WORLD)
    assert of(edited(WORLD, FROM, SenderDomains=["*"], EFUsers=None)) == of(WORLD)


def test_the_guid_cannot_be_read_out_of_it() -> None:
    assert re.fullmatch(r"[0-9a-f]{64}", of(WORLD))
    assert row_of(WORLD, LOOP) is not None
    assert CANARY not in of(WORLD)
    assert of(edited(WORLD, LOOP, HeaderContainsWords=[CANARY.replace("c0", "c1")])) != of(WORLD)


@given(numbers, numbers, st.sampled_from(Stage), st.sampled_from(FailPolicy))
@modest
def test_two_tenants_of_one_fingerprint_have_one_plan(
    first: int, second: int, stage: Stage, policy: FailPolicy
) -> None:
    table = desired_state(tenant_of(stage), SPEC)
    pair = (WORLDS[first], WORLDS[second])
    drifts = [diff(table, world, OWNED, active=stage is Stage.ACTIVE) for world in pair]
    plans = [plan(table, world, found, policy) for world, found in zip(pair, drifts, strict=True)]
    if plans[0] != plans[1]:
        assert of(pair[0], table) != of(pair[1], table)


def test_no_two_states_share_a_fingerprint() -> None:
    distinct: list[Observation] = []
    for world in WORLDS[::7]:
        if world not in distinct:
            distinct.append(world)
    assert len({of(world) for world in distinct}) == len(distinct)
