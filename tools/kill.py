"""Kill the functions host again and again while tenants are provisioned and activated; nothing may be lost.

``python tools/kill.py --kills 50 --tenants 20``: Azurite, the twin and the host as processes, as everywhere; the host
is killed (SIGKILL) at random moments and started again, while signed webhooks and an operator's activations come in
between. It ends with 0 only if every tenant is active and healthy, and nothing of anybody else's was changed.
"""

import argparse
import contextlib
import json
import random
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import requests

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from local.azurite import running_azurite
from local.demo.client import Client
from local.demo.command import settings_for
from local.demo.items import foreign, rules_are_in_order, six_items
from local.demo.processes import ROOT, DemoError, RunningHost, host, twin
from local.twin.control import TwinControl

_HOST = ("--max-polling-seconds", "0.2", "--lease-seconds", "3")
_PATIENCE_S = 240.0
_REGIONS = ("au", "eu", "us")


@dataclass
class Killing:
    """One run.

    Attributes:
        control: The twin's door behind.
        settings: What the host is started with.
        keys: What lets us in.
        logs: Where the hosts write.
        dice: When to kill.
        tenants: The tenants' ids, with what was in each before.
    """

    control: TwinControl
    settings: dict[str, str]
    keys: Client
    logs: Path
    dice: random.Random
    tenants: dict[str, dict[str, object]] = field(default_factory=dict)

    def create(self, count: int) -> None:
        """Make the tenants, each with objects of its own."""
        for number in range(count):
            tenant_id = str(UUID(int=self.dice.getrandbits(128), version=4))
            self.control.create_tenant(tenant_id, f"k{number}.onmicrosoft.com", seed=number)
            self.tenants[tenant_id] = foreign(self.control.state(tenant_id))

    def kill(self, kills: int) -> None:
        """Start a host, let people ask, kill it at a random moment; again and again."""
        for number in range(kills):
            with host(self.logs / f"{number}.log", self.settings, *_HOST) as running:
                end = time.monotonic() + self.dice.uniform(0.05, 2.0)
                while time.monotonic() < end:
                    self._ask(running)
                running.process.kill()
                running.process.wait()
            print(f"killed {number + 1} of {kills}", file=sys.stderr)

    def _ask(self, running: RunningHost) -> None:
        """Ask for the next thing that a tenant needs; whoever is not answered asks again later."""
        client, tenant_id = Client.at(running.url, self.keys), self.dice.choice(list(self.tenants))
        with contextlib.suppress(requests.RequestException, DemoError):
            known = requests.get(
                f"{client.api}/api/tenants/{tenant_id}", headers={"x-functions-key": client.operator_key}, timeout=5
            )
            if known.status_code == 404:  # noqa: PLR2004 - HTTP's own number
                client.sign_up(self.signup(tenant_id))
            elif known.json().get("stage") == "staged":
                client.ask(tenant_id, "activate")
        time.sleep(0.02)

    def signup(self, tenant_id: str) -> dict[str, str]:
        """What the vendor says of a tenant."""
        number = list(self.tenants).index(tenant_id)
        region, domain = _REGIONS[number % len(_REGIONS)], f"k{number}.onmicrosoft.com"
        return {"account_id": "acme", "tenant_id": tenant_id, "region": region, "initial_domain": domain}

    def finish(self) -> list[str]:
        """Let the last host live until all is done; gives what is wrong in the end."""
        with host(self.logs / "last.log", self.settings, *_HOST) as running:
            end = time.monotonic() + _PATIENCE_S
            while time.monotonic() < end and (wrong := self.complaints(Client.at(running.url, self.keys))):
                self._ask(running)
            return self.complaints(Client.at(running.url, self.keys)) if wrong else []

    def complaints(self, client: Client) -> list[str]:
        """What is not as it must be, read off the tenants and the records."""
        regions = json.loads((ROOT / "regions.example.json").read_text())["regions"]
        found: list[str] = []
        for tenant_id, before in self.tenants.items():
            state = self.control.state(tenant_id)
            skip_ips = regions[self.signup(tenant_id)["region"]]["skip_ips"]
            if set(six_items(state, skip_ips).values()) != {"on"} or not rules_are_in_order(state):
                found.append(f"{tenant_id}: not active")
            elif foreign(state) != before:
                found.append(f"{tenant_id}: something of theirs was changed")
            elif client.tenant(tenant_id)["verdict"] != "healthy":
                found.append(f"{tenant_id}: not healthy on record")
        return found


def main(arguments: list[str]) -> int:
    """Run.

    Returns:
        0 when nothing was lost, 1 otherwise.
    """
    parser = argparse.ArgumentParser(prog="python tools/kill.py", description="Kill the host again and again.")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--tenants", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    keys, begun = Client.at(""), time.monotonic()
    with tempfile.TemporaryDirectory() as folder, running_azurite(Path(folder)) as azurite, twin(Path(folder)) as where:
        settings = {**keys.settings(), **settings_for(where, azurite.connection_string)}
        control = TwinControl(where["control_url"], where["ca_file"])
        run = Killing(control, settings, keys, Path(folder), random.Random(options.seed))
        run.create(options.tenants)
        run.kill(options.kills)
        wrong = run.finish()
        writes = sum(
            entry["actor"] == "application" and not entry["cmdlet"].startswith("Get-")
            for tenant_id in run.tenants
            for entry in control.history(tenant_id)
        )
    print(
        f"{options.kills} kills, {options.tenants} tenants, {writes} writes, seed {options.seed}, "
        f"{time.monotonic() - begun:.0f} s: {len(wrong)} lost"
    )
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
