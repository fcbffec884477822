"""``python -m local demo``: starts everything, tells the story, and ends with 0 only if every tenant is healthy."""

import argparse
import contextlib
import os
import signal
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from rich.console import Console

from local.azurite import AzuriteError, running_azurite
from local.demo.client import Client
from local.demo.processes import ROOT, DemoError, host, twin
from local.demo.story import Story
from local.ingestion import taking_in
from local.twin.control import TwinControl

OPERATORS = "7b1f6c52-2d0e-4f0a-9d53-0c1f6a5e2b10"
"""The directory whose people operate the product here."""
AUDIENCE = "api://mailflow-keeper"
"""What their tokens are for."""

PEOPLE = (("Rita Reader", "Keeper.Read"), ("Otto Operator", "Keeper.Operate"), ("Ada Admin", "Keeper.Admin"))
"""Who may sign in to the console here, and with which role."""

TELEMETRY = "telemetry.jsonl"
"""What would have reached Application Insights, a line each; the worker of Python 3.13 sends it."""

_LOGS = ROOT / ".state" / "demo"


def main(arguments: list[str]) -> int:
    """Run the demo.

    Returns:
        0 when every tenant is healthy at the end, 1 otherwise.
    """
    parser = argparse.ArgumentParser(prog="python -m local demo", description="Three tenants, from signup to healed.")
    parser.add_argument("--keep", action="store_true", help="leave everything running afterwards")
    options = parser.parse_args(arguments)
    console = Console(highlight=False)
    _LOGS.mkdir(parents=True, exist_ok=True)
    try:
        with stage(_LOGS) as running:
            Story(console, running.client, running.control).tell()
            if options.keep:
                _keep(console, running.client)
    except (DemoError, AzuriteError) as error:
        console.print(f"[bold red]The demo failed:[/] {error}\n(logs: {_LOGS})", markup=True)
        return 1
    return 0


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything that runs.

    Attributes:
        client: The product, seen from outside.
        control: The twin's door behind.
        storage: The connection string of the storage account.
        logs: The folder with what each program says.
    """

    client: Client
    control: TwinControl
    storage: str = field(repr=False)
    logs: Path


@contextlib.contextmanager
def stage(logs: Path) -> Iterator[Stage]:
    """Start Azurite, the twin and the host, joined by settings; stop them afterwards.

    Args:
        logs: The folder for what each program says.
    """
    client = Client.at("")
    with running_azurite(logs) as azurite, twin(logs) as where, taking_in(logs / TELEMETRY) as telemetry:
        settings = {**client.settings(), **settings_for(where, azurite.connection_string), **telemetry}
        control = TwinControl(where["control_url"], where["ca_file"])
        for name, role in PEOPLE:
            control.operator(OPERATORS, name, role)
        with host(logs / "host.log", settings, "--max-polling-seconds", "0.2") as running:
            yield Stage(Client.at(running.url, client), control, azurite.connection_string, logs)


def settings_for(where: Mapping[str, str], storage: str) -> dict[str, str]:
    """The settings that join the product to the twin and to Azurite, with short times."""
    return {
        "AzureWebJobsStorage": storage,
        "KEEPER_STORAGE": storage,
        "KEEPER_EXCHANGE_URL": where["exchange_url"],
        "KEEPER_LOGIN_URL": where["login_url"],
        "KEEPER_GRAPH_URL": where["graph_url"],
        "KEEPER_CLIENT_ID": str(uuid4()),
        "KEEPER_CLIENT_SECRET": "the twin takes any",
        "KEEPER_REGIONS": str(ROOT / "regions.example.json"),
        "KEEPER_RECHECK_SCHEDULE": "*/2 * * * * *",
        "KEEPER_RECHECK_SECONDS": "4",
        "KEEPER_SETTLING_SECONDS": "1",
        "KEEPER_DRAINING_SECONDS": "2",
        "KEEPER_LEASE_SECONDS": "9",
        "KEEPER_OPERATOR_TENANTS": OPERATORS,
        "KEEPER_OPERATOR_AUDIENCE": AUDIENCE,
        "REQUESTS_CA_BUNDLE": where["ca_file"],
    }


def _keep(console: Console, client: Client) -> None:
    console.print(f"\nThe console is at {client.api}/api/console, for whoever has the key: {client.operator_key}")
    console.print(
        f"The API is at {client.api}/api (x-functions-key: the same); the command line, from another terminal:"
    )
    settings = f"KEEPER_URL={client.api} KEEPER_OPERATOR_KEY={client.operator_key}"
    console.print(f"    {settings} {os.path.relpath(sys.executable)} -m cli status", soft_wrap=True)
    console.print("Ctrl-C ends it.")
    with contextlib.suppress(KeyboardInterrupt):
        signal.pause()
