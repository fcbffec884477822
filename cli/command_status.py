"""``status``, ``history``, ``doctor``, ``explain``: what is known. Nothing is changed."""

from collections.abc import Iterator
from itertools import islice
from typing import Annotated

import typer
from rich.text import Text

from cli import exits
from cli.answers import Event, Fleet
from cli.answers_tenants import Tenant, TenantLine
from cli.desk import Desk, desk
from cli.diagnosis import FIX, Line, as_planned, as_recorded, clock_line, unreachable
from cli.errors import CommandError, NoAnswer, Refused, Usage
from cli.explaining import Explanation, explanations
from cli.inert import one_line
from cli.moments import duration, shown
from cli.options import Selection, Shown, command
from cli.outside import Outside
from cli.plans import OURS
from cli.screen import screen_on
from cli.selecting import named, selected
from cli.sheets import Column, Sheet, write, write_one
from cli.status_lines import fleet_lines, next_of, tenant_lines, verdict_style
from cli.words import Form, Purpose

_LINES = (
    Column[TenantLine]("tenant", lambda line: line.initial_domain),
    Column[TenantLine]("id", lambda line: line.tenant_id),
    Column[TenantLine]("region", lambda line: line.region),
    Column[TenantLine]("wanted", lambda line: line.stage),
    Column[TenantLine]("seen", lambda line: line.verdict, verdict_style),
    Column[TenantLine]("looked at", lambda line: shown(line.checked_at)),
    Column[TenantLine]("reason", lambda line: line.reason),
)
_EVENTS = (
    Column[Event]("at", lambda event: shown(event.at)),
    Column[Event]("tenant", lambda event: event.tenant_id or ""),
    Column[Event]("what", lambda event: event.kind),
    Column[Event]("of", lambda event: event.subject),
    Column[Event]("before", lambda event: event.before),
    Column[Event]("after", lambda event: event.after),
    Column[Event]("by", lambda event: event.actor),
)
_STATES = {"ok": "green", "fix": "red", "look": "yellow", "unknown": "yellow"}
_DOCTOR = (
    Column[Line]("", lambda line: line.state),
    Column[Line]("what", lambda line: line.subject),
    Column[Line]("said", lambda line: line.said),
    Column[Line]("fix", lambda line: line.fix),
)


def register(app: typer.Typer) -> None:
    """Put the commands in their place."""
    for name, function in (("status", status), ("history", history), ("doctor", doctor), ("explain", explain)):
        command(app, name)(function)


def status(
    outside: Outside,
    selection: Selection,
    shown: Shown,
    *,
    watch: Annotated[bool, typer.Option("--watch", "-w", help="Look again and again, until Ctrl-C.")] = False,
    every: Annotated[str, typer.Option(help="How often --watch looks.")] = "5s",
) -> int:
    """Show the fleet, one tenant, or the tenants of a selector.

    Without a tenant and a selector it is one request, however many tenants there are.
    """
    at = desk(outside)
    pause = duration(every).total_seconds()
    while True:
        _status(at, selection, shown.output)
        if not watch:
            return exits.NOTHING
        at.sleep(pause)
        at.screen.out.clear()


def _status(at: Desk, selection: Selection, form: Form) -> None:
    if selection.is_empty:
        fleet = at.api.get(Fleet, "/api/fleet")
        write_one(at.screen, form, "fleet", fleet, fleet_lines(fleet))
        if next_of(fleet):
            at.screen.say(f"next: {next_of(fleet)}")
    elif selection.tenants and len(selection.tenants) == 1:
        tenant = _tenant(at, selection.tenants[0])
        write_one(at.screen, form, "tenant", tenant, tenant_lines(tenant))
    else:
        write(at.screen, form, Sheet("tenants", _LINES), selected(at.api, selection))


def _tenant(at: Desk, name: str) -> Tenant:
    return at.api.get(Tenant, f"/api/tenants/{named(at.api, name).tenant_id}")


def history(
    outside: Outside,
    shown: Shown,
    *,
    tenant: Annotated[str, typer.Argument(help="An id or initial domain.", show_default="the fleet")] = "",
    limit: Annotated[int, typer.Option(min=1, help="How many events at most.")] = 50,
    decisions: Annotated[bool, typer.Option("--decisions", help="What was decided on the whole fleet.")] = False,
) -> int:
    """Show what happened to a tenant, or in the whole fleet, newest first."""
    if tenant and decisions:
        raise Usage("either a tenant, or --decisions")
    at = desk(outside)
    path = "/api/fleet/timeline" if decisions else "/api/activity"
    if tenant:
        path = f"/api/tenants/{named(at.api, tenant).tenant_id}/timeline"
    columns = _EVENTS if path == "/api/activity" else (_EVENTS[0], *_EVENTS[2:])
    write(at.screen, shown.output, Sheet("events", columns), islice(at.api.events(path), limit))
    return exits.NOTHING


def doctor(
    outside: Outside, shown: Shown, *, tenant: Annotated[str, typer.Argument(help="An id or initial domain.")]
) -> int:
    """Look at everything that a tenant needs: reachability, clock, consent, roles, hydration, restrictions.

    One line each, with what mends it. Nothing is changed.
    """
    at = desk(outside)
    lines = list(_examined(at, tenant))
    write(at.screen, shown.output, Sheet("diagnosis", _DOCTOR, _diagnosed), lines)
    return exits.CHANGES if any(line.state == FIX for line in lines) else exits.NOTHING


def _diagnosed(line: Line) -> Iterator[str | Text]:
    said = f"  {one_line(line.subject):12}  {one_line(line.said)}"
    yield Text.assemble((f"{line.state:7}", _STATES[line.state]), said)
    if line.fix:
        yield f"{'':23}{one_line(line.fix)}"


def _examined(at: Desk, name: str) -> Iterator[Line]:
    try:
        theirs = at.api.server_time()
    except NoAnswer as error:
        yield unreachable(error)
        return
    yield Line("reachability", "ok", f"{at.url} answers")
    yield clock_line(at.now(), theirs)
    record = _tenant(at, name)
    yield from as_recorded(record, at.api.get(Fleet, "/api/fleet"), at.now())
    failure: CommandError | None = None
    plan = None
    try:
        plan = at.api.plan(record.tenant_id, Purpose.REMEDIATE)
    except Refused as refused:
        if refused.code in OURS:
            raise
        failure = refused
    yield from as_planned(record, plan, failure)


def explain(outside: Outside, shown: Shown, *, code: Annotated[str, typer.Argument(help="A code of any kind.")]) -> int:
    """Explain a code: of an error, a finding, a verdict. It asks nobody."""
    screen = screen_on(outside)
    columns = (
        Column[Explanation]("kind", lambda each: each.kind),
        Column[Explanation]("meaning", lambda each: each.meaning),
        Column[Explanation]("cause", lambda each: each.cause),
        Column[Explanation]("next", lambda each: each.then),
    )
    write(screen, shown.output, Sheet("explanations", columns, _explained), explanations(code))
    return exits.NOTHING


def _explained(each: Explanation) -> Iterator[str]:
    yield f"{each.code} ({each.kind})"
    yield f"  meaning  {each.meaning}"
    yield f"  cause    {each.cause}"
    yield f"  next     {each.then}"
