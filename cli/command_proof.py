"""``proof``: what an off-boarding found, took away and read back, for whoever wants to know that nothing is left."""

from hashlib import sha256
from pathlib import Path
from typing import Annotated

import typer

from cli import exits
from cli.answers_tenants import Proof, Tenant
from cli.desk import Desk, desk
from cli.errors import NotWritten, Refused
from cli.options import Shown, command
from cli.outside import Outside
from cli.proof_lines import is_proof, proof_lines
from cli.selecting import named
from cli.sheets import document, write_one
from cli.words import Form, Stage

_TYPE = "proof"


def register(app: typer.Typer) -> None:
    """Put the command in its place."""
    command(app, "proof")(proof)


def proof(
    outside: Outside,
    shown: Shown,
    *,
    tenant: Annotated[str, typer.Argument(help="An id or initial domain.")],
    out: Annotated[
        Path | None,
        typer.Option(help="Write it into a new file, as JSON; one that is there stays.", show_default=False),
    ] = None,
) -> int:
    """Show the proof of a tenant's newest off-boarding: what was there, what went and when, what stays, what was read.

    The exit code is 2 where it does not prove that nothing of ours is left: it is not finished, or of an earlier time.
    """
    at = desk(outside)
    record = at.api.get(Tenant, f"/api/tenants/{named(at.api, tenant).tenant_id}")
    found = _found(at, record)
    if out is not None:
        at.screen.say(f"{out}: sha256 {_written(out, document(Form.JSON, _TYPE, found))}")
    write_one(at.screen, shown.output, _TYPE, found, proof_lines(found, record.generation, record.stage))
    if is_proof(found, record.generation, record.stage):
        return exits.NOTHING
    at.screen.say(f"next: keeper status {record.tenant_id}")
    return exits.CHANGES


def _found(at: Desk, record: Tenant) -> Proof:
    try:
        return at.api.get(Proof, f"/api/tenants/{record.tenant_id}/proof")
    except Refused as refused:
        if refused.code == "unknown_proof" and record.stage == Stage.OFFBOARDING:
            # It was asked for: what comes next is not to ask for it.
            raise Refused(refused.code, str(refused), f"keeper status {record.tenant_id}") from None
        raise


def _written(path: Path, text: str) -> str:
    """Write a new file, whole or not at all; gives its SHA-256."""
    try:
        with path.open("x", encoding="ascii", newline="\n") as file:
            try:
                file.write(text)
                file.flush()
            except BaseException:
                path.unlink(missing_ok=True)
                raise
    except FileExistsError:
        raise NotWritten(f"{path}: it is there already") from None
    except OSError as error:
        raise NotWritten(f"{path}: {error.strerror}") from None
    return sha256(text.encode("ascii")).hexdigest()
