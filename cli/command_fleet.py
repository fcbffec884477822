"""``freeze`` and ``release``: the brake over all repairs."""

from collections.abc import Mapping
from typing import Annotated

import typer

from cli import exits
from cli.desk import desk
from cli.options import Agreed, Shown, command
from cli.outside import Outside
from cli.sheets import write_one


def register(app: typer.Typer) -> None:
    """Put the commands in their place."""
    command(app, "freeze")(freeze)
    command(app, "release")(release)


def freeze(
    outside: Outside,
    agreed: Agreed,
    shown: Shown,
    *,
    reason: Annotated[str, typer.Option(help="Why; it is kept in the history.", show_default=False)],
) -> int:
    """Let all repairs that nobody asked for stand still until release; verification goes on."""
    question = "Nothing that drifts is repaired any more, in no tenant, until somebody releases it. Go on?"
    return _ask(outside, ("freeze", {"reason": reason}, question), agreed, shown)


def release(outside: Outside, agreed: Agreed, shown: Shown) -> int:
    """Let repairs go on: each tenant's at its next turn."""
    return _ask(outside, ("release", {}, "Everything that has drifted is repaired from now on. Go on?"), agreed, shown)


def _ask(outside: Outside, order: tuple[str, Mapping[str, object], str], agreed: Agreed, shown: Shown) -> int:
    name, body, question = order
    at = desk(outside)
    at.screen.confirm(question, yes=agreed.yes)
    accepted = at.api.post(f"/api/fleet/{name}", body)
    write_one(at.screen, shown.output, "accepted", accepted, [accepted.status])
    return exits.NOTHING
