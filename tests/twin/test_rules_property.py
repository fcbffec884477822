"""Whatever is asked of the rules, in whatever order, the list stays a list of rules."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.twin.desk import Desk, new_desk

NAMES = st.sampled_from(["A", "b", "B", "C", "D", "Nobody", "x" * 65, ""])
SETTINGS = st.fixed_dictionaries(
    {},
    optional={
        "Priority": st.integers(-1, 5),
        "DeleteMessage": st.booleans(),
        "FromScope": st.sampled_from(["InOrganization", None, "Nonsense"]),
        "HeaderContainsMessageHeader": st.sampled_from(["X-A", None]),
        "HeaderContainsWords": st.lists(st.sampled_from(["a", "b"]), max_size=2),
        "RouteMessageOutboundConnector": st.sampled_from(["Gateway", "Nobody", None]),
        "Comments": st.sampled_from(["new", None]),
    },
)
Call = tuple[str, tuple[str, str], dict[str, object]]
CALLS: st.SearchStrategy[Call] = st.one_of(
    st.tuples(st.just("New-TransportRule"), st.tuples(st.just("Name"), NAMES), SETTINGS),
    st.tuples(st.just("Set-TransportRule"), st.tuples(st.just("Identity"), NAMES), SETTINGS),
    st.tuples(
        st.just("Set-TransportRule"), st.tuples(st.just("Identity"), NAMES), st.fixed_dictionaries({"Name": NAMES})
    ),
    st.tuples(
        st.sampled_from(["Enable-TransportRule", "Disable-TransportRule", "Remove-TransportRule"]),
        st.tuples(st.just("Identity"), NAMES),
        st.just({}),
    ),
)


def rows(desk: Desk) -> dict[str, dict[str, Any]]:
    """The rules by their ids; the list must be in order and its names unique."""
    found = desk.run("Get-TransportRule")
    assert [row["Priority"] for row in found] == list(range(len(found)))
    assert len({row["Name"].casefold() for row in found}) == len({row["Guid"] for row in found}) == len(found)
    return {row["Guid"]: row for row in found}


def unplaced(row: dict[str, Any]) -> dict[str, Any]:
    """A rule without its place."""
    return {name: value for name, value in row.items() if name != "Priority"}


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(CALLS, max_size=12))
def test_priorities_are_places_names_are_unique_and_other_rules_stay_as_they_are(
    calls: list[Call],
) -> None:
    desk = new_desk()
    desk.run("New-OutboundConnector", Name="Gateway", IsTransportRuleScoped=True)
    for name in "ABC":
        desk.run("New-TransportRule", Name=name, DeleteMessage=True)
    before = rows(desk)
    for cmdlet, (key, name), more in calls:
        whole = desk.state()
        desk.advance(seconds=1)
        response = desk.ask(cmdlet, **{key: name}, **more)
        after = rows(desk)
        if response.status != 200:
            assert response.status in (400, 404)
            assert desk.state() == whole
        named = {guid for guid, row in before.items() if row["Name"].casefold() == name.casefold()}
        meant = named if key == "Identity" else set()
        for guid in (before.keys() | after.keys()) - meant:
            if guid in before:
                assert unplaced(before[guid]) == unplaced(after[guid])
            else:
                assert (cmdlet, response.status, after[guid]["Name"]) == ("New-TransportRule", 200, name)
        others = [[guid for guid in now if guid in before.keys() & after.keys() - meant] for now in (before, after)]
        assert others[0] == others[1]
        before = after
