"""Every query parses, has its types right, and says of events what the contract says; wrong ones are caught."""

from datetime import timedelta
from typing import Any

import pytest

from tests.infra.contract import problems
from tests.infra.fleet import ALERTS, NOW, QUERIES, RULES, query
from tests.infra.kql import checked
from tests.infra.kql_run import run
from tests.infra.kql_values import Row, Unsupported

IDS = [rule["id"] for rule in RULES]


@pytest.mark.parametrize("rule", IDS)
def test_a_query_has_no_diagnostics(rule: str) -> None:
    assert query(rule).diagnostics == ()


@pytest.mark.parametrize("rule", IDS)
def test_a_query_says_what_the_contract_says(rule: str) -> None:
    assert problems(query(rule).tree) == []


@pytest.mark.parametrize("rule", RULES, ids=IDS)
def test_a_rule_measures_and_splits_by_columns_that_its_query_has(rule: dict[str, Any]) -> None:
    columns = query(rule["id"]).columns
    assert all(columns.get(name) == "string" for name in rule["dimensions"])
    assert columns
    if rule["aggregation"] == "Count":
        assert rule["measure"] == ""
    else:
        assert columns.get(rule["measure"]) in ("long", "real")


WRONG = {
    "an unknown column": "AppEvents | where Nome == 'x'",
    "an unknown table": "AppEvent | count",
    "an unclosed bracket": "AppEvents | where (Name == 'x'",
    "a reserved word": "AppEvents | where tostring(Properties.missing) == 'x'",
    "a number compared with a text": "AppEvents | where tolong(Properties.depth) > 'x'",
    "an unknown function": "AppEvents | extend N = tolongg(Properties.depth)",
    "a column that a summary dropped": "AppEvents | summarize N = count() by Name | where isnotnull(TimeGenerated)",
}
UNTRUE = {
    "an unknown event": ("AppEvents | where Name == 'tenant.verifed'", "no event is called 'tenant.verifed'"),
    "an unknown event in a list": ("AppEvents | where Name in ('sweep.started', 'sweep.ended')", "'sweep.ended'"),
    "a field of another event": (
        "AppEvents | where Name == 'queue.depth' | extend V = tostring(Properties.verdict)",
        "no field 'verdict' in queue.depth",
    ),
    "a field in brackets": ("AppEvents | extend V = tostring(Properties['verdit'])", "no field 'verdit'"),
    "a field within a let": (
        "let N = AppEvents | where Name == 'queue.depth' | summarize max(tolong(Properties.fleet)); AppEvents",
        "no field 'fleet' in queue.depth",
    ),
    "a text read as a number": ("AppEvents | extend V = tolong(Properties.verdict)", "read as long, and is a string"),
    "a number left as it is": ("AppEvents | where Properties.depth > 3", "without a conversion"),
    "a verdict that does not exist": (
        "AppEvents | extend V = tostring(Properties.verdict) | where V !in ('healthy', 'wrong')",
        "verdict is never 'wrong'",
    ),
    "an effect, without an alias": ("AppEvents | where tostring(Properties.effect) == 'bad'", "effect is never 'bad'"),
    "an availability record": ("AppAvailabilityResults | where Name == 'mail'", "no availability record"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_query_is_caught(wrong: str) -> None:
    assert checked(WRONG)[wrong].diagnostics


@pytest.mark.parametrize("untrue", UNTRUE)
def test_a_query_that_is_not_true_is_caught(untrue: str) -> None:
    found = checked({name: text for name, (text, _) in UNTRUE.items()})[untrue]
    assert found.diagnostics == ()
    (said,) = problems(found.tree)
    assert UNTRUE[untrue][1] in said


ROWS: list[Row] = [
    {"TimeGenerated": NOW - timedelta(minutes=n), "Name": name, "Properties": {"depth": depth, "flag": "True"}}
    for n, name, depth in [(3, "a", "10"), (2, "b", ""), (1, "a", "30"), (0, "A", "x")]
]
ANSWERS: dict[str, list[Any]] = {
    "AppEvents | where tolong(Properties.depth) > 10 | project Name": ["a"],
    "AppEvents | where tolong(Properties.depth) != 10 | project Name": ["a"],
    "AppEvents | where tobool(Properties.flag) | count": [4],
    "AppEvents | where tolong(Properties.depth) | count": [0],
    "AppEvents | where Name startswith 'A' | summarize N = count()": [3],
    "AppEvents | where Name in ('a') | summarize N = count()": [2],
    "AppEvents | summarize N = count() by Name | where N > 1 | project Name": ["a"],
    "AppEvents | summarize D = percentile(tolong(Properties.depth), 50)": [10],
    "AppEvents | summarize D = percentile(tolong(Properties.depth), 51)": [30],
    "AppEvents | summarize arg_max(TimeGenerated, Name) | project Name": ["A"],
    "AppEvents | where Name == 'z' | summarize N = count()": [0],
    "AppEvents | where Name == 'z' | summarize N = count() by Name | project N": [],
    "AppEvents | where TimeGenerated < ago(2m) | project Name": ["a"],
    "AppEvents | distinct Name | summarize N = count()": [3],
    "AppEvents | summarize N = count() | project H = N / 3": [1],
    "AppEvents | summarize N = count() | project H = N * 0.5": [2.0],
    "let M = toscalar(AppEvents | count) > 3; AppEvents | project X = iff(M, 'm', Name) | distinct X": ["m"],
    "union AppEvents, AppTraces | summarize N = count()": [4],
}
"""What the evaluator must answer as Kusto does: the first column of each row."""
REFUSED = [
    "AppEvents | take 1",
    "AppEvents | project N = toupper(Name)",
    "AppEvents | summarize N = stdev(tolong(Properties.depth))",
    "AppEvents | where tobool(Properties.flag) == true | count",
    "print N = 1",
]


@pytest.mark.parametrize("text", ANSWERS)
def test_the_evaluator_answers_as_kusto_does(text: str) -> None:
    tree = checked({text: text for text in (*ANSWERS, *REFUSED)})[text].tree
    assert [next(iter(row.values())) for row in run(tree, {"AppEvents": ROWS}, NOW)] == ANSWERS[text]


@pytest.mark.parametrize("text", REFUSED)
def test_the_evaluator_refuses_what_it_does_not_know(text: str) -> None:
    tree = checked({text: text for text in (*ANSWERS, *REFUSED)})[text].tree
    with pytest.raises(Unsupported):
        run(tree, {"AppEvents": ROWS}, NOW)


def test_no_query_is_left_over_and_none_is_missing() -> None:
    assert {path.stem for path in (ALERTS / "queries").iterdir()} == set(QUERIES)
