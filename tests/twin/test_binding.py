import pytest

from local.twin.catalogue import cmdlets
from local.twin.cmdlets import known
from local.twin.state import blank
from tests.twin.desk import Desk, new_desk

HASH_TABLE = {"@odata.type": "#Exchange.GenericHashTable"}


@pytest.fixture
def desk() -> Desk:
    desk = new_desk()
    desk.run("New-InboundConnector", Name="Partner", SenderDomains=["a.example"], Comment="old", Enabled=True)
    desk.run("New-OutboundConnector", Name="Out", TlsSettings="EncryptionOnly")
    desk.run("New-TransportRule", Name="Rule", DeleteMessage=True, FromScope="InOrganization")
    return desk


def test_every_cmdlet_of_the_catalogue_runs_and_every_one_that_runs_is_in_it() -> None:
    assert set(known()) == set(cmdlets())


@pytest.mark.parametrize("kind", ["InboundConnector", "OutboundConnector", "TransportRule"])
def test_what_can_be_written_is_a_property_of_the_object(kind: str) -> None:
    """``LinkForModifiedConnector`` is reserved, and ``NotifySender`` reads back as a ``SenderNotificationType``."""
    words = {"Identity", "Name", "Enabled", "Confirm", "WhatIf", "LinkForModifiedConnector", "NotifySender"}
    for verb in ("New", "Set"):
        written = {parameter.name for parameter in cmdlets()[f"{verb}-{kind}"].values()}
        assert written - words <= set(blank(kind))


@pytest.mark.parametrize("kind", ["InboundConnector", "OutboundConnector", "TransportRule"])
def test_an_object_has_no_property_that_was_made_up_by_a_parameter(desk: Desk, kind: str) -> None:
    given = {"Name": "Other", "SenderDomains": ["b.example"], "LinkForModifiedConnector": "any", "DeleteMessage": True}
    given |= {"NotifySender": "NotifyOnly"}
    accepted = {parameter.name for parameter in cmdlets()[f"New-{kind}"].values()}
    desk.run(f"New-{kind}", **{name: value for name, value in given.items() if name in accepted})
    old, new = desk.run(f"Get-{kind}")
    assert set(old) == set(new)


def test_an_unknown_parameter_is_named(desk: Desk) -> None:
    refusal = desk.refusal("Set-InboundConnector", Identity="Partner", BogusParameter=1)
    assert refusal.status == 400
    assert refusal.type == "Microsoft.Exchange.AdminApi.CommandInvocation.AmbiguousParameterSetException"
    assert refusal.text.endswith("Invalid cmdlet parameters specified. BogusParameter")


@pytest.mark.parametrize("name", ["DomainController", "FfoMigrationHub"])
def test_parameters_that_only_exchange_server_has_are_unknown(desk: Desk, name: str) -> None:
    assert "AmbiguousParameterSet" in desk.refusal("Get-InboundConnector", **{name: "any"}).type


@pytest.mark.parametrize("case", ["identity", "IDENTITY", "Identity"])
def test_parameters_and_cmdlets_are_known_in_any_case(desk: Desk, case: str) -> None:
    assert [row["Name"] for row in desk.run("get-inboundCONNECTOR", **{case: "Partner"})] == ["Partner"]


@pytest.mark.parametrize(
    ("cmdlet", "parameters", "missing"),
    [
        ("New-InboundConnector", {"Name": "A"}, "SenderDomains"),
        ("New-InboundConnector", {"Name": "A", "SenderDomains": []}, "SenderDomains"),
        ("New-InboundConnector", {"Name": None, "SenderDomains": ["*"]}, "Name"),
        ("New-OutboundConnector", {}, "Name"),
        ("Set-OutboundConnector", {"Comment": "any"}, "Identity"),
        ("Remove-TransportRule", {}, "Identity"),
        ("Set-ArcConfig", {"Identity": "Default"}, "ArcTrustedSealers"),
        ("Set-ArcConfig", {"Identity": "Default", "ArcTrustedSealers": []}, "ArcTrustedSealers"),
        ("Set-ArcConfig", {"ArcTrustedSealers": ["a.example"]}, "Identity"),
    ],
)
def test_a_missing_mandatory_parameter_is_named(
    desk: Desk, cmdlet: str, parameters: dict[str, object], missing: str
) -> None:
    refusal = desk.refusal(cmdlet, **parameters)
    assert (refusal.status, refusal.type) == (400, "System.Management.Automation.ParameterBindingException")
    assert refusal.text.endswith(f"parameters: {missing}.")


