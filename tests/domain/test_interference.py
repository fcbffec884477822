"""What of the customer's own rules makes ours dead is named; nothing is concluded from what was not read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.findings import Weight
from shared.domain.interference import of_rules
from shared.domain.observation import Complete, Observation
from shared.domain.resources import Kind
from shared.domain.values import Row
from tests.domain.world import LOOP, REDIRECT, healthy, modest, moved, rows, tenant_of, unread, without

CASES: list[tuple[str, dict[str, object], bool]] = [
    ("rules_stop_before_ours", {"StopRuleProcessing": True}, True),
    ("rules_route_before_ours", {"RouteMessageOutboundConnector": "Fax"}, True),
    ("rules_route_before_ours", {"RedirectMessageTo": ["a@contoso.example"]}, True),
    ("rules_route_before_ours", {"DeleteMessage": True}, True),
    ("rules_route_before_ours", {"Quarantine": True}, True),
    ("rules_use_our_header", {"HeaderContainsMessageHeader": "x-mmcloud-id"}, False),
    ("rules_use_our_header", {"HeaderMatchesMessageHeader": "X-MMCloud-ID"}, False),
    ("rules_use_our_header", {"ExceptIfHeaderContainsMessageHeader": ["X-MMCLOUD-ID"]}, False),
    ("rules_use_our_header", {"ExceptIfHeaderMatchesMessageHeader": " X-MMCloud-ID "}, False),
    ("rules_use_our_header", {"SetHeaderName": "X-MMCloud-ID"}, False),
    ("rules_use_our_header", {"RemoveHeader": "X-MMCloud-ID"}, False),
    ("rules_skip_the_filter", {"SetSCL": -1}, False),
    ("rules_skip_the_filter", {"SetSCL": "-1"}, False),
]
"""What a foreign rule does, what is said of it, and whether it matters only above ours."""
WORLD = healthy(tenant_of())


def changed(world: Observation, name: str, **changes: object) -> Observation:
    rules = tuple({**row, **changes} if row["Name"] == name else row for row in rows(world, Kind.TRANSPORT_RULE))
    return {**world, Kind.TRANSPORT_RULE: Complete(rules)}


def codes(world: Observation) -> list[str]:
    return [finding.code for finding in of_rules(world)]


def test_harmless_rules_above_ours_are_nothing_to_speak_of() -> None:
    assert list(of_rules(WORLD)) == []


@pytest.mark.parametrize(("code", "does", "above_only"), CASES)
def test_a_rule_above_ours_that_is_on_is_named(code: str, does: dict[str, object], above_only: bool) -> None:  # noqa: FBT001
    (finding,) = of_rules(changed(WORLD, "Foreign 0", **does))
    assert (finding.code, finding.weight, finding.verdict) == (code, Weight.WARNING, None)
    assert finding.sentence.endswith(": Foreign 0")
    below = moved(changed(WORLD, "Foreign 0", **does), "Foreign 0", 7)
    assert codes(below) == ([] if above_only else [code])


@pytest.mark.parametrize(("code", "does", "above_only"), CASES)
def test_a_rule_that_is_off_does_nothing(code: str, does: dict[str, object], above_only: bool) -> None:  # noqa: FBT001
    assert codes(changed(WORLD, "Foreign 1", **does)) == [], (code, above_only)


@pytest.mark.parametrize("missing", [REDIRECT, LOOP])
def test_where_redirect_is_not_there_yet_every_rule_is_above_it(missing: str) -> None:
    world = moved(changed(WORLD, "Foreign 0", StopRuleProcessing=True), "Foreign 0", 7)
    assert codes(without(world, missing)) == (["rules_stop_before_ours"] if missing == REDIRECT else [])


def test_a_rule_between_ours_is_above_redirect() -> None:
    world = moved(changed(WORLD, "Foreign 0", StopRuleProcessing=True), "Foreign 0", 6)
    assert [row["Name"] for row in rows(world, Kind.TRANSPORT_RULE)][-3:] == [LOOP, "Foreign 0", REDIRECT]
    assert codes(world) == ["rules_stop_before_ours"]


@pytest.mark.parametrize("state", ["Enabled", "Disabled"])
def test_our_own_rules_never_interfere_with_themselves(state: str) -> None:
    world = WORLD
    for _, does, _ in CASES:
        world = changed(changed(world, LOOP, State=state, **does), REDIRECT, State=state, **does)
    assert codes(world) == []


def test_five_names_are_told_and_the_rest_counted_each_cut_to_a_size() -> None:
    rules = tuple(
        {"Name": f"{place}" + "x" * 99, "Priority": place, "State": "enabled", "SetSCL": -1} for place in range(7)
    )
    (finding,) = of_rules({Kind.TRANSPORT_RULE: Complete(rules)})
    assert finding.sentence.endswith(" and 2 more")
    assert finding.sentence.count("x" * 63) == 5
    assert "x" * 64 not in finding.sentence


def test_nothing_is_concluded_from_rules_that_were_not_read_or_have_no_order() -> None:
    world = changed(WORLD, "Foreign 0", StopRuleProcessing=True)
    assert list(of_rules(unread(world, Kind.TRANSPORT_RULE))) == []
    assert list(of_rules({})) == []
    assert list(of_rules(changed(world, "Foreign 0", Priority=None))) == []
    assert list(of_rules(changed(world, "Foreign 0", Priority=1))) == []


PROPERTIES = sorted({"Name", "State", "Priority", *(name for _, does, _ in CASES for name in does)})
odd = (
    st.none()
    | st.booleans()
    | st.integers(-2, 9)
    | st.text(max_size=4)
    | st.lists(st.integers() | st.text(), max_size=2)
)
rules: st.SearchStrategy[Row] = st.dictionaries(st.sampled_from(PROPERTIES), odd | st.just("Enabled"))


@given(st.lists(rules, max_size=4))
@modest
def test_whatever_a_rule_looks_like_it_is_judged_without_an_error(found: list[Row]) -> None:
    numbered = tuple({"Priority": place, **rule} for place, rule in enumerate(found))
    findings = list(of_rules({Kind.TRANSPORT_RULE: Complete(numbered)}))
    assert {finding.weight for finding in findings} <= {Weight.WARNING}
    assert len({finding.code for finding in findings}) == len(findings)


@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from(CASES)), max_size=4), st.integers(0, 7))
@modest
def test_each_kind_of_interference_is_found_once_wherever_ours_stand(
    does: list[tuple[int, tuple[str, dict[str, object], bool]]], place: int
) -> None:
    world = WORLD
    for number, (_, change, _) in does:
        world = changed(world, f"Foreign {number}", **change)
    world = moved(world, REDIRECT, place)
    names = [str(row["Name"]) for row in rows(world, Kind.TRANSPORT_RULE)]
    expected = {
        code
        for number, (code, _, above_only) in does
        if number in (0, 2, 3, 5) and not (above_only and names.index(f"Foreign {number}") > names.index(REDIRECT))
    }
    assert sorted(codes(world)) == sorted(expected)
