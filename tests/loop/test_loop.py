"""The loop end to end on Azurite, the twin and the host: what must hold when things are as they should not be."""

import json
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
import requests
from azure.storage.queue import QueueClient

from local.demo.client import Client
from local.demo.command import Stage
from local.demo.items import foreign, rules_are_in_order, six_items
from local.demo.processes import ROOT

pytestmark = [pytest.mark.loop, pytest.mark.xdist_group("loop")]

EU = json.loads((ROOT / "regions.example.json").read_text())["regions"]["eu"]["skip_ips"]
PATIENCE_S = 40.0


def until(condition: Callable[[], object]) -> None:
    """Wait for something that must become true."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, "it did not become true in time"
        time.sleep(0.05)


class Tenant:
    """One tenant of a test's own."""

    def __init__(self, product: Stage) -> None:
        self.client, self.control = product.client, product.control
        self.tenant_id = str(uuid4())
        self.domain = f"t{self.tenant_id[:8]}.onmicrosoft.com"
        self.control.create_tenant(self.tenant_id, self.domain, seed=7)
        self.before = foreign(self.state())

    def state(self) -> dict[str, list[dict[str, object]]]:
        return self.control.state(self.tenant_id)

    def items(self) -> set[str]:
        return set(six_items(self.state(), EU).values())

    def writes(self) -> list[str]:
        sent = [entry for entry in self.control.history(self.tenant_id) if entry["actor"] == "application"]
        return [entry["cmdlet"] for entry in sent if not entry["cmdlet"].startswith("Get-")]

    def signup(self) -> dict[str, str]:
        return {"account_id": "acme", "tenant_id": self.tenant_id, "region": "eu", "initial_domain": self.domain}

    def become_staged(self) -> "Tenant":
        assert self.client.sign_up(self.signup()).status_code == 202
        self.client.wait_for(self.tenant_id, PATIENCE_S, stage="staged", verdict="healthy")
        return self

    def become_active(self) -> "Tenant":
        self.become_staged()
        self.client.ask(self.tenant_id, "activate")
        until(lambda: self.items() == {"on"})
        self.client.wait_for(self.tenant_id, PATIENCE_S, stage="active", verdict="healthy")
        return self


@pytest.fixture
def tenant(product: Stage) -> Iterator[Tenant]:
    """A tenant with foreign objects, which every test must leave as they were."""
    new = Tenant(product)
    yield new
    assert foreign(new.state()) == new.before


def test_a_signup_is_provisioned_with_both_rules_off_and_below_everything(tenant: Tenant) -> None:
    tenant.become_staged()
    assert tenant.items() == {"on", "off"}
    assert rules_are_in_order(tenant.state())
    created = [e for e in tenant.control.history(tenant.tenant_id) if e["cmdlet"] == "New-TransportRule"]
    ours = [entry["parameters"] for entry in created if entry["actor"] == "application"]
    assert [parameters["Enabled"] for parameters in ours] == [False, False]


def test_a_healthy_tenant_gets_no_write_from_a_second_provision_verify_or_remediate(tenant: Tenant) -> None:
    tenant.become_active()
    before, reads = tenant.writes(), len(tenant.control.history(tenant.tenant_id))
    assert tenant.client.sign_up(tenant.signup()).status_code == 202
    for command in ("verify", "remediate"):
        tenant.client.ask(tenant.tenant_id, command)
    until(lambda: len(tenant.control.history(tenant.tenant_id)) >= reads + 12)
    assert tenant.writes() == before
    assert tenant.items() == {"on"}


def test_what_an_administrator_deletes_is_noticed_by_the_timer_and_healed(tenant: Tenant) -> None:
    tenant.become_active()
    for name in ("MailMarshal Cloud Integrated Loop Check", "MailMarshal Cloud Integrated Redirect"):
        tenant.control.administrator(tenant.tenant_id, "Remove-TransportRule", {"Identity": name})
    assert tenant.items() == {"on", "missing"}
    until(lambda: tenant.items() == {"on"})
    assert rules_are_in_order(tenant.state())


