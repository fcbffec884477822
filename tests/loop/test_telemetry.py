"""What the real worker's exporter sends while a tenant is taken in: events by the contract, one cause in one trace."""

import sys
from collections import defaultdict

import pytest

from local.demo.command import TELEMETRY, Stage
from local.ingestion import events_in
from shared.adapters.events import COMMON, EVENTS
from tests.loop.test_loop import Tenant, until

pytestmark = [
    pytest.mark.loop,
    pytest.mark.xdist_group("loop"),
    pytest.mark.skipif(sys.version_info < (3, 13), reason="the worker that sends telemetry needs Python 3.13"),
]


def test_what_reaches_azure_monitor_is_the_contract_and_one_cause_is_one_trace(product: Stage) -> None:
    tenant = Tenant(product).become_active()
    file = product.logs / TELEMETRY

    def told() -> set[str]:
        return {e["Name"] for e in events_in(file) if e["Properties"].get("tenant_id") in (tenant.tenant_id, None)}

    until(
        lambda: (
            {"tenant.provisioned", "tenant.remediated", "tenant.verified", "sweep.completed", "queue.depth"} <= told()
        )
    )
    traces = defaultdict(set)
    for event in events_in(file):
        fields = event["Properties"].keys()
        assert {*EVENTS[event["Name"]].fields, *COMMON} <= fields, event["Name"]
        if event["Properties"]["correlation_id"]:
            traces[event["Properties"]["correlation_id"]].add(event["OperationId"])
    assert traces
    assert all(operations == {thread.replace("-", "")} for thread, operations in traces.items())


def test_no_secret_is_in_what_reaches_azure_monitor(product: Stage) -> None:
    tenant = Tenant(product).become_active()
    rules = tenant.state()["transport_rules"]
    words = next(rule for rule in rules if rule["Name"] == "MailMarshal Cloud Integrated Loop Check")[
        "HeaderContainsWords"
    ]
    assert isinstance(words, list)
    text = (product.logs / TELEMETRY).read_text()
    assert text
    for secret in (
        str(words[0]),
        product.client.operator_key,
        product.client.webhook_secret,
        "AccountKey",
        "Bearer ey",
    ):
        assert secret not in text
