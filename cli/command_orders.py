"""Orders to tenants: verify, activate, deactivate, pause, resume, hold, offboard; accept and revoke deviations."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Annotated

import typer

from cli import exits
from cli.answers import Accepted
from cli.desk import Desk, desk
from cli.errands import ERRANDS, Errand
from cli.errors import Usage
from cli.moments import until
from cli.options import Because, Looking, Manner, Said, Selection, Shown, Waves, command
from cli.ordering import Order, allowed, carry
from cli.outcomes import Target
from cli.outside import Outside
from cli.plan_file import spool
from cli.planning import bound, keep, show
from cli.reading import moment_text
from cli.selecting import check, named, selected
from cli.sheets import write_one
from cli.target_file import spooled, targets_in
from cli.words import Purpose, Scope

_Setting = Annotated[str, typer.Argument(help="The object's name, a slash and the setting's, as keeper diff shows it.")]
_Tenant = Annotated[str, typer.Argument(help="An id or initial domain.")]


def register(app: typer.Typer) -> None:
    """Put the commands in their place."""
    functions = (verify, activate, deactivate, pause, resume, hold, offboard, accept, revoke)
    for function in functions:
        command(app, function.__name__)(function)


def verify(outside: Outside, selection: Selection, waves: Waves, shown: Shown, said: Said) -> int:
    """Have tenants looked at. With --wait the exit code is 2 where one is not healthy. Nothing is changed."""
    return _order(desk(outside), selection, Order(_with(said, "verify"), waves, shown.output, is_fleet=False), yes=True)


def activate(outside: Outside, selection: Selection, manner: Manner, said: Said) -> int:
    """Let mail go through MailMarshal Cloud: Loop Check on, then Redirect."""
    return _fleet_order(desk(outside), selection, _with(said, "activate"), manner)


def deactivate(outside: Outside, selection: Selection, manner: Manner, said: Said) -> int:
    """Let mail pass by MailMarshal Cloud; everything stays in place, switched off."""
    return _fleet_order(desk(outside), selection, _with(said, "deactivate"), manner)


def pause(
    outside: Outside,
    selection: Selection,
    manner: Manner,
    because: Because,
    *,
    scope: Annotated[Scope | None, typer.Option(help="Pause a region or everybody by one order, at once.")] = None,
) -> int:
    """Let mail pass by MailMarshal Cloud for a while; the pause ends by itself."""
    at = desk(outside)
    body = _for_a_while(at, because)
    if scope is not None:
        question = f"Mail of every active tenant of {scope} passes by MailMarshal Cloud, unscanned by it, until then."
        return _scope_order(at, selection, ("pause", {**body, "scope": scope.value}, question), manner)
    return _fleet_order(at, selection, replace(ERRANDS["pause"], body=body), manner)


def resume(
    outside: Outside,
    selection: Selection,
    manner: Manner,
    said: Said,
    *,
    scope: Annotated[Scope | None, typer.Option(help="End the pause of a region or of everybody.")] = None,
) -> int:
    """End a pause and a hold."""
    at = desk(outside)
    if scope is not None:
        question = f"Mail of the tenants of {scope} goes through MailMarshal Cloud again, one tenant after another."
        return _scope_order(at, selection, ("resume", {"scope": scope.value}, question), manner)
    return _fleet_order(at, selection, _with(said, "resume"), manner)


def hold(outside: Outside, selection: Selection, waves: Waves, shown: Shown, because: Because) -> int:
    """Watch tenants and repair nothing for a while; the hold ends by itself. Mail keeps its way."""
    at = desk(outside)
    errand = replace(ERRANDS["hold"], body=_for_a_while(at, because))
    return _order(at, selection, Order(errand, waves, shown.output, is_fleet=False), yes=True)


def offboard(outside: Outside, selection: Selection, manner: Manner, said: Said) -> int:
    """Remove everything of ours from tenants, prove it, and let them go."""
    return _fleet_order(desk(outside), selection, _with(said, "offboard"), manner)


def accept(outside: Outside, shown: Shown, because: Because, *, tenant: _Tenant, setting: _Setting) -> int:
    """Accept a deviation for a while: just the value that is there now, which stays watched."""
    at = desk(outside)
    return _single(at, tenant, "accept", {"setting": setting, **_for_a_while(at, because)}, shown)


def revoke(outside: Outside, shown: Shown, said: Said, *, tenant: _Tenant, setting: _Setting) -> int:
    """Accept a deviation no longer."""
    return _single(desk(outside), tenant, "revoke", {"setting": setting, "reason": said.reason}, shown)


def _for_a_while(at: Desk, because: Because) -> dict[str, object]:
    return {"reason": because.reason, "until": moment_text(until(because.until, at.now()))}


def _with(said: Said, name: str) -> Errand:
    return replace(ERRANDS[name], body={"reason": said.reason})


def _fleet_order(at: Desk, selection: Selection, errand: Errand, manner: Manner) -> int:
    order = Order(errand, manner.waves, manner.shown.output, is_fleet=selection.is_fleet)
    return _order(at, selection, order, yes=manner.agreed.yes)


def _order(at: Desk, selection: Selection, order: Order, *, yes: bool) -> int:
    """Count whom it means, on disk and not in memory, then carry it out."""
    check(selection)
    lines = selected(at.api, selection)
    if selection.is_fleet:
        lines = filter(order.errand.means, lines)
    with spooled(lines) as (place, count):
        allowed(at, order, selection, count)
        if yes or not count or not at.screen.can_ask:
            return carry(at, order, targets_in(place), count, yes=yes)
        return _shown(at, order, targets_in(place), count)


def _shown(at: Desk, order: Order, targets: Iterator[Target], count: int) -> int:
    """Show a person what the order would do, and bind it to that.

    Nobody stays where they are because no plan can be made: whoever is asked sees why, and decides.
    """
    with spool() as place:
        totals = keep(at, targets, Purpose(order.errand.command), place, Looking().concurrency)
        show(at, place, totals)
        at.screen.say(totals.sentence())
        if totals.unplanned:
            at.screen.say("whoever could not be planned is asked all the same, bound to no plan")
        return carry(at, order, bound(place), count, yes=False)


def _scope_order(at: Desk, selection: Selection, order: tuple[str, Mapping[str, object], str], manner: Manner) -> int:
    if not selection.is_empty:
        raise Usage("--scope stands for itself: name no tenants and choose with no selector")
    name, body, question = order
    at.screen.confirm(f"{question} Go on?", yes=manner.agreed.yes)
    return _told(at, at.api.post(f"/api/fleet/{name}", body), manner.shown)


def _single(at: Desk, tenant: str, name: str, body: Mapping[str, object], shown: Shown) -> int:
    return _told(at, at.api.post(f"/api/tenants/{named(at.api, tenant).tenant_id}/{name}", body), shown)


def _told(at: Desk, accepted: Accepted, shown: Shown) -> int:
    operation = f" ({accepted.operation_id})" if accepted.operation_id else ""
    write_one(at.screen, shown.output, "accepted", accepted, [f"{accepted.status}{operation}"])
    return exits.NOTHING
