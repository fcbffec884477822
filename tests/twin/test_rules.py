from collections.abc import Mapping
from typing import Any

import pytest

from tests.twin.desk import START, Desk, new_desk

ACT = {"DeleteMessage": True}
TASKS = "Microsoft.Exchange.MessagingPolicies.Rules.Tasks"
MORE = (
    "There are more results available than are currently displayed. To view them, increase the value for the "
    "ResultSize parameter."
)


@pytest.fixture
def desk() -> Desk:
    """A tenant with the rules A, B and C."""
    desk = new_desk()
    for name in "ABC":
        desk.run("New-TransportRule", Name=name, **ACT)
    return desk


def order(desk: Desk) -> str:
    """The rules' names; their priorities must be their places."""
    rows = desk.run("Get-TransportRule")
    assert [row["Priority"] for row in rows] == list(range(len(rows)))
    return "".join(row["Name"] for row in rows)


def test_a_new_rule_is_on_enforced_and_at_the_bottom_unless_it_is_told_otherwise(desk: Desk) -> None:
    [made] = desk.run("New-TransportRule", Name="D", **ACT)
    expected: dict[str, Any] = {
        "State": "Enabled",
        "Priority": 3,
        "Mode": "Enforce",
        "RuleErrorAction": "Ignore",
        "SenderAddressLocation": "Header",
        "StopRuleProcessing": False,
        "Comments": None,
        "ActivationDate": None,
        "ExpiryDate": None,
    }
    assert {name: made[name] for name in expected} == expected
    assert desk.one("TransportRule", "D") == made


def test_a_rule_has_a_state_and_no_enabled(desk: Desk) -> None:
    [made] = desk.run("New-TransportRule", Name="D", Enabled=False, **ACT)
    assert made["State"] == "Disabled"
    assert "Enabled" not in made


def test_a_rule_names_itself_as_the_directory_does(desk: Desk) -> None:
    row = desk.one("TransportRule", "A")
    assert (row["Identity"], row["Guid"]) == (row["Name"], row["ImmutableId"])
    assert row["DistinguishedName"].startswith("CN=A,CN=TransportVersioned,CN=Rules,CN=Transport Settings,")
    assert row["WhenChanged"] == START.strftime("%Y-%m-%dT%H:%M:%S.0000000+00:00")
    assert not {"WhenCreated", "WhenCreatedUTC", "WhenChangedUTC"} & set(row)


@pytest.mark.parametrize("name", ["Enabled", "State"])
def test_set_neither_enables_nor_disables(desk: Desk, name: str) -> None:
    assert "AmbiguousParameterSet" in desk.refusal("Set-TransportRule", Identity="A", **{name: False}).type


def test_rules_are_switched_by_their_own_cmdlets_and_in_silence(desk: Desk) -> None:
    assert desk.run("Disable-TransportRule", Identity="A") == []
    assert [row["State"] for row in desk.run("Get-TransportRule")] == ["Disabled", "Enabled", "Enabled"]
    assert desk.run("Enable-TransportRule", Identity="A", Mode="Audit") == []
    assert (desk.one("TransportRule", "A")["State"], desk.one("TransportRule", "A")["Mode"]) == ("Enabled", "Audit")


def test_switching_a_rule_to_what_it_is_changes_nothing(desk: Desk) -> None:
    before = desk.state()
    desk.advance(seconds=1)
    desk.run("Enable-TransportRule", Identity="A")
    assert desk.state() == before


@pytest.mark.parametrize("cmdlet", ["Enable-TransportRule", "Disable-TransportRule"])
def test_switching_a_rule_that_is_not_there_is_not_found(desk: Desk, cmdlet: str) -> None:
    assert desk.refusal(cmdlet, Identity="Nobody").status == 404


@pytest.mark.parametrize(("priority", "expected"), [(0, "DABC"), (1, "ADBC"), (3, "ABCD")])
def test_a_new_rule_pushes_the_rules_below_it_down(desk: Desk, priority: int, expected: str) -> None:
    [made] = desk.run("New-TransportRule", Name="D", Priority=priority, **ACT)
    assert made["Priority"] == priority
    assert order(desk) == expected


@pytest.mark.parametrize(
    ("name", "priority", "expected"), [("C", 0, "CAB"), ("A", 2, "BCA"), ("A", 1, "BAC"), ("B", 1, "ABC")]
)
def test_a_moved_rule_stands_where_it_was_told(desk: Desk, name: str, priority: int, expected: str) -> None:
    desk.run("Set-TransportRule", Identity=name, Priority=priority)
    assert order(desk) == expected


def test_a_removed_rule_leaves_no_gap(desk: Desk) -> None:
    desk.run("Remove-TransportRule", Identity="b")
    assert order(desk) == "AC"