@pytest.mark.parametrize("word", ["OnPremises", "onpremises", "OnPrem", "o"])
def test_an_enumerator_is_known_by_an_unambiguous_beginning_in_any_case(desk: Desk, word: str) -> None:
    [row] = desk.run("New-InboundConnector", Name="New", SenderDomains=["*"], ConnectorType=word)
    assert row["ConnectorType"] == "OnPremises"


def test_an_exact_enumerator_wins_over_a_longer_one(desk: Desk) -> None:
    desk.run("Set-TransportRule", Identity="Rule", Mode="audit")
    assert desk.one("TransportRule", "Rule")["Mode"] == "Audit"


@pytest.mark.parametrize("word", ["Nonsense", "Aud", "", "$null"])
def test_a_wrong_or_ambiguous_enumerator_is_refused_with_the_valid_ones(desk: Desk, word: str) -> None:
    refusal = desk.refusal("Set-TransportRule", Identity="Rule", Mode=word)
    assert refusal.is_about_a_value
    assert refusal.text == (
        f"Cannot process argument transformation on parameter 'Mode'. Cannot convert value \"{word}\" to type "
        f'"RuleMode". Error: "Unable to match the identifier name {word} to a valid enumerator name. Specify one of '
        f'the following enumerator names and try again: Audit, AuditAndNotify, Enforce"'
    )


def test_set_knows_the_connector_types_that_new_knows(desk: Desk) -> None:
    assert desk.refusal("Set-InboundConnector", Identity="Partner", ConnectorType="Nonsense").is_about_a_value


@pytest.mark.parametrize("value", ["True", "$true", 1, None, ["True"]], ids=repr)
def test_a_boolean_is_true_or_false_and_nothing_else(desk: Desk, value: object) -> None:
    assert desk.refusal("Set-InboundConnector", Identity="Partner", Enabled=value).is_about_a_value


@pytest.mark.parametrize("value", ["3", 1.5, True, None, [3]], ids=repr)
def test_a_number_is_a_whole_number(desk: Desk, value: object) -> None:
    assert desk.refusal("Set-TransportRule", Identity="Rule", Priority=value).is_about_a_value


@pytest.mark.parametrize("value", [3, True, ["a"], {"a": "b"}, {**HASH_TABLE, "Add": ["a"]}], ids=repr)
def test_a_text_is_a_text(desk: Desk, value: object) -> None:
    assert desk.refusal("Set-InboundConnector", Identity="Partner", Comment=value).is_about_a_value


@pytest.mark.parametrize("value", ["tomorrow", 20260101, True, ["2026-01-01"]], ids=repr)
def test_a_date_is_an_iso_text(desk: Desk, value: object) -> None:
    assert desk.refusal("Set-TransportRule", Identity="Rule", ExpiryDate=value).is_about_a_value


@pytest.mark.parametrize("value", [0, -1, 1.5, True, "many", None], ids=repr)
def test_a_result_size_is_a_number_or_unlimited(desk: Desk, value: object) -> None:
    assert desk.refusal("Get-TransportRule", ResultSize=value).is_about_a_value
    assert desk.run("Get-TransportRule", ResultSize="unlimited") == desk.run("Get-TransportRule")


def test_null_clears_a_text_to_what_it_is_when_unset(desk: Desk) -> None:
    desk.run("Set-InboundConnector", Identity="Partner", Comment=None)
    desk.run("Set-OutboundConnector", Identity="Out", TlsSettings=None)
    desk.run("Set-TransportRule", Identity="Rule", FromScope=None)
    assert desk.one("InboundConnector", "Partner")["Comment"] == ""
    assert desk.one("OutboundConnector", "Out")["TlsSettings"] is None
    assert desk.one("TransportRule", "Rule")["FromScope"] is None


@pytest.mark.parametrize(
    ("cmdlet", "identity", "name"),
    [
        ("Set-TransportRule", "Rule", "Mode"),
        ("Set-TransportRule", "Rule", "SenderAddressLocation"),
        ("Set-OutboundConnector", "Out", "MtaStsMode"),
        ("Set-InboundConnector", "Partner", "ConnectorType"),
    ],
)
def test_null_is_refused_where_something_must_be_chosen(desk: Desk, cmdlet: str, identity: str, name: str) -> None:
    assert desk.refusal(cmdlet, Identity=identity, **{name: None}).is_about_a_value


