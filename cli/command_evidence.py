"""``evidence``: a folder that shows what was there, for whoever was not."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from cli import exits
from cli.answers import Fleet, Whoami
from cli.answers_plans import Plan
from cli.answers_tenants import Tenant, TenantLine
from cli.desk import Desk, desk
from cli.errors import Refused, Usage
from cli.evidence_chain import SCHEMA_VERSION, Manifest, Operator, Tool, checked, newest, previous
from cli.evidence_rows import LookFailed, Result, actions_of
from cli.evidence_run import Written, write_run
from cli.options import Looking, Selection, Shown, command
from cli.outside import Outside
from cli.plans import OURS
from cli.screen import screen_on
from cli.selecting import check, selected
from cli.sheets import Column, Sheet, write, write_one
from cli.side_by_side import side_by_side
from cli.version import own_version
from cli.words import Purpose

_RUNS = (
    Column[Manifest]("run", lambda each: each.run),
    Column[Manifest]("tenants", lambda each: str(each.tenants)),
    Column[Manifest]("by", lambda each: each.operator.name),
    Column[Manifest]("of", lambda each: each.url),
    Column[Manifest]("state", lambda _: "as its manifest says"),
)


@dataclass(frozen=True, slots=True)
class Keeping:
    """Where evidence goes, and what of."""

    looking: Looking
    out: Annotated[Path, typer.Option(help="The folder that runs lie in; each is a folder of its own.")] = Path(
        "evidence"
    )
    earlier: Annotated[
        Path | None, typer.Option("--previous", help="The manifest to chain to.", show_default="the newest in --out")
    ] = None
    live: Annotated[bool, typer.Option("--live", help="Look at each tenant now, and keep what differs.")] = False


def register(app: typer.Typer) -> None:
    """Put the command in its place."""
    command(app, "evidence")(evidence)


def evidence(
    outside: Outside,
    selection: Selection,
    shown: Shown,
    keeping: Keeping,
    *,
    run: Annotated[
        Path | None, typer.Option("--check", help="Compare a run, and those before it, with their manifests.")
    ] = None,
) -> int:
    """Write what is known of tenants into a folder: a report, JSON, tables, and a manifest with the hash of each.

    Runs are a chain: each manifest has the hash of the one before. Without --live nothing is asked of Microsoft.
    """
    if run is not None:
        return _compared(outside, selection, shown, run)
    check(selection)
    at = desk(outside)
    begun = _begun(at, selection, keeping.earlier or newest(keeping.out))
    with at.screen.progress("evidence", None) as step:

        def results() -> Iterator[Result]:
            look = partial(_result, at, live=keeping.live)
            for result in side_by_side(look, selected(at.api, selection), keeping.looking.concurrency):
                yield result
                step()

        written = write_run(keeping.out, begun, results(), at.now)
    write_one(at.screen, shown.output, "evidence", written.manifest, _lines(written))
    return exits.NOTHING


def _compared(outside: Outside, selection: Selection, shown: Shown, run: Path) -> int:
    if not selection.is_empty:
        raise Usage("--check stands for itself: name no tenants and choose with no selector")
    write(screen_on(outside), shown.output, Sheet("runs", _RUNS), checked(run))
    return exits.NOTHING


def _begun(at: Desk, selection: Selection, before: Path | None) -> Manifest:
    """What is known of a run before its first tenant."""
    who, now = at.api.get(Whoami, "/api/whoami"), at.now()
    filters = ", ".join(f"{name} {value}" for name, value in selection.filters().items())
    return Manifest(
        schema_version=SCHEMA_VERSION,
        run=now.strftime("%Y%m%dT%H%M%SZ"),
        tool=Tool("keeper", own_version()),
        operator=Operator(who.name, who.roles),
        url=at.url,
        selection=", ".join(selection.tenants or ()) or filters or "all tenants",
        begun_at=now,
        finished_at=now,
        tenants=0,
        verdicts={},
        specs=at.api.get(Fleet, "/api/fleet").counts.spec,
        previous=previous(before),
    )


def _result(at: Desk, line: TenantLine, *, live: bool) -> Result:
    tenant = at.api.get(Tenant, f"/api/tenants/{line.tenant_id}")
    look, failed = _looked(at, line.tenant_id) if live else (None, None)
    return Result(tenant, actions_of(tenant), look, failed)


def _looked(at: Desk, tenant_id: str) -> tuple[Plan | None, LookFailed | None]:
    try:
        return at.api.plan(tenant_id, Purpose.REMEDIATE), None
    except Refused as refused:
        if refused.code in OURS:
            raise
        return None, LookFailed(refused.code, str(refused))


def _lines(written: Written) -> list[str]:
    counts = ", ".join(f"{count} {verdict}" for verdict, count in written.manifest.verdicts.items())
    before = written.manifest.previous
    return [
        f"{written.folder}: {written.manifest.tenants} tenants ({counts or 'none'})",
        f"chained to {before.run}" if before else "the first of its chain",
        f"manifest sha256 {written.sha256}",
    ]
