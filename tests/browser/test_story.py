"""One story by clicks, on the running product: the drift is seen, its plan read and carried out, the tenant healthy."""

from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from local.demo.command import Stage
from local.demo.items import foreign, six_items
from tests.browser.conftest import Opening
from tests.loop.test_loop import EU

pytestmark = [pytest.mark.loop, pytest.mark.xdist_group("loop")]

HOME = "/api/console"
PATIENCE_S = 60.0
MISSING = "MailMarshal Cloud Integrated Redirect"


def drifted(product: Stage) -> str:
    """A tenant whose administrator deleted a rule while repairs stand still; its id."""
    tenant_id, client = str(uuid4()), product.client
    domain = f"t{tenant_id[:8]}.onmicrosoft.com"
    product.control.create_tenant(tenant_id, domain, seed=7)
    client.sign_up({"account_id": "acme", "tenant_id": tenant_id, "region": "eu", "initial_domain": domain})
    client.wait_for(tenant_id, PATIENCE_S, stage="staged", verdict="healthy")
    client.ask(tenant_id, "activate")
    client.wait_for(tenant_id, PATIENCE_S, stage="active", verdict="healthy")
    client.call("POST", "/api/fleet/freeze", {"reason": "so that it is not healed before somebody looks"})
    product.control.administrator(tenant_id, "Remove-TransportRule", {"Identity": MISSING})
    client.wait_for(tenant_id, PATIENCE_S, verdict="drifted")
    return tenant_id


def sign_in_at_entra(page: Page, name: str) -> None:
    """Sign in as one of the twin's people, by the pages that a person would click through."""
    page.goto(HOME)
    page.get_by_role("link", name="Sign in with Microsoft").click()
    page.get_by_role("link", name=name).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Fleet")


def test_somebody_sees_the_drift_reads_the_plan_remediates_and_sees_it_healthy(
    opening: Opening, product: Stage
) -> None:
    tenant_id = drifted(product)
    before = foreign(product.control.state(tenant_id))
    page = opening(product.client.api, ignore_https_errors=True)
    sign_in_at_entra(page, "Ada Admin")
    expect(page.get_by_text("Repairs stand still everywhere")).to_be_visible()
    page.get_by_role("navigation").get_by_role("link", name="Tenants").click()
    page.get_by_label("Seen").select_option("drifted")
    page.get_by_role("link", name=f"t{tenant_id[:8]}.onmicrosoft.com").click()
    expect(page.get_by_role("row").filter(has_text=MISSING)).to_contain_text("missing")
    page.get_by_role("link", name="Read now").click()
    expect(page.get_by_role("listitem").filter(has_text=f"create {MISSING}").first).to_be_visible()
    page.get_by_role("link", name="Remediate…").click()
    expect(page.get_by_text("Every message goes through MailMarshal Cloud")).to_be_visible()
    page.get_by_label("Reason").fill("the administrator deleted it by mistake")
    page.get_by_role("button", name="Remediate", exact=True).click()
    expect(page.get_by_text("was asked for")).to_be_visible()
    # The page is not touched from here on: the record follows by itself.
    expect(page.locator("#record .lead")).to_contain_text("healthy", timeout=PATIENCE_S * 1000)
    assert set(six_items(product.control.state(tenant_id), EU).values()) == {"on"}
    assert foreign(product.control.state(tenant_id)) == before
    asked = [event for event in product.client.timeline(tenant_id) if event["subject"] == "remediate"]
    assert asked[0]["actor"].startswith("Ada Admin (oid ")
    assert "the administrator deleted it by mistake" in asked[0]["after"]
    _released(page, product)


def _released(page: Page, product: Stage) -> None:
    """Let the repairs of all go on, by clicks."""
    page.get_by_role("navigation").get_by_role("link", name="Fleet").click()
    page.get_by_role("link", name="Release repairs…").click()
    page.get_by_role("button", name="Release repairs").click()
    expect(page.get_by_text("Repairs stand still everywhere")).to_have_count(0)
    assert product.client.call("GET", "/api/fleet")["freeze"] is None
