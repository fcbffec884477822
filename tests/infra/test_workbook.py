"""The workbook is of its form, and each of its queries is right."""

import json
import re
from typing import Any

import pytest

from shared.domain.resources import Item
from tests.infra.contract import problems
from tests.infra.fleet import NOW, ROOT, healthy, looked, since
from tests.infra.kql import checked
from tests.infra.kql_run import run

WORKBOOK: dict[str, Any] = json.loads((ROOT / "infra/workbook/workbook.json").read_text())
ITEMS: list[dict[str, Any]] = WORKBOOK["items"]
PARAMETERS = {parameter["name"] for item in ITEMS if item["type"] == 9 for parameter in item["content"]["parameters"]}
RAW = {item["name"]: item["content"]["query"] for item in ITEMS if item["type"] == 3}
QUERIES = {name: text.replace("{Tenant}", "t1") for name, text in RAW.items()}


def test_the_workbook_is_of_the_form_that_the_portal_reads() -> None:
    assert WORKBOOK["version"] == "Notebook/1.0"
    assert {item["type"] for item in ITEMS} == {1, 3, 9}
    assert len({item["name"] for item in ITEMS}) == len(ITEMS)
    for item in ITEMS:
        if item["type"] == 3:
            assert item["content"]["version"] == "KqlItem/1.0"
            assert item["content"]["timeContextFromParameter"] in PARAMETERS
            assert item["content"]["visualization"] in {"tiles", "table", "timechart", "barchart"}


@pytest.mark.parametrize("name", RAW)
def test_a_query_uses_parameters_that_there_are(name: str) -> None:
    assert set(re.findall(r"\{(\w+)\}", RAW[name])) <= PARAMETERS


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_of_the_workbook_is_right(name: str) -> None:
    found = checked(QUERIES)[name]
    assert found.diagnostics == ()
    assert problems(found.tree) == []


def test_what_is_shown_are_columns_of_the_query() -> None:
    for item in ITEMS:
        shown = re.findall(r'"columnMatch": "(\w+)"', json.dumps(item))
        assert set(shown) <= checked(QUERIES)[item["name"]].columns.keys() if shown else True


def test_the_heat_map_has_every_item() -> None:
    assert set(re.findall(r'Item == "([^"]+)"', RAW["items"])) == set(Item)


def test_the_tiles_count_each_tenant_once_as_it_was_seen_last() -> None:
    text = QUERIES["fleet-tiles"].rpartition("| order")[0]
    rows = [*healthy(), looked("t1", 1, "contested", unwell_since=since(1))]
    found = run(checked({"tiles": text})["tiles"].tree, {"AppEvents": rows}, NOW)
    tenants = {row["Verdict"]: row["Tenants"] for row in found}
    assert tenants == {"healthy": 29, "contested": 1, "needs_consent": 1, "settling": 1}