def test_redirect_goes_off_first_when_the_loop_check_under_it_is_gone(tenant: Tenant) -> None:
    tenant.become_active()
    before = len(tenant.writes())
    gone = "MailMarshal Cloud Integrated Loop Check"
    tenant.control.administrator(tenant.tenant_id, "Remove-TransportRule", {"Identity": gone})
    until(lambda: tenant.items() == {"on"})
    assert tenant.writes()[before:] == [
        "Disable-TransportRule",
        "New-TransportRule",
        "Enable-TransportRule",
        "Enable-TransportRule",
    ]


def test_deactivation_switches_the_rules_off_and_leaves_everything_else_in_place(tenant: Tenant) -> None:
    tenant.become_active()
    tenant.client.ask(tenant.tenant_id, "deactivate")
    until(lambda: tenant.items() == {"on", "off"})
    tenant.client.wait_for(tenant.tenant_id, PATIENCE_S, stage="staged", verdict="healthy")


def test_a_webhook_with_a_wrong_signature_changes_nothing(tenant: Tenant) -> None:
    stranger = Client.at(tenant.client.api)
    answer = stranger.sign_up(tenant.signup())
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthentic")
    assert answer.headers["content-type"].startswith("application/problem+json")
    headers = {"x-functions-key": tenant.client.operator_key}
    record = requests.get(f"{tenant.client.api}/api/tenants/{tenant.tenant_id}", headers=headers, timeout=5)
    assert (record.status_code, record.json()["code"]) == (404, "unknown_tenant")


def test_nobody_reads_the_fleet_without_a_key(product: Stage) -> None:
    client = product.client
    answer = requests.get(f"{client.api}/api/tenants", headers={"x-functions-key": "guess"}, timeout=5)
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthentic")


def test_a_message_that_is_not_ours_is_parked_with_its_reason_and_counted(product: Stage) -> None:
    client = product.client
    marks = {f"not a message {uuid4()}": "invalid_message: not UTF-8 JSON", f'{{"n":"{uuid4()}"}}': "invalid_message"}
    with QueueClient.from_connection_string(product.storage, "verify") as queue:
        for text in marks:
            queue.send_message(b64encode(text.encode()).decode())

    def parked() -> dict[str, str]:
        rows = client.call("GET", "/api/poison")["parked"]
        return {row["body"]: row["reason"] for row in rows if row["body"] in marks}

    until(lambda: len(parked()) == len(marks))
    assert all(parked()[text].startswith(reason) for text, reason in marks.items())


def test_a_failed_read_writes_nothing_and_is_unknown(tenant: Tenant) -> None:
    tenant.become_active()
    before = tenant.writes()
    tenant.control.fault(tenant.tenant_id, cmdlet="Get-TransportRule", status=503, times=1000)
    tenant.control.administrator(
        tenant.tenant_id, "Remove-TransportRule", {"Identity": "MailMarshal Cloud Integrated Redirect"}
    )
    tenant.client.wait_for(tenant.tenant_id, PATIENCE_S, verdict="unknown")
    assert tenant.writes() == before
    tenant.control.clear_faults(tenant.tenant_id)
    until(lambda: tenant.items() == {"on"})


def test_the_watch_over_the_fleet_is_healthy(product: Stage) -> None:
    client = product.client
    until(lambda: requests.get(f"{client.api}/api/health", timeout=5).status_code == 200)


def test_the_guid_of_a_customer_is_in_no_answer_and_no_log(product: Stage, tenant: Tenant) -> None:
    tenant.become_active()
    rule = next(r for r in tenant.state()["transport_rules"] if r["Name"] == "MailMarshal Cloud Integrated Loop Check")
    words = rule["HeaderContainsWords"]
    assert isinstance(words, list)
    record = json.dumps(tenant.client.tenant(tenant.tenant_id))
    log = (product.logs / "host.log").read_text()
    assert words[0] not in record
    assert words[0] not in log
