"""One tenant through its whole life, over HTTP, on the real host with Azurite and the twin."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import requests

from local.demo.command import AUDIENCE, OPERATORS, Stage
from tests.loop.test_loop import PATIENCE_S, until

pytestmark = [pytest.mark.loop, pytest.mark.xdist_group("loop")]

FROM, TO = "From MailMarshal Cloud Integrated", "To MailMarshal Cloud Integrated"
LOOP_CHECK, REDIRECT = "MailMarshal Cloud Integrated Loop Check", "MailMarshal Cloud Integrated Redirect"


class Life:
    """One tenant, the product and whoever acts on them."""

    def __init__(self, product: Stage) -> None:
        self.product, self.client, self.control = product, product.client, product.control
        self.tenant_id = str(uuid4())
        self.domain = f"l{self.tenant_id[:8]}.onmicrosoft.com"
        self.control.create_tenant(self.tenant_id, self.domain, seed=11)
        self.control.turn(self.tenant_id, consent=False, role="none")

    def state(self) -> dict[str, list[dict[str, Any]]]:
        return self.control.state(self.tenant_id)

    def switched_on(self) -> set[str]:
        rules = [rule for rule in self.state()["transport_rules"] if rule["State"] == "Enabled"]
        return {rule["Name"] for rule in rules} & {LOOP_CHECK, REDIRECT}

    def writes(self) -> list[str]:
        sent = [entry for entry in self.control.history(self.tenant_id) if entry["actor"] == "application"]
        return [entry["cmdlet"] for entry in sent if not entry["cmdlet"].startswith("Get-")]

    def sign_up(self, region: str) -> Mapping[str, str]:
        body = {"account_id": "acme", "tenant_id": self.tenant_id, "region": region, "initial_domain": self.domain}
        answer = self.client.sign_up(body)
        assert answer.status_code == 202, answer.text
        document: Mapping[str, str] = answer.json()
        return document

    def wait(self, **wanted: str) -> dict[str, Any]:
        return self.client.wait_for(self.tenant_id, PATIENCE_S, **wanted)

    def consent(self, url: str) -> requests.Response:
        """Go where an administrator's browser goes."""
        to_entra = requests.get(url, allow_redirects=False, timeout=10)
        assert to_entra.status_code == 302, to_entra.text
        back = self.control.visit(to_entra.headers["location"])
        return requests.get(back, allow_redirects=False, timeout=30)

    def regions(self) -> set[str]:
        text = json.dumps([row for rows in self.state().values() for row in rows if row.get("Name") in (FROM, TO)])
        return set(re.findall(r"\*\.(\w\w)\.mailmarshal\.cloud", text))


def in_seconds(seconds: float) -> str:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()


