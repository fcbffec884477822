"""The rights that infra/ gives are enough: what an app's functions touch is in its grants, judged by running them."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from bench import cost
from shared.adapters.queues import EVERY
from shared.adapters.settings_table import SETTINGS
from shared.adapters.transport import CALLS
from shared.application.handlers import handle_verify
from shared.application.signups import sign_up
from shared.domain.messages import Cause
from shared.domain.regions import Region
from shared.domain.signup import Signup
from shared.domain.tenants import Verdict
from tests.application.life import POLICY, Life
from tests.application.life import SIGNUP as RUNNING
from tests.fakes import TENANT_ID, new_message, new_world
from tests.infra.bicep import ROOT
from tests.infra.least import PROMISED, SENDS

SIGNUP = Signup("acme", TENANT_ID, Region.EU, "contoso.onmicrosoft.com")
SENDING = {name for role, name in PROMISED["intake"] if role == SENDS}


class Nothing:
    """A port that may not be touched."""

    def __getattr__(self, name: str) -> object:
        raise AssertionError(f"{name} was called")


class Only:
    """A port of which only some methods may be called; every call is counted."""

    def __init__(self, port: object, *allowed: str) -> None:
        self.port, self.allowed = port, allowed
        self.calls: list[str] = []

    def __getattr__(self, name: str) -> Callable[..., Any]:
        assert not self.allowed or name in self.allowed, f"{name} was called"
        method: Callable[..., Any] = getattr(self.port, name)

        def called(*arguments: Any) -> Any:  # noqa: ANN401 - whatever the port takes and gives
            self.calls.append(name)
            return method(*arguments)

        return called


def test_a_signup_touches_the_intakes_tables_alone() -> None:
    """No fleet, no keys, no proofs, no Exchange; of the journal only the webhooks and the loop-check GUIDs."""
    world = new_world()
    world = replace(
        world,
        exchange=Nothing(),  # type: ignore[arg-type]
        wishes=Nothing(),  # type: ignore[arg-type]
        proofs=Nothing(),  # type: ignore[arg-type]
        keys=Nothing(),  # type: ignore[arg-type]
        journal=Only(world.journal, "first_time", "knows", "claim"),
    )
    first = sign_up(SIGNUP, "msg_1", world)
    again = sign_up(SIGNUP, "msg_1", world)
    moved = sign_up(replace(SIGNUP, region=Region.US), "msg_2", world)
    sent = {delivery.queue.value for outcome in (first, again, moved) for delivery in outcome.deliveries}
    assert sent
    assert sent <= SENDING


def test_a_signup_of_a_running_customer_sends_what_the_intake_may_send() -> None:
    life = Life().active()
    outcome = sign_up(replace(RUNNING, region=Region.US), "msg_of_a_move", life.world)
    sent = {delivery.queue.value for delivery in outcome.deliveries}
    assert sent == {"remediate"}
    assert sent <= SENDING


def test_only_the_worker_writes_proofs() -> None:
    """The desk may read them and no more; what writes them is reached from a queue alone."""
    writers = [path for path in (ROOT / "shared").rglob("*.py") if "proofs.put(" in path.read_text()]
    assert [path.name for path in writers] == ["leave.py"]
    importers = [path.name for path in (ROOT / "functions").glob("*.py") if "application.leave" in path.read_text()]
    assert importers == ["offboard.py"]


def test_the_desk_may_send_to_every_queue() -> None:
    """Operators' commands are tenants' work, and a parked notification is replayed as well."""
    assert {name for role, name in PROMISED["desk"] if role == SENDS} == {queue.value for queue in EVERY}


@pytest.fixture
def counted() -> dict[str, int]:
    """The calls of the ports while a healthy, active tenant is verified; each is one transaction with a table."""
    life = Life().active()
    ports = {name: Only(getattr(life.world, name)) for name in ("tenants", "wishes", "journal", "history", "proofs")}
    world = replace(life.world, **ports)  # type: ignore[arg-type]
    message = new_message(Cause.RECHECK, life.world.tenants.get(TENANT_ID).tenant.generation)
    outcome = handle_verify(message, world, POLICY)
    assert outcome.report is not None
    assert outcome.report.verdict is Verdict.HEALTHY
    assert outcome.deliveries == ()
    return {f"{name}.{call}": port.calls.count(call) for name, port in ports.items() for call in set(port.calls)}


def test_the_counted_work_of_a_verify_is_what_the_operations_page_says(counted: dict[str, int]) -> None:
    page = (ROOT / "docs" / "operations.md").read_text()
    assert sum(counted.values()) == 4
    assert f"| table transactions | {sum(counted.values()) + 1} |" in page
    for call, times in counted.items():
        assert f"`{call}` {times}" in page


def test_the_cost_of_a_tenants_day_is_what_is_counted() -> None:
    page = (ROOT / "docs" / "operations.md").read_text()
    assert "<!-- cost -->" in page
    assert cost.page(page) == page, "run python -m bench.cost"


def test_one_instance_takes_as_many_messages_as_it_has_threads_and_calls() -> None:
    """A message that is taken and waits for a thread, or for room towards Exchange, is one that nobody else has."""
    queues = json.loads((ROOT / "host.json").read_text())["extensions"]["queues"]
    template = (ROOT / "infra" / "main.bicep").read_text()
    taken = queues["batchSize"] + queues["newBatchThreshold"]
    every_app = (ROOT / "infra" / "modules" / "app.bicep").read_text()
    assert f"PYTHON_THREADPOOL_THREAD_COUNT: '{taken}'" in every_app
    assert f"param exchangeCalls int = {taken}\n" in template
    assert {setting.default for setting in SETTINGS if setting.name == "KEEPER_EXCHANGE_CALLS"} == {str(taken)}
    assert taken == CALLS
    assert f"works on {taken} messages" in (ROOT / "docs" / "operations.md").read_text()
