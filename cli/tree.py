"""Every command in its place."""

from typing import Annotated

import typer

from cli import (
    command_diff,
    command_evidence,
    command_fleet,
    command_orders,
    command_plans,
    command_poison,
    command_proof,
    command_status,
)
from cli.exits import MEANINGS
from cli.version import own_version

app = typer.Typer(
    name="keeper",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Operate Mailflow Keeper: see the fleet, plan, order, and prove. KEEPER_URL says where its API is.",
    epilog="Exit codes: " + " ".join(f"{code}: {text}" for code, text in MEANINGS.items()),
)
for _module in (
    command_status,
    command_plans,
    command_diff,
    command_orders,
    command_fleet,
    command_evidence,
    command_proof,
):
    _module.register(app)
app.add_typer(command_poison.poison, name="poison")


def _say_version(is_asked: bool) -> None:  # noqa: FBT001 - as typer calls it
    if is_asked:
        typer.echo(f"keeper {own_version()}")
        raise typer.Exit


@app.callback()
def _keeper(
    *,
    version: Annotated[
        bool, typer.Option("--version", help="Say the version.", callback=_say_version, is_eager=True)
    ] = False,
) -> None: ...
