"""docs/notifications.md says what the code does: its examples, its causes, and what it tells people to type."""

import json
import re
from dataclasses import replace

import pytest

from functions.console import routes_fleet, routes_parked, routes_tenants
from shared.adapters.notify_settings import _READERS, parse_sinks
from shared.domain.concerns import LEAST
from shared.domain.incidents import IncidentCause, News, Subject
from shared.domain.notification import Places, notification_of
from tests.adapters.told import OPEN, ROOT, check, check_card, schema
from tests.fakes import TENANT_ID
from tests.functions.site import whsec
from tests.infra.bicep import files, parsed
from tools.notifications_page import PAGE, page

TEXT = PAGE.read_text("utf-8")


def block(name: str) -> str:
    found = re.search(rf"<!-- {name} -->\n```\w+\n(.*?)\n```\n<!-- /{name} -->", TEXT, re.DOTALL)
    assert found is not None
    return found[1]


def test_the_page_is_what_the_code_makes() -> None:
    assert page(TEXT) == TEXT


def test_an_example_that_was_changed_by_hand_is_made_anew() -> None:
    assert page(TEXT.replace("CRITICAL", "HARMLESS").replace("| critical |", "| info |")) == TEXT


def test_the_examples_are_by_the_published_schemas() -> None:
    check_card(block("teams").encode())
    check("pagerduty-alert", block("pagerduty-trigger").encode())
    check("pagerduty-alert", block("pagerduty-resolve").encode())
    check("pagerduty-change", block("pagerduty-change").encode())
    check("webhook", block("webhook").partition("\n\n")[2].encode())


def test_every_cause_has_a_row_and_a_severity() -> None:
    table = TEXT.partition("<!-- causes -->")[2].partition("<!-- /causes -->")[0]
    rows = re.findall(r"^\| ([a-z_]+) \|", table, re.MULTILINE)
    assert rows[1:] == [cause.value for cause in IncidentCause]
    assert set(LEAST) == set(IncidentCause)
    assert schema("webhook")["properties"]["data"]["properties"]["cause"]["enum"] == [c.value for c in IncidentCause]


def test_the_example_of_a_setting_is_accepted_once_it_is_filled_in() -> None:
    text = TEXT.partition("```json\n")[2].partition("\n```")[0]
    entries = json.loads(text.replace("https://….logic.azure.com/…", "https://a.example/").replace("whsec_…", "SECRET"))
    entries[1]["routing_key"] = "A" * 32
    entries[2]["secrets"] = [whsec(bytes(32))]
    assert [sink.told.name for sink in parse_sinks(json.dumps(entries))] == ["ops", "pagerduty", "webhook", "mail"]


def test_every_field_of_every_receiver_is_explained() -> None:
    table = TEXT.partition("| field | of | is | without it |")[2].partition("\n\n")[0]
    explained = {
        (name, kind.strip("`"))
        for names, kinds in re.findall(r"^\| (`[^|]+`) \| ([^|]+) \|", table, re.MULTILINE)
        for name in re.findall(r"`(\w+)`", names)
        for kind in kinds.split(", ")
    }
    wanted = {(name, kind) for kind, (fields, _) in _READERS.items() for name in fields}
    assert wanted <= explained
    assert {name for name, kind in explained if kind == "all"} == {"sink", "id", "least"}


@pytest.mark.parametrize("link", re.findall(r"\]\(([\w./-]+)\)", TEXT))
def test_every_link_leads_somewhere(link: str) -> None:
    assert (ROOT / "docs" / link).exists()


def test_what_the_page_names_of_the_deployment_exists() -> None:
    template = parsed(files()["main.bicep"])
    assert {"notifySecretName", "quietHours", "runbooksUrl"} <= template.parameters.keys()
    assert "NOTIFY_VAULT_NAME" in template.outputs


@pytest.mark.parametrize("cause", IncidentCause)
@pytest.mark.parametrize("subject", [Subject(), Subject(TENANT_ID, "contoso", "eu")], ids=["fleet", "tenant"])
def test_where_a_notification_sends_people_is_there(cause: IncidentCause, subject: Subject) -> None:
    """The command is one of the command line's, the page one of the console's."""
    told = notification_of(replace(OPEN, cause=cause, subject=subject), News.OPENED, Places())
    page = (ROOT / "docs/reference/cli.md").read_text("utf-8")
    commands = re.findall(r"^### (keeper [a-z]+(?: [a-z]+)?)", page, re.MULTILINE)
    assert told.command.removesuffix(f" {TENANT_ID}") in commands
    pages = (routes_fleet, routes_parked, routes_tenants)
    routes = {str(getattr(route, "path", "")) for each in pages for route in each.router.routes}
    assert told.console.replace(str(TENANT_ID), "{tenant_id}") in routes
