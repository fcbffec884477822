"""Every example of the exchange contract has its sample, and the product reads full objects of Exchange rightly."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from shared.adapters.exchange_answers import Answer, Reply, decipher, decipher_batch
from shared.adapters.exchange_calls import READS, Call
from shared.adapters.exchange_lists import joined, observation_of
from shared.domain.desired import Spec, desired_state
from shared.domain.diff import diff
from shared.domain.drift import Fault
from shared.domain.observation import Absent, Complete, Observation, Present, is_on, look_for
from shared.domain.plan import plan
from shared.domain.regions import Region
from shared.domain.resources import Kind
from shared.domain.rule_parameters import ACTIONS, CONDITIONS, EXCEPTIONS
from shared.domain.tenants import FailPolicy, Stage
from shared.domain.values import Row
from tests.domain.world import ARC, BLANK_RULE, CANARY, FROM, LOOP, NOW, REDIRECT, TO, tenant_of

SAMPLES = Path(__file__).parent / "samples"

COUNTERPARTS = (
    # The contract's example, the grade of what is known, and the sample that follows it.
    ("Get-AcceptedDomain.live", "recorded", "accepted-domains"),
    ("Get-AcceptedDomain.scubagear-full", "recorded", "accepted-domains-in-full"),
    ("Get-ArcConfig.INFERRED, objects", "inferred", "arc-as-one-string"),
    ("Get-ArcConfig.INFERRED, none configured", "inferred", "arc-never-configured"),
    ("Get-HostedConnectionFilterPolicy.live", "recorded", "connection-filter"),
    ("Get-HostedConnectionFilterPolicy.scubagear-full", "recorded", "connection-filter-in-full"),
    ("Get-InboundConnector.live", "recorded", "connectors"),
    ("Get-InboundConnector.scubagear-full", "recorded", "inbound-connector-in-full"),
    ("Get-OrganizationConfig.live", "recorded", "organisation"),
    ("Get-OrganizationConfig.scubagear-full", "recorded", "organisation-of-an-export"),
    ("Get-OutboundConnector.live", "recorded", "outbound-connector"),
    ("Get-TransportRule.live", "recorded", "rule-with-annotations"),
    ("Get-TransportRule.scubagear-full", "recorded", "rule-in-full"),
    ("Get-TransportRule.signature-gateway-analogue", "recorded", "signature-service"),
    ("envelope.complete.live", "recorded", "three-objects"),
    ("envelope.truncated-page.live", "recorded", "more-results"),
    ("error.400.already-exists", "recorded", "already-exists"),
    ("error.400.bad-enum.live", "recorded", "bad-enum"),
    ("error.400.unknown-parameter.live", "recorded", "unknown-parameter"),
    # Two fixtures of a client that ships; the verbatim text below bears the first out.
    ("error.404.not-found", "documented", "not-found-as-json"),
    ("error.no-details", "documented", "no-details"),
    ("error.404.not-found.verbatim", "recorded", "not-found"),
    ("product-objects.INFERRED", "inferred", "product-objects"),
    ("response-headers.200", "recorded", "response-headers"),
)
SPEC = Spec("documentation-2", dict.fromkeys(Region, ("203.0.113.0/24", "2001:db8::/64")))
"""The skip list of the product's objects."""


def sample(name: str) -> Any:  # noqa: ANN401 - JSON
    return json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))


def answer_of(document: Mapping[str, Any]) -> Answer:
    headers = {name.lower(): value for name, value in document["headers"].items()}
    return Answer(document["status"], headers, json.dumps(document["body"]).encode())


def rows_of(name: str) -> tuple[Row, ...]:
    document = sample(name)
    outcome = decipher(answer_of(document), Call(document["call"]["cmdlet"], {}), NOW)
    assert isinstance(outcome, Reply)
    return outcome.rows


def observed(name: str) -> Observation:
    """What the product makes of the answer to its one request for everything."""
    document = sample(name)
    calls = {key: Call(call["cmdlet"], call["parameters"]) for key, call in document["calls"].items()}
    assert [(call.cmdlet, dict(call.parameters)) for call in calls.values()] == [
        (call.cmdlet, dict(call.parameters)) for _, call in READS
    ]
    outcomes = decipher_batch(answer_of(document), calls, NOW)
    return observation_of(joined(zip((kind for kind, _ in READS), outcomes.values(), strict=True)))


