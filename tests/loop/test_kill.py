"""The host dies in the middle of a provision, without a word; the next one finishes the work."""

from pathlib import Path
from uuid import uuid4

import pytest

from local.azurite import running_azurite
from local.demo.client import Client
from local.demo.command import settings_for
from local.demo.items import foreign, rules_are_in_order, six_items
from local.demo.processes import host, twin
from local.twin.control import TwinControl
from tests.loop.test_loop import EU, PATIENCE_S, until
from tools import kill

LEASE_S = 3
HOST = ("--max-polling-seconds", "0.2", "--lease-seconds", str(LEASE_S))
# The timer must not be what finishes the work: only the message that was in the dead host's hands may.
NO_TIMER = {"KEEPER_RECHECK_SCHEDULE": "0 0 0 1 1 *"}


def writes(control: TwinControl, tenant_id: str) -> list[str]:
    sent = [entry["cmdlet"] for entry in control.history(tenant_id) if entry["actor"] == "application"]
    return [cmdlet for cmdlet in sent if not cmdlet.startswith("Get-")]


@pytest.mark.loop
@pytest.mark.xdist_group("kill")
def test_a_host_killed_in_the_middle_of_a_provision_is_finished_by_the_next_one(tmp_path: Path) -> None:
    keys, tenant_id = Client.at(""), str(uuid4())
    signup = {"account_id": "acme", "tenant_id": tenant_id, "region": "eu", "initial_domain": "k.onmicrosoft.com"}
    with running_azurite(tmp_path) as azurite, twin(tmp_path) as where:
        control = TwinControl(where["control_url"], where["ca_file"])
        settings = {**keys.settings(), **settings_for(where, azurite.connection_string), **NO_TIMER}
        control.create_tenant(tenant_id, "k.onmicrosoft.com", seed=3)
        before = foreign(control.state(tenant_id))
        control.fault(tenant_id, cmdlet="New-OutboundConnector", status=200, seconds=60)

        with host(tmp_path / "first.log", settings, *HOST) as first:
            assert Client.at(first.url, keys).sign_up(signup).status_code == 202
            until(lambda: "New-OutboundConnector" in writes(control, tenant_id))
            first.process.kill()
            first.process.wait()
        assert writes(control, tenant_id) == ["New-InboundConnector", "New-OutboundConnector"]

        with host(tmp_path / "second.log", settings, *HOST) as second:
            Client.at(second.url, keys).wait_for(tenant_id, PATIENCE_S, stage="staged", verdict="healthy")
        state = control.state(tenant_id)
        assert set(six_items(state, EU).values()) == {"on", "off"}
        assert rules_are_in_order(state)
        assert foreign(state) == before
        # What the first host had written was found, not written again.
        assert writes(control, tenant_id)[2:] == ["Set-ArcConfig", "New-TransportRule", "New-TransportRule"]


@pytest.mark.loop
@pytest.mark.xdist_group("kill")
@pytest.mark.timeout(300)
def test_a_host_that_is_killed_at_random_moments_loses_nothing_and_writes_nothing_twice(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert kill.main(["--kills", "4", "--tenants", "3", "--seed", "7"]) == 0
    assert "3 tenants, 21 writes" in capsys.readouterr().out
