"""On the real host: an administrator's damage is told to receivers on loopback, and that it is over."""

import json
import os
from collections.abc import Iterator

import pytest

from local.demo.command import Stage, stage
from tests.adapters.receivers import Receiver, receiving
from tests.functions.desk import entries
from tests.loop.test_life import LOOP_CHECK, Life
from tests.loop.test_loop import until

pytestmark = [pytest.mark.loop, pytest.mark.xdist_group("loop")]


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with receiving() as running:
        yield running


@pytest.fixture(scope="module")
def telling(receiver: Receiver, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The product, which knows whom to tell."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "KEEPER_NOTIFY", json.dumps(list(entries(receiver.url).values())))
        with stage(tmp_path_factory.mktemp("telling")) as running:
            yield running


def test_from_the_damage_of_an_administrator_to_resolved_at_every_receiver(telling: Stage, receiver: Receiver) -> None:
    life = Life(telling)
    life.control.turn(life.tenant_id, consent=True, role="exchange_administrator")
    life.sign_up("eu")
    life.wait(stage="staged", verdict="healthy")
    life.client.ask(life.tenant_id, "activate")
    life.wait(stage="active", verdict="healthy")
    # Repairs stand still, so that the damage lasts.
    life.client.call("POST", "/api/fleet/freeze", {"reason": "a change window"})
    life.control.administrator(life.tenant_id, "Disable-TransportRule", {"Identity": LOOP_CHECK})
    until(lambda: receiver.kinds("pagerduty") == ["trigger"])
    until(lambda: receiver.kinds("webhook") == ["incident.opened"])
    until(lambda: len(receiver.kinds("teams")) == 1)
    life.client.call("POST", "/api/fleet/release", {})
    life.wait(stage="active", verdict="healthy")
    until(lambda: receiver.kinds("pagerduty") == ["trigger", "resolve"] and receiver.open == set())
    until(lambda: len(receiver.kinds("teams")) == 2)
    assert receiver.wrong == []
    log = (telling.logs / "host.log").read_text()
    assert "127.0.0.1:" + receiver.url.rpartition(":")[2] not in log, "an address is a secret"
