"""The rules are of the form that Azure Monitor takes, what is made from them is new, and Bicep uses all of it."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.adapters.settings_table import SETTINGS
from tests.infra.fleet import ALERTS, PLATFORM, ROOT, RULES, minutes
from tools import alert_rules, events_page

BICEP = (ROOT / "infra/modules/alerts.bicep").read_text()
OWNERS = {"operations", "platform", "development", "customer care"}
FREQUENCIES = {"PT5M", "PT10M", "PT15M", "PT30M", "PT1H"}
OF_TENANTS = [
    "mail-bypass",
    "access-lost",
    "contested",
    "tenant-unwell-too-long",
    "verify-unknown",
    "sweep-incomplete",
    "off-boarding-stuck",
]
"""The rules that look at each tenant's last look."""


@pytest.mark.parametrize("rule", RULES, ids=[rule["id"] for rule in RULES])
def test_a_rule_is_of_the_form_that_azure_monitor_takes(rule: dict[str, Any]) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule["id"])
    assert rule["query"] == f"queries/{rule['id']}.kql"
    assert rule["severity"] in {0, 1, 2, 3}
    assert rule["frequency"] in FREQUENCIES
    assert minutes(rule["frequency"]) <= minutes(rule["window"])
    assert rule["aggregation"] in {"Count", "Maximum"}
    assert rule["operator"] == "GreaterThan"
    assert rule["owner"] in OWNERS
    assert len(rule["dimensions"]) <= 6
    assert rule["autoMitigate"] is True


@pytest.mark.parametrize("alert", [*RULES, *PLATFORM.values()], ids=[*(rule["id"] for rule in RULES), *PLATFORM])
def test_an_alert_says_what_is_so_and_what_to_do(alert: dict[str, Any]) -> None:
    assert 10 < len(alert["title"]) <= 60
    assert 40 < len(alert["summary"]) <= 200
    assert "!" not in alert["title"] + alert["summary"]
    assert not alert["title"].endswith(".")
    assert alert["summary"].count(". ") >= 1


def test_no_two_alerts_have_one_name() -> None:
    names = [*(rule["id"] for rule in RULES), *PLATFORM]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("name", OF_TENANTS)
def test_a_window_holds_two_looks_at_each_tenant_and_one_to_spare(name: str) -> None:
    (period,) = (setting.default for setting in SETTINGS if setting.name == "KEEPER_RECHECK_SECONDS")
    (window,) = (rule["window"] for rule in RULES if rule["id"] == name)
    assert timedelta(minutes=minutes(window)) >= 3 * timedelta(seconds=int(period))


def test_the_missing_timer_is_noticed_after_six_of_its_turns() -> None:
    (schedule,) = (setting.default for setting in SETTINGS if setting.name == "KEEPER_RECHECK_SCHEDULE")
    example = next(setting.example for setting in SETTINGS if setting.name == "KEEPER_RECHECK_SCHEDULE")
    assert (schedule or example).split()[1] == "*/5"
    assert [rule["window"] for rule in RULES if rule["id"] == "sweep-missing"] == ["PT30M"]


def test_what_bicep_reads_is_what_is_written() -> None:
    assert alert_rules.GENERATED.read_text() == alert_rules.generated(), "run python tools/alert_rules.py"


def test_the_index_of_the_runbooks_is_what_is_written() -> None:
    assert alert_rules.INDEX.read_text() == alert_rules.index(), "run python tools/alert_rules.py"


def test_the_page_of_events_is_what_the_contract_says() -> None:
    page = (ROOT / "docs/reference/events.md").read_text()
    assert page == events_page.page(), "run python tools/events_page.py > docs/reference/events.md"


def test_bicep_uses_every_field_of_a_rule_and_every_alert_of_the_platforms_own() -> None:
    assert (ROOT / "infra/modules" / re.findall(r"loadJsonContent\('(.+)'\)", BICEP)[0]).exists()
    used = set(re.findall(r"\brule\.([A-Za-z]+)", BICEP))
    assert RULES[0].keys() <= used
    named = set(re.findall(r"platform\['([a-z-]+)'\]|\bid: '([a-z-]+)'", BICEP))
    assert {one or other for one, other in named} == PLATFORM.keys()


def test_each_way_of_alerting_carries_its_id_and_its_runbook() -> None:
    assert BICEP.count("alertId:") == BICEP.count("runbook: empty(runbooksUrl)") == 4
    assert BICEP.count("autoMitigate:") == 3


def test_the_health_page_is_asked_from_outside() -> None:
    health = Path(ROOT / "functions/health.py").read_text()
    assert 'route="health"' in health
    assert "RequestUrl: healthUrl" in BICEP
    assert BICEP.count("        Id: '") == 3


def test_no_file_of_the_alerts_is_left_over() -> None:
    assert {path.name for path in ALERTS.iterdir()} == {"queries", "rules.json", "rules.generated.json"}