@pytest.mark.parametrize(
    ("cmdlet", "parameters"),
    [
        ("New-TransportRule", {"Name": "D", **ACT, "Priority": 4}),
        ("New-TransportRule", {"Name": "D", **ACT, "Priority": -1}),
        ("Set-TransportRule", {"Identity": "A", "Priority": 3, "Comments": "new"}),
        ("Set-TransportRule", {"Identity": "A", "Priority": -1}),
    ],
)
def test_a_place_that_is_not_there_is_refused(desk: Desk, cmdlet: str, parameters: Mapping[str, object]) -> None:
    refusal = desk.refusal(cmdlet, **parameters)
    assert (refusal.status, refusal.text) == (400, "The specified rule priority is invalid.")


@pytest.mark.parametrize(
    "nothing", [{}, {"DeleteMessage": False}, {"FromScope": "InOrganization"}, {"AddToRecipients": []}], ids=str
)
def test_a_rule_does_something(desk: Desk, nothing: Mapping[str, object]) -> None:
    refusal = desk.refusal("New-TransportRule", Name="D", **nothing)
    assert (refusal.status, refusal.type) == (400, "System.ArgumentException")
    assert refusal.text == (
        "To be valid, all rules have to include at least one action. Please specify an action. (Parameter 'Actions')"
    )


def test_the_only_action_cannot_be_cleared(desk: Desk) -> None:
    assert desk.refusal("Set-TransportRule", Identity="A", DeleteMessage=False).text.endswith("(Parameter 'Actions')")


def test_to_stop_processing_is_enough_of_an_action(desk: Desk) -> None:
    desk.run("New-TransportRule", Name="D", StopRuleProcessing=True)


@pytest.mark.parametrize("name", ["A", "a"])
def test_a_rules_name_is_given_once_in_any_case(desk: Desk, name: str) -> None:
    for refusal in (
        desk.refusal("New-TransportRule", Name=name, **ACT),
        desk.refusal("Set-TransportRule", Identity="B", Name=name),
    ):
        assert (refusal.status, refusal.type) == (400, "System.ArgumentException")
        assert refusal.text.endswith("(Parameter 'Name')")


def test_a_rule_may_change_the_case_of_its_own_name(desk: Desk) -> None:
    desk.run("Set-TransportRule", Identity="A", Name="a")
    assert order(desk) == "aBC"


PAIRS = [
    ({"HeaderContainsMessageHeader": "X-A"}, {"HeaderContainsWords": ["a"]}),
    ({"HeaderMatchesMessageHeader": "X-A"}, {"HeaderMatchesPatterns": ["a"]}),
    ({"ExceptIfHeaderContainsMessageHeader": "X-A"}, {"ExceptIfHeaderContainsWords": ["a"]}),
    ({"ExceptIfHeaderMatchesMessageHeader": "X-A"}, {"ExceptIfHeaderMatchesPatterns": ["a"]}),
    ({"SetHeaderName": "X-A"}, {"SetHeaderValue": "a"}),
]


@pytest.mark.parametrize(("left", "right"), PAIRS)
def test_a_header_and_its_words_go_together(desk: Desk, left: dict[str, object], right: dict[str, object]) -> None:
    for half in (left, right):
        assert desk.refusal("New-TransportRule", Name="D", **half, **ACT).type == "System.ArgumentException"
    [made] = desk.run("New-TransportRule", Name="D", **left, **right, **ACT)
    assert {**left, **right}.items() <= made.items()
    cleared = dict.fromkeys(left)
    assert desk.refusal("Set-TransportRule", Identity="D", **cleared).type == "System.ArgumentException"
    desk.tenant.switches.turn({"server_rules": False})
    desk.run("Set-TransportRule", Identity="D", **cleared)


def test_a_rule_routes_through_a_connector_that_is_there_and_keeps_its_name(desk: Desk) -> None:
    refusal = desk.refusal("New-TransportRule", Name="D", RouteMessageOutboundConnector="Nobody")
    assert refusal.text.endswith("(Parameter 'RouteMessageOutboundConnector')")
    [connector] = desk.run("New-OutboundConnector", Name="Gateway", IsTransportRuleScoped=True)
    [made] = desk.run("New-TransportRule", Name="D", RouteMessageOutboundConnector=connector["Guid"])
    assert made["RouteMessageOutboundConnector"] == "Gateway"


