"""The page about Exchange says what the code does."""

import re
from pathlib import Path

import pytest

from shared.adapters.exchange_calls import READS
from shared.adapters.exchange_findings import BY_STATUS, BY_TEXT, BY_TYPE
from shared.domain.values import Compare
from tools import exchange_page

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "reference" / "exchange.md").read_text(encoding="utf-8")


def table(name: str) -> list[str]:
    """The rows of one table of the page."""
    found = re.search(f"<!-- {name} -->\n(.*?)\n<!-- /{name} -->", PAGE, re.DOTALL)
    assert found is not None
    return found[1].splitlines()[2:]


def test_the_page_is_what_the_code_says() -> None:
    assert exchange_page.page(PAGE) == PAGE, "run python tools/exchange_page.py"


def test_a_table_that_was_changed_by_hand_is_made_anew() -> None:
    first, *_ = table("types")
    assert exchange_page.page(PAGE.replace(first, "| what somebody wrote |")) == PAGE


@pytest.mark.parametrize("name", exchange_page.TABLES)
def test_every_table_stands_once_in_the_page_and_has_whole_rows(name: str) -> None:
    assert PAGE.count(f"<!-- {name} -->") == PAGE.count(f"<!-- /{name} -->") == 1
    width = len(exchange_page.TABLES[name][0])
    rows = table(name)
    assert rows
    for row in rows:
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        assert len(cells) == width
        assert all(cells)


def test_nothing_is_left_out_of_a_table() -> None:
    assert len(table("types")) == len(BY_TYPE)
    assert len(table("texts")) == len(BY_TEXT)
    assert len(table("reads")) == len(READS)
    assert len(table("comparisons")) == len(Compare)
    assert {int(row.split()[1]) for row in table("statuses") if row.split()[1].isdigit()} >= BY_STATUS.keys()


def test_a_plan_holds_these_cmdlets_and_no_others() -> None:
    written = {row.split("`")[1] for row in table("writes")}
    assert written == {
        "New-InboundConnector", "Set-InboundConnector", "New-OutboundConnector", "Set-OutboundConnector",
        "New-TransportRule", "Set-TransportRule", "Enable-TransportRule", "Disable-TransportRule", "Set-ArcConfig",
    }  # fmt: skip


def test_no_secret_and_no_address_of_a_list_is_in_the_page() -> None:
    assert "{secret}" not in PAGE
    assert "203.0.113" not in PAGE
    assert not re.search(r"eyJ[A-Za-z0-9_-]{10}", PAGE)


def test_the_twelve_questions_are_all_there_with_what_is_done_meanwhile() -> None:
    section = PAGE.partition("## What we do not know")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (\d+) \| (.+\?) \| (.+) \|$", section, re.MULTILINE)
    assert [int(number) for number, _, _ in rows] == list(range(1, 13))
    assert "make probe TENANT=" in section


def test_links_of_the_page_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", PAGE):
        assert target.startswith("https://") or (ROOT / "docs" / "reference" / target).is_file()


def test_every_module_that_the_page_names_is_there() -> None:
    for name in re.findall(r"`((?:shared/[a-z_/]+/)?[a-z_]+\.py)`", PAGE):
        folders = ("", "shared/adapters/", "shared/domain/")
        assert any((ROOT / folder / name).is_file() for folder in folders), name
