import json

import pytest

from local.demo.items import OURS, SEALER
from tests.twin.desk import new_desk


def test_a_tenant_has_forty_rules_five_connectors_and_two_sealers_of_its_own() -> None:
    state = new_desk(rules=40, empty=False).state()
    assert {kind: len(rows) for kind, rows in state.items()} == {
        "inbound_connectors": 3,
        "outbound_connectors": 2,
        "transport_rules": 40,
        "arc": 1,
    }
    assert state["arc"][0]["ArcTrustedSealers"] == "Lists.Example.org,arc.fabrikam.example"


@pytest.mark.parametrize("seed", range(5))
def test_none_of_them_is_ours(seed: int) -> None:
    twin = new_desk().twin
    tenant = twin.create_tenant("6f1d3c5a-0000-4000-8000-000000000002", "other.example", seed)
    names = {row["Name"] for rows in (tenant.inbound, tenant.outbound, tenant.rules) for row in rows}
    assert not names & OURS
    assert SEALER not in (tenant.arc or [])


def test_the_same_seed_makes_the_same_objects() -> None:
    one, other = (new_desk(rules=40, empty=False).state() for _ in range(2))
    assert one == other


def test_another_seed_makes_other_rules() -> None:
    twin = new_desk().twin
    rules = [
        json.dumps(twin.create_tenant("6f1d3c5a-0000-4000-8000-000000000002", "other.example", seed).rules)
        for seed in (1, 2)
    ]
    assert rules[0] != rules[1]


def test_there_is_something_on_and_something_off_and_a_rule_in_audit_mode() -> None:
    rules = new_desk(rules=40, empty=False).state()["transport_rules"]
    assert {row["State"] for row in rules} == {"Enabled", "Disabled"}
    assert {row["Mode"] for row in rules} == {"Enforce", "Audit"}


def test_a_new_tenant_has_no_history() -> None:
    assert new_desk(rules=40, empty=False).tenant.history == []