@pytest.mark.parametrize("kind", ["InboundConnector", "OutboundConnector", "TransportRule"])
@pytest.mark.parametrize("name", [None, "", "x" * 65], ids=["null", "empty", "too long"])
def test_a_name_cannot_be_cleared_or_outgrow_its_limit(desk: Desk, kind: str, name: str | None) -> None:
    identity = desk.run(f"Get-{kind}")[0]["Guid"]
    refusal = desk.refusal(f"Set-{kind}", Identity=identity, Name=name)
    assert refusal.type == "System.ArgumentException"
    assert refusal.text.endswith("(Parameter 'Name')")


@pytest.mark.parametrize("value", ["b.example", ["b.example"]], ids=["bare", "list"])
def test_a_bare_text_is_a_list_of_one(desk: Desk, value: object) -> None:
    desk.run("Set-OutboundConnector", Identity="Out", RecipientDomains=value)
    assert desk.one("OutboundConnector", "Out")["RecipientDomains"] == ["b.example"]


@pytest.mark.parametrize("value", [[1], [None], [["a"]], [{"a": "b"}], 5, True], ids=repr)
def test_a_list_holds_texts_alone(desk: Desk, value: object) -> None:
    assert desk.refusal("Set-OutboundConnector", Identity="Out", RecipientDomains=value).is_about_a_value


@pytest.mark.parametrize("value", [[], None, HASH_TABLE], ids=["list", "null", "hash table"])
def test_an_empty_list_clears(desk: Desk, value: object) -> None:
    desk.run("Set-OutboundConnector", Identity="Out", RecipientDomains=["a.example"])
    desk.run("Set-OutboundConnector", Identity="Out", RecipientDomains=value)
    assert desk.one("OutboundConnector", "Out")["RecipientDomains"] == []


def test_a_hash_table_adds_and_removes(desk: Desk) -> None:
    desk.run("Set-OutboundConnector", Identity="Out", RecipientDomains=["a.example", "b.example"])
    change = {**HASH_TABLE, "Add": ["c.example", "B.example", "c.EXAMPLE"], "Remove": "A.EXAMPLE"}
    desk.run("Set-OutboundConnector", Identity="Out", RecipientDomains=change)
    assert desk.one("OutboundConnector", "Out")["RecipientDomains"] == ["b.example", "c.example"]


def test_a_hash_table_knows_sender_domains_as_they_were_given(desk: Desk) -> None:
    change = {**HASH_TABLE, "Add": ["c.example"], "Remove": ["a.example"]}
    desk.run("Set-InboundConnector", Identity="Partner", SenderDomains=change)
    assert desk.one("InboundConnector", "Partner")["SenderDomains"] == ["smtp:c.example;1"]


@pytest.mark.parametrize(
    "value",
    [
        {"Add": ["c.example"]},
        {"@odata.type": "#Other", "Add": ["c.example"]},
        {**HASH_TABLE, "Add": [1]},
        {**HASH_TABLE, "Add": {**HASH_TABLE, "Add": ["c.example"]}},
        {**HASH_TABLE, "Add": ["c.example"], "Replace": ["d.example"]},
    ],
    ids=repr,
)
def test_a_hash_table_of_another_form_is_refused(desk: Desk, value: object) -> None:
    assert desk.refusal("Set-OutboundConnector", Identity="Out", RecipientDomains=value).is_about_a_value


def test_only_multi_valued_properties_are_changed_by_parts(desk: Desk) -> None:
    change = {**HASH_TABLE, "Add": ["word"]}
    assert desk.refusal("Set-TransportRule", Identity="Rule", SubjectContainsWords=change).is_about_a_value
    assert desk.refusal("Set-ArcConfig", Identity="Default", ArcTrustedSealers=change).is_about_a_value


@pytest.mark.parametrize("switch", ["Confirm", "WhatIf"])
def test_a_dry_run_changes_nothing(desk: Desk, switch: str) -> None:
    before = desk.state()
    for cmdlet, parameters in (
        ("New-OutboundConnector", {"Name": "New"}),
        ("Set-InboundConnector", {"Identity": "Partner", "Comment": "new"}),
        ("Disable-TransportRule", {"Identity": "Rule"}),
        ("Remove-TransportRule", {"Identity": "Rule"}),
        ("Set-ArcConfig", {"Identity": "Default", "ArcTrustedSealers": ["a.example"]}),
    ):
        assert desk.run(cmdlet, **parameters, **{switch: True}) == []
    assert desk.state() == before


def test_a_confirm_that_is_false_is_no_dry_run(desk: Desk) -> None:
    desk.run("Remove-TransportRule", Identity="Rule", Confirm=False)
    assert desk.run("Get-TransportRule") == []