def look(kind: Kind, name: str, observation: Observation) -> object:
    """Look for an object of any name as the product looks for its own."""
    (resource, *_) = (r for r in desired_state(tenant_of(), SPEC) if r.kind is kind)
    return look_for(replace(resource, name=name), observation)


@pytest.mark.parametrize(("example", "grade", "name"), COUNTERPARTS, ids=[row[0] for row in COUNTERPARTS])
def test_every_example_of_the_contract_has_its_sample(example: str, grade: str, name: str) -> None:
    assert (SAMPLES / f"{grade}.{name}.json").is_file(), f"{example} has no sample"


def test_the_contract_has_twenty_three_examples() -> None:
    assert len({example.partition(",")[0] for example, _, _ in COUNTERPARTS}) == 23


def test_every_sample_says_how_sure_it_is() -> None:
    assert {path.name.partition(".")[0] for path in SAMPLES.glob("*.json")} == {"recorded", "documented", "inferred"}


def test_the_products_own_objects_leave_nothing_to_do_in_a_staged_tenant() -> None:
    tenant, observation = tenant_of(Stage.STAGED), observed("inferred.product-objects")
    desired = desired_state(tenant, SPEC)
    drifts = diff(desired, observation, tenant.owned, active=False)
    assert drifts == ()
    assert plan(desired, observation, drifts, FailPolicy.OPEN) == ()


def test_the_products_own_objects_lack_only_their_rules_switches_in_an_active_tenant() -> None:
    tenant, observation = tenant_of(Stage.ACTIVE), observed("inferred.product-objects")
    drifts = diff(desired_state(tenant, SPEC), observation, tenant.owned, active=True)
    assert [(drift.fault, drift.resource.name) for drift in drifts] == [
        (Fault.DISABLED, LOOP),
        (Fault.DISABLED, REDIRECT),
    ]


def test_the_products_own_objects_are_seen_with_their_switches_and_places() -> None:
    observation = observed("inferred.product-objects")
    seen = {r.name: look_for(r, observation) for r in desired_state(tenant_of(), SPEC)}
    # Without a Guid in the answer, the name is what a cmdlet is given.
    assert {name: (s.identity, s.place) for name, s in seen.items() if isinstance(s, Present)} == {
        FROM: (FROM, None),
        TO: (TO, None),
        ARC: ("Default", None),
        LOOP: (LOOP, 0),
        REDIRECT: (REDIRECT, 1),
    }
    kinds = {FROM: Kind.INBOUND_CONNECTOR, TO: Kind.OUTBOUND_CONNECTOR, LOOP: Kind.TRANSPORT_RULE}
    switches = {name: is_on(kind, s.row) for name, kind in kinds.items() if isinstance(s := seen[name], Present)}
    assert switches == {FROM: True, TO: True, LOOP: False}


def test_one_connector_that_two_reads_bring_is_one_connector() -> None:
    for name, count in (("inferred.product-objects", 1), ("recorded.signature-service", 2)):
        reading = observed(name)[Kind.OUTBOUND_CONNECTOR]
        assert isinstance(reading, Complete)
        assert len(reading.rows) == count


def test_a_leftover_of_the_portals_validation_is_not_taken_for_the_connector() -> None:
    observation = observed("recorded.signature-service")
    sight = look(Kind.OUTBOUND_CONNECTOR, "to the signature service", observation)
    assert isinstance(sight, Present)
    assert sight.row["TlsSettings"] == "DomainValidation"
    assert is_on(Kind.OUTBOUND_CONNECTOR, sight.row) is True
    rule = look(Kind.TRANSPORT_RULE, "Route through the signature service", observation)
    assert isinstance(rule, Present)
    assert rule.row["RouteMessageOutboundConnector"] == sight.row["Name"]
    assert is_on(Kind.TRANSPORT_RULE, rule.row) is True


