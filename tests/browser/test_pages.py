"""Every page of the console in a real browser: with and without JavaScript, by keyboard, light and dark, and by axe."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opening
from tests.browser.serving import HOME, KEY, TENANT, Served

pytestmark = pytest.mark.xdist_group("browser")

AXE = Path(__file__).resolve().parents[2] / "tools/axe/node_modules/axe-core/axe.min.js"
PAGES = {
    HOME: "Fleet",
    f"{HOME}/tenants": "Tenants",
    TENANT: "contoso.onmicrosoft.com",
    f"{TENANT}/now": "contoso.onmicrosoft.com, read now",
    f"{TENANT}/timeline": "contoso.onmicrosoft.com: what happened",
    f"{TENANT}/ask/remediate": "Remediate: contoso.onmicrosoft.com?",
    f"{TENANT}/ask/pause": "not allowed",
    f"{TENANT}/ask/hold": "Hold repairs: contoso.onmicrosoft.com?",
    f"{HOME}/items": "The six items",
    f"{HOME}/items/loop_check": "MailMarshal Cloud Integrated Loop Check",
    f"{HOME}/activity": "Activity",
    f"{HOME}/parked": "Parked messages",
    f"{HOME}/parked/p1": "A parked message",
    f"{HOME}/fleet/ask/pause": "Pause the mail flow?",
    f"{HOME}/sign-in": "Mailflow Keeper",
}


def signed_in(opening: Opening, served: Served, **options: object) -> Page:
    """A visitor who signed in by the key, as a person does."""
    page = opening(served.url, **options)
    page.goto(HOME)
    page.get_by_label("Operator key").fill(KEY)
    page.get_by_role("button", name="Sign in with the key").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Fleet")
    return page


EVERYTHING = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
"""WCAG 2.2 AA, and axe's own best practices."""
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}


def violations(page: Page, rules: Mapping[str, object] = EVERYTHING) -> list[dict[str, Any]]:
    """What axe finds wrong with a page."""
    page.evaluate(AXE.read_text("utf-8"))
    found: dict[str, Any] = page.evaluate("rules => axe.run({runOnly: rules, resultTypes: ['violations']})", rules)
    assert found["passes"]
    return [
        {"rule": each["id"], "where": [node["html"][:200] for node in each["nodes"]]} for each in found["violations"]
    ]


@pytest.mark.parametrize("has_scripts", [True, False], ids=["scripts", "no scripts"])
def test_every_page_is_there_with_and_without_scripts(opening: Opening, served: Served, *, has_scripts: bool) -> None:
    page = signed_in(opening, served, java_script_enabled=has_scripts)
    for address, heading in PAGES.items():
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_have_text(heading, ignore_case=True)
        expect(page.get_by_role("main")).to_have_count(1)


@pytest.mark.parametrize(("scheme", "rules"), [("light", EVERYTHING), ("dark", COLOURS)], ids=["light", "dark"])
def test_axe_finds_nothing_on_any_page(
    opening: Opening, served: Served, scheme: str, rules: Mapping[str, object]
) -> None:
    page = signed_in(opening, served, color_scheme=scheme)
    found = {}
    for address in PAGES:
        page.goto(address)
        found[address] = violations(page, rules)
    assert {address: wrong for address, wrong in found.items() if wrong} == {}, json.dumps(found, indent=1)


def test_axe_sees_what_is_wrong(opening: Opening, served: Served) -> None:
    """The check can fail: a picture without words, and words that nobody can read."""
    page = signed_in(opening, served)
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=x><input>')")
    assert {each["rule"] for each in violations(page)} >= {"image-alt", "label"}
    page.evaluate("document.querySelector('h1').style.color = '#ddd'")
    assert {each["rule"] for each in violations(page, COLOURS)} == {"color-contrast"}


@pytest.mark.parametrize("has_scripts", [True, False], ids=["scripts", "no scripts"])
def test_tenants_are_found_by_filter_and_by_search(opening: Opening, served: Served, *, has_scripts: bool) -> None:
    page = signed_in(opening, served, java_script_enabled=has_scripts)
    page.goto(f"{HOME}/tenants")
    rows = page.locator("#found tbody tr")
    expect(rows).to_have_count(50)
    page.get_by_label("Seen").select_option("contested")
    if not has_scripts:
        page.get_by_role("button", name="Show").click()
    expect(rows).to_have_count(12)
    assert "verdict=contested" in page.url
    page.get_by_label("Seen").select_option("")
    page.get_by_label("Search").fill("Company 11")
    page.get_by_label("Search").press("Enter")
    expect(rows).to_have_count(11)
    page.get_by_role("link", name="Company 117").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Company 117")


def test_the_pages_of_a_long_list_follow_one_another(opening: Opening, served: Served) -> None:
    page = signed_in(opening, served)
    page.goto(f"{HOME}/tenants")
    names: list[str] = []
    while True:
        names += page.locator("#found tbody th").all_inner_texts()
        following = page.get_by_role("link", name="Next page")
        if not following.count():
            break
        following.click()
    assert len(names) == len(set(names)) == 121


def test_a_page_is_walked_by_keyboard_alone(opening: Opening, served: Served) -> None:
    page = signed_in(opening, served)
    page.goto(TENANT)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    link = page.get_by_role("link", name="Read now")
    for _ in range(6):
        page.keyboard.press("Tab")
        if link.evaluate("each => each === document.activeElement"):
            break
    outline = link.evaluate("each => getComputedStyle(each).outlineStyle")
    assert outline == "solid"
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="What differs")).to_be_visible()


def test_the_rules_are_drawn_in_the_tenants_order_with_ours_marked(opening: Opening, served: Served) -> None:
    page = signed_in(opening, served)
    page.goto(f"{TENANT}/now")
    drawn = page.locator("ol.rules li bdi").all_inner_texts()
    assert drawn == [rule["Name"] for rule in served.on.state()["transport_rules"]]
    assert page.locator("ol.rules li.ours bdi").all_inner_texts() == [
        "MailMarshal Cloud Integrated Loop Check",
        "MailMarshal Cloud Integrated Redirect",
    ]
    row = page.get_by_role("region", name="Desired against live").get_by_role("row").filter(has_text="RequireTls")
    expect(row.locator("ins")).to_have_text("True")
    expect(row.locator("del")).to_have_text("False")


def test_on_paper_there_is_the_content_and_no_furniture(opening: Opening, served: Served) -> None:
    page = signed_in(opening, served)
    page.goto(TENANT)
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation")).to_be_hidden()
    expect(page.get_by_role("link", name="Read now")).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_on_a_narrow_screen_no_page_is_wider_than_it(opening: Opening, served: Served) -> None:
    page = signed_in(opening, served, viewport={"width": 360, "height": 740})
    for address in PAGES:
        page.goto(address)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 360, address
