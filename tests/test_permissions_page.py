"""docs/permissions.md says to customers' administrators what the code does, and nothing is left out of it."""

import re
from pathlib import Path

import pytest

from shared.adapters.exchange_calls import DOMAINS, READS
from shared.domain.guidance import guidance
from shared.domain.preflight import CMDLETS
from shared.domain.resources import Item
from shared.domain.tenants import Stage, Verdict
from tests.fakes import new_tenant
from tools.permissions_page import PAGE, page

ROOT = Path(__file__).resolve().parents[1]
TEXT = PAGE.read_text("utf-8")
GOLDEN = (ROOT / "tests" / "domain" / "golden" / "desired_eu_active.txt").read_text("utf-8")
GUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def between(name: str) -> str:
    assert TEXT.count(f"<!-- {name} -->") == TEXT.count(f"<!-- /{name} -->") == 1
    return TEXT.partition(f"<!-- {name} -->\n")[2].partition(f"\n<!-- /{name} -->")[0]


def test_the_page_is_what_the_code_makes() -> None:
    assert page(TEXT) == TEXT, "run python tools/permissions_page.py"


def test_what_was_changed_by_hand_is_made_anew() -> None:
    changed = TEXT.replace("| `OnPremises` |", "| `Partner` |").replace("Remove-InboundConnector -Identity", "Remove-")
    assert changed != TEXT
    assert page(changed) == TEXT


def test_every_object_and_every_setting_of_the_promise_is_listed() -> None:
    promised = re.findall(r"^    (\w+) = ", GOLDEN, re.MULTILINE)
    listed = re.findall(r"\| `(\w+)` \| .+ \|$", between("objects"), re.MULTILINE)
    assert len(promised) > 30
    assert listed == promised
    objects = re.findall(r"^\w+ '([^']+)'", GOLDEN, re.MULTILINE)
    named = list(dict.fromkeys(re.findall(r"\*\*(.+?)\*\*", between("objects"))))
    assert named == [name for name in objects if name != "Default"]


def test_every_command_that_the_product_runs_is_listed() -> None:
    told = set(re.findall(r"`([A-Z][a-z]+-[A-Za-z]+)`", between("reads") + between("cmdlets")))
    assert told == CMDLETS | {call.cmdlet for _, call in READS} | {DOMAINS.cmdlet}


def test_a_rule_is_said_to_be_off_at_first_and_a_connector_on() -> None:
    switches = dict(re.findall(r"^\| .+\*\*(.+?)\*\* \| is switched \| (\w+)", between("objects"), re.MULTILINE))
    assert switches == {
        Item.FROM_CONNECTOR: "on",
        Item.TO_CONNECTOR: "on",
        Item.LOOP_CHECK: "off",
        Item.REDIRECT: "off",
    }


@pytest.mark.parametrize(
    ("name", "stage", "verdict"),
    [("role", Stage.STAGED, Verdict.NEEDS_ROLE), ("by-hand", Stage.OFFBOARDING, Verdict.NEEDS_CONSENT)],
)
def test_the_commands_are_those_that_a_customer_is_sent(name: str, stage: Stage, verdict: Verdict) -> None:
    sent = guidance(new_tenant(stage, verdict=verdict), "<application id>").commands
    assert sent
    assert between(name) == "\n".join(("```powershell", *sent, "```"))


def test_no_secret_is_in_the_page() -> None:
    assert "| `HeaderContainsWords` | `<loop-check GUID>` |" in TEXT
    # The one GUID is Microsoft's own, of the role Exchange Administrator.
    assert set(re.findall(GUID, TEXT)) == {"29232cdf-9323-42fd-ade2-1d097af3e4de"}


@pytest.mark.parametrize("link", re.findall(r"\]\(([\w./-]+)\)", TEXT))
def test_every_link_leads_somewhere(link: str) -> None:
    assert (ROOT / "docs" / link).exists()