def test_one_tenant_through_its_whole_life_leaves_nothing_behind(product: Stage) -> None:  # noqa: PLR0915 - a life
    life = Life(product)
    before = json.dumps(life.state(), sort_keys=True)

    # Signed up, and nobody has let us in.
    link = life.sign_up("eu")["consent_url"]
    record = life.wait(stage="awaiting_consent", verdict="needs_consent")
    assert "consent link" in record["guidance"]["sentence"]

    # The administrator says no, then yes; the role is given later.
    life.control.turn(life.tenant_id, consent_answer="denies")
    assert "not" in life.consent(link).text
    life.control.turn(life.tenant_id, consent_answer="grants")
    page = life.consent(link)
    assert (page.status_code, "Exchange Administrator" in page.text) == (200, True)
    record = life.wait(stage="awaiting_consent", verdict="needs_role")
    assert any("RoleAssignment" in line for line in record["guidance"]["commands"])
    assert life.writes() == []
    life.control.turn(life.tenant_id, role="exchange_administrator")
    life.wait(stage="staged", verdict="healthy")
    assert life.switched_on() == set()

    # A plan is read; the tenant moves; the plan is refused, and the next one is carried out.
    old = life.client.plan(life.tenant_id, "activate")
    assert [step["verb"] for step in old["steps"]] == ["enable", "enable"]
    life.control.administrator(life.tenant_id, "Set-InboundConnector", {"Identity": FROM, "RequireTls": False})
    token = life.control.operator_token(OPERATORS, AUDIENCE, ["Keeper.Operate"], name="Jane")
    refused = requests.post(
        f"{life.client.api}/api/tenants/{life.tenant_id}/activate",
        json={"plan_hash": old["plan_hash"]},
        headers={"authorization": f"Bearer {token}"},
        timeout=30,
    )
    assert (refused.status_code, refused.json()["code"]) == (409, "plan_moved")
    until(lambda: next(r for r in life.state()["inbound_connectors"] if r["Name"] == FROM)["RequireTls"] is True)
    life.wait(stage="staged", verdict="healthy")
    plan = life.client.plan(life.tenant_id, "activate")
    life.client.ask(life.tenant_id, "activate", plan_hash=plan["plan_hash"])
    life.wait(stage="active", verdict="healthy")
    assert life.switched_on() == {LOOP_CHECK, REDIRECT}

    # Paused once; it comes back by itself.
    life.client.ask(life.tenant_id, "pause", reason="their filter is down", until=in_seconds(6))
    until(lambda: life.switched_on() == {LOOP_CHECK})
    until(lambda: life.switched_on() == {LOOP_CHECK, REDIRECT})
    life.wait(stage="active", verdict="healthy")

    # Moved once.
    life.sign_up("us")
    until(lambda: life.regions() == {"us"} and life.switched_on() == {LOOP_CHECK, REDIRECT})
    life.wait(stage="active", verdict="healthy", region="us")

    # Gone, proved, and gone again.
    secret = next(r for r in life.state()["transport_rules"] if r["Name"] == LOOP_CHECK)["HeaderContainsWords"][0]
    life.client.ask(life.tenant_id, "offboard")
    life.wait(stage="offboarded")
    assert json.dumps(life.state(), sort_keys=True) == before
    proof = life.client.call("GET", f"/api/tenants/{life.tenant_id}/proof")
    assert [row["Name"] for row in proof["before"]] == [FROM, TO, LOOP_CHECK, REDIRECT]
    assert (proof["read_back"], proof["had_sealer"]) == ([], True)
    writes = life.writes()
    life.client.ask(life.tenant_id, "offboard")

    # All of it is in the history, and the secret nowhere.
    events = life.client.timeline(life.tenant_id)
    stages = [event["after"] for event in reversed(events) if event["kind"] == "stage" and not event["subject"]]
    assert stages[:3] == ["staged", "active", "paused"]
    assert stages[3:] == ["active", "offboarding", "offboarded"]
    assert {"pause", "activate", "offboard"} <= {e["subject"] for e in events if e["kind"] == "operator"}
    everything = json.dumps([events, proof, life.client.tenant(life.tenant_id)])
    assert secret not in everything
    assert secret not in (product.logs / "host.log").read_text()
    assert life.writes() == writes
    assert json.dumps(life.state(), sort_keys=True) == before


def test_an_operators_token_opens_what_its_role_allows_and_no_more(product: Stage) -> None:
    client, control = product.client, product.control

    def asked(method: str, path: str, *roles: str, directory: str = OPERATORS) -> int:
        token = control.operator_token(directory, AUDIENCE, list(roles), name="Jane")
        headers = {"authorization": f"Bearer {token}"}
        return requests.request(method, client.api + path, headers=headers, timeout=10).status_code

    unknown = f"/api/tenants/{uuid4()}"
    assert asked("GET", "/api/tenants", "Keeper.Read") == 200
    assert asked("GET", unknown, "Keeper.Read") == 404
    assert asked("POST", f"{unknown}/verify", "Keeper.Read") == 403
    assert asked("POST", f"{unknown}/verify", "Keeper.Operate") == 404
    assert asked("POST", f"{unknown}/offboard", "Keeper.Operate") == 403
    assert asked("POST", f"{unknown}/offboard", "Keeper.Admin") == 404
    assert asked("GET", "/api/tenants", "Somebody.Else") == 403
    assert asked("GET", "/api/tenants", "Keeper.Admin", directory=str(uuid4())) == 401