@pytest.mark.parametrize(
    ("settings", "lists"),
    [
        (
            {"HeaderContainsMessageHeader": "X-A", "HeaderContainsWords": ["a"], "RemoveHeader": "X-A"},
            (["HeaderContainsPredicate"], None, ["RemoveHeaderAction"]),
        ),
        ({"FromScope": "NotIn", "PrependSubject": "!"}, (["FromScopePredicate"], None, ["PrependSubjectAction"])),
        (
            {"SetAuditSeverity": "High", "ApplyRightsProtectionTemplate": "Encrypt"},
            (None, None, ["SetAuditSeverityAction", "RightsProtectMessageAction"]),
        ),
        ({**ACT, "ExceptIfFrom": ["a@b.example"]}, (None, ["FromPredicate"], ["DeleteMessageAction"])),
    ],
)
def test_what_a_rule_does_is_listed_as_classes(
    desk: Desk, settings: Mapping[str, object], lists: tuple[list[str] | None, ...]
) -> None:
    [made] = desk.run("New-TransportRule", Name="D", **settings)
    expected = tuple(names and [f"{TASKS}.{name}" for name in names] for names in lists)
    assert (made["Conditions"], made["Exceptions"], made["Actions"]) == expected


def test_a_rule_with_a_connector_is_one_action(desk: Desk) -> None:
    desk.run("New-OutboundConnector", Name="Gateway", IsTransportRuleScoped=True)
    [made] = desk.run("New-TransportRule", Name="D", RouteMessageOutboundConnector="Gateway")
    assert made["Actions"] == [f"{TASKS}.RouteMessageOutboundConnectorAction"]


def test_a_list_that_is_cleared_reads_back_as_null(desk: Desk) -> None:
    desk.run("Set-TransportRule", Identity="A", SubjectContainsWords=["a"])
    assert desk.one("TransportRule", "A")["SubjectContainsWords"] == ["a"]
    desk.run("Set-TransportRule", Identity="A", SubjectContainsWords=[])
    assert desk.one("TransportRule", "A")["SubjectContainsWords"] is None


def test_words_about_attachments_properties_are_not_enumerators(desk: Desk) -> None:
    desk.run("Set-TransportRule", Identity="A", AttachmentPropertyContainsWords=["Department:Finance,Sales"])
    assert desk.one("TransportRule", "A")["AttachmentPropertyContainsWords"] == ["Department:Finance,Sales"]


def test_comments_have_a_longest_length(desk: Desk) -> None:
    desk.run("Set-TransportRule", Identity="A", Comments="x" * 1024)
    assert desk.refusal("Set-TransportRule", Identity="A", Comments="x" * 1025).text.endswith("(Parameter 'Comments')")


def test_a_list_that_is_cut_short_says_so(desk: Desk) -> None:
    assert [row["Name"] for row in desk.run("Get-TransportRule", ResultSize=2)] == ["A", "B"]
    assert desk.warnings("Get-TransportRule", ResultSize=2) == [MORE]
    for size in (3, "Unlimited"):
        assert desk.warnings("Get-TransportRule", ResultSize=size) == []
        assert len(desk.run("Get-TransportRule", ResultSize=size)) == 3


def test_a_state_is_looked_for_before_the_list_is_cut(desk: Desk) -> None:
    desk.run("Disable-TransportRule", Identity="C")
    [row] = desk.run("Get-TransportRule", State="Disabled", ResultSize=1)
    assert (row["Name"], row["Priority"]) == ("C", 2)
    assert desk.warnings("Get-TransportRule", State="Disabled", ResultSize=1) == []


def test_an_organisation_has_three_hundred_rules_at_most(desk: Desk) -> None:
    desk.tenant.rules.extend([dict(desk.tenant.rules[0], Name=f"More {number}") for number in range(297)])
    assert desk.refusal("New-TransportRule", Name="One too many", **ACT).type == "System.InvalidOperationException"


def test_a_change_is_noted_on_the_rule_and_a_move_is_none(desk: Desk) -> None:
    old = desk.one("TransportRule", "A")
    desk.advance(seconds=1)
    desk.run("Set-TransportRule", Identity="A", Priority=2)
    moved = desk.one("TransportRule", "A")
    assert {name for name in old if old[name] != moved[name]} == {"Priority"}
    desk.run("Set-TransportRule", Identity="A", Comments="new")
    changed = desk.one("TransportRule", "A")
    assert {name for name in old if moved[name] != changed[name]} == {"Comments", "WhenChanged"}


def test_the_actor_is_on_the_rule(desk: Desk) -> None:
    token = desk.token()
    desk.invoke(token, "Set-TransportRule", Identity="A", Comments="new")
    row = desk.one("TransportRule", "A")
    assert (row["CreatedBy"], row["LastModifiedBy"]) == ("Administrator", "Mailflow")


def test_the_twin_says_that_it_evaluates_no_filter(desk: Desk) -> None:
    assert desk.refusal("Get-TransportRule", Filter="Description -like 'x*'").status == 400