def test_a_tenant_without_the_products_objects_lacks_them() -> None:
    tenant, observation = tenant_of(Stage.STAGED), observed("recorded.signature-service")
    seen = {r.name: look_for(r, observation) for r in desired_state(tenant, SPEC)}
    # Where no sealer was ever trusted there is no object, and yet something to compare with.
    assert {name for name, sight in seen.items() if isinstance(sight, Absent)} == {FROM, TO, LOOP, REDIRECT}
    faults = [(d.fault, d.resource.name) for d in diff(desired_state(tenant, SPEC), observation, {}, active=False)]
    assert faults.count((Fault.ALTERED, ARC)) == 1
    assert {name for fault, name in faults if fault is Fault.MISSING} == {FROM, TO, LOOP, REDIRECT}


@pytest.mark.parametrize(
    ("name", "kind", "switches"),
    [
        ("recorded.connectors", Kind.INBOUND_CONNECTOR, [False, False]),
        ("recorded.inbound-connector-in-full", Kind.INBOUND_CONNECTOR, [True]),
        ("recorded.outbound-connector", Kind.OUTBOUND_CONNECTOR, [True]),
        ("recorded.rule-with-annotations", Kind.TRANSPORT_RULE, [True, False]),
        ("recorded.rule-in-full", Kind.TRANSPORT_RULE, [True]),
    ],
)
def test_a_recorded_object_is_found_by_its_name_with_its_guid_and_switch(
    name: str, kind: Kind, switches: list[bool]
) -> None:
    rows = rows_of(name)
    assert [is_on(kind, row) for row in rows] == switches
    for place, row in enumerate(rows):
        sight = look(kind, str(row["Name"]).upper(), {kind: Complete(rows)})
        assert sight == Present(row, str(row["Guid"]), place if kind is Kind.TRANSPORT_RULE else None)
    assert kind is not Kind.TRANSPORT_RULE or Complete(rows[::-1]).in_order == rows


def test_of_the_two_hundred_properties_of_a_full_rule_exactly_those_in_use_are_drift() -> None:
    (row,) = rows_of("recorded.rule-in-full")
    tenant = tenant_of(Stage.STAGED)
    observation = {Kind.TRANSPORT_RULE: Complete(({**row, "Name": REDIRECT},))}
    owned = {REDIRECT: UUID(str(row["Guid"]))}
    drifts = diff(desired_state(tenant, SPEC), observation, owned, active=False)
    ours = [(d.fault, d.setting.name if d.setting else "") for d in drifts if d.resource.name == REDIRECT]
    assert sorted(ours) == [
        (Fault.ALTERED, "FromScope"),
        (Fault.ALTERED, "PrependSubject"),
        (Fault.ALTERED, "RouteMessageOutboundConnector"),
        (Fault.ENABLED, ""),
    ]


def test_a_full_inbound_connector_under_our_name_differs_only_where_it_says_something_else() -> None:
    (row,) = rows_of("recorded.inbound-connector-in-full")
    observation = {Kind.INBOUND_CONNECTOR: Complete(({**row, "Name": FROM},))}
    owned = {FROM: UUID(str(row["Guid"]))}
    drifts = diff(desired_state(tenant_of(Stage.STAGED), SPEC), observation, owned, active=False)
    ours = [(d.fault, d.setting.name if d.setting else "") for d in drifts if d.resource.name == FROM]
    assert sorted(ours) == [
        (Fault.ALTERED, "ConnectorType"),
        (Fault.ALTERED, "EFSkipIPs"),
        (Fault.ALTERED, "SenderDomains"),
        (Fault.ALTERED, "TlsSenderCertificateName"),
    ]


def test_the_vocabulary_of_rules_is_that_of_the_recorded_rule() -> None:
    """The domain's tests judge by a rule that was seen: nothing in it is made up, and nothing seen is missing."""
    (row,) = rows_of("recorded.rule-in-full")
    assert row.keys() >= BLANK_RULE.keys()
    # Two parameters that no property is named after.
    assert (CONDITIONS | EXCEPTIONS | ACTIONS) - row.keys() == {"IncidentReportOriginalMail", "NotifySender"}
    assert not (row.keys() - BLANK_RULE.keys()) & (CONDITIONS | EXCEPTIONS | ACTIONS)


def test_the_loop_check_value_of_the_samples_is_the_one_that_may_appear_nowhere_else() -> None:
    (loop_check, _) = sample("inferred.product-objects")["expected"]["rules"]["rows"]
    assert loop_check["HeaderContainsWords"] == [CANARY]
