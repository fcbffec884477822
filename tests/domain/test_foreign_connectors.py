"""What is said of objects that are not ours: their names, and nothing that is not known."""

import pytest

from shared.domain.findings import Finding, Weight
from shared.domain.interference import interference
from shared.domain.observation import Complete, Observation, Unread
from shared.domain.resources import Item, Kind
from shared.domain.values import Row

OURS = {"Name": Item.FROM_CONNECTOR.value, "Enabled": True, "ConnectorType": "OnPremises", "EFSkipIPs": ["10.0.0.0/8"]}
GATEWAY = {"Name": "Gateway", "Enabled": True, "ConnectorType": "OnPremises", "EFSkipIPs": []}
PARTNER = {"Name": "Partner", "Enabled": True, "ConnectorType": "Partner", "EFSkipIPs": ["198.51.100.0/25"]}


def seen(
    *, rules: list[Row] | None = None, inbound: list[Row] | None = None, outbound: list[Row] | None = None
) -> Observation:
    rows = {Kind.TRANSPORT_RULE: rules, Kind.INBOUND_CONNECTOR: inbound, Kind.OUTBOUND_CONNECTOR: outbound}
    return {kind: Complete(tuple(found or ())) for kind, found in rows.items()}


def found(observation: Observation) -> dict[str, Finding]:
    return {finding.code: finding for finding in interference(observation)}


def rule(number: int, **more: object) -> Row:
    return {"Name": f"Rule {number}", "State": "Enabled", "Priority": number, **more}


def test_our_own_connector_is_a_standing_note_and_nothing_else() -> None:
    (finding,) = interference(seen(inbound=[OURS]))
    assert (finding.code, finding.weight, finding.verdict) == ("attribution_shared_cert", Weight.NOTE, None)
    assert "MC1226222" in finding.sentence
    assert found(seen(inbound=[{**OURS, "Name": OURS["Name"].upper()}])).keys() == {"attribution_shared_cert"}  # type: ignore[attr-defined]


def test_an_ordinary_tenant_gives_nothing_to_say() -> None:
    assert interference(seen(rules=[rule(0)], inbound=[PARTNER], outbound=[{"Name": "x", "TestMode": False}])) == ()


def test_connectors_that_speak_for_the_customer_are_named_unless_they_are_off() -> None:
    finding = found(seen(inbound=[OURS, GATEWAY, PARTNER, {**GATEWAY, "Name": "Off", "Enabled": False}]))[
        "foreign_onpremises_connectors"
    ]
    assert finding.weight is Weight.WARNING
    assert finding.sentence.endswith(": Gateway")


@pytest.mark.parametrize(
    "block", ["40.92.0.1", "10.1.2.0/24", "8.0.0.0/7", "::/0", "fd00::/8", "52.100.0.0-52.100.0.9"]
)
def test_a_skip_list_that_hides_real_senders_is_a_warning(block: str) -> None:
    finding = found(seen(inbound=[{**PARTNER, "EFSkipIPs": ["198.51.100.1", block]}]))["foreign_skip_lists"]
    assert finding.weight is Weight.WARNING
    assert finding.sentence.endswith(": Partner")


@pytest.mark.parametrize("value", [None, [], "", ["198.51.100.0/25"], ["8.8.8.8"], "8.8.8.0/24", ["no address"], 7])
def test_a_skip_list_that_is_narrow_or_unreadable_is_none(value: object) -> None:
    assert interference(seen(inbound=[{**PARTNER, "EFSkipIPs": value}])) == ()


def test_test_mode_is_noted() -> None:
    outbound: list[Row] = [{"Name": "Trial", "TestMode": True}, {"Name": Item.TO_CONNECTOR.value, "TestMode": True}]
    finding = found(seen(outbound=outbound))["foreign_test_mode"]
    assert (finding.weight, finding.sentence) == (Weight.NOTE, "outbound connectors in test mode: Trial")


@pytest.mark.parametrize("name", ["SetHeaderName", "RemoveHeader"])
@pytest.mark.parametrize("header", ["Authentication-Results", "ARC-Seal", "arc-message-signature "])
def test_rules_that_write_the_evidence_of_origin_are_a_warning(name: str, header: str) -> None:
    assert "Rule 0" in found(seen(rules=[rule(0, **{name: header})]))["rules_alter_evidence"].sentence
    assert found(seen(rules=[rule(0, **{name: "X-Other"})])) == {}
    assert found(seen(rules=[rule(0, **{name: header, "State": "Disabled"})])) == {}


def test_rules_that_touch_our_header_are_a_warning() -> None:
    for name in ("SetHeaderName", "RemoveHeader", "HeaderContainsMessageHeader"):
        assert "rules_use_our_header" in found(seen(rules=[rule(0, **{name: "x-mmcloud-id"})]))


def test_nothing_is_concluded_from_what_was_not_read() -> None:
    assert interference({}) == ()
    assert interference(dict.fromkeys(Kind, Unread("away"))) == ()
    unread = {**seen(inbound=[GATEWAY]), Kind.TRANSPORT_RULE: Unread("away")}
    assert {finding.code for finding in interference(unread)} == {"foreign_onpremises_connectors"}


def test_foreign_names_are_shown_on_one_line_and_cut() -> None:
    hostile = "\x1b[31mred\r\n\u202e=cmd|' /C calc'!A0" + "x" * 100
    rows: list[Row] = [{**GATEWAY, "Name": hostile}, *({**GATEWAY, "Name": f"n{number}"} for number in range(7))]
    sentence = found(seen(inbound=rows))["foreign_onpremises_connectors"].sentence
    assert sentence.endswith("n0, n1, n2, n3 and 3 more")
    assert not set(sentence) & set("\x1b\r\n\u202e")
    assert "x" * 40 not in sentence
