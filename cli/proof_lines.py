"""The proof of an off-boarding as people read it, and whether it is one. Pure."""

from collections.abc import Iterable, Iterator, Sequence

from rich.text import Text

from cli.answers_tenants import Proof
from cli.inert import one_line
from cli.moments import shown
from cli.sheets import grid
from cli.words import Stage

_LEAVING = frozenset({Stage.OFFBOARDING, Stage.OFFBOARDED})


def is_proof(proof: Proof, generation: int, stage: str) -> bool:
    """Tell whether a proof shows that nothing of ours is left in its tenant.

    Args:
        proof: The proof of the tenant's newest off-boarding that has begun.
        generation: The tenant's own; where it is another, something else was asked for since.
        stage: What is wanted of the tenant.
    """
    return _is_whole(proof) and _is_of_now(proof, generation, stage)


def _is_whole(proof: Proof) -> bool:
    return proof.is_proved and proof.finished_at is not None and not proof.read_back


def _is_of_now(proof: Proof, generation: int, stage: str) -> bool:
    return proof.generation == generation and stage in _LEAVING


def proof_lines(proof: Proof, generation: int, stage: str) -> Iterator[str | Text]:
    """A proof for people: how it ended, what was there, what went and when, what stays and why, what was read back."""
    names = (proof.initial_domain, proof.tenant_id, proof.account_id)
    yield Text("  ".join(map(one_line, names)), style="bold")
    yield Text(_end(proof, generation, stage), style="green" if is_proof(proof, generation, stage) else "red")
    yield f"begun: {shown(proof.begun_at)}   finished: {shown(proof.finished_at)}"
    yield from _block("there was", _there(proof), "nothing of ours")
    yield from _block("taken away, step by step", ([each] for each in proof.removed), "nothing")
    yield from _block("left in place", proof.left.items(), "nothing that has one of our names")
    unread = "nothing has been read back yet" if proof.finished_at is None else "nothing of ours"
    yield from _block("read back", ([each] for each in proof.read_back), unread)


def _end(proof: Proof, generation: int, stage: str) -> str:
    if not _is_of_now(proof, generation, stage):
        return f"of an earlier off-boarding: the tenant is {one_line(stage)} since, which this is no proof of"
    if _is_whole(proof):
        return "proved: nothing of ours was left in the tenant"
    if proof.finished_at is None:
        return "not proved: the off-boarding is not finished"
    return "not proved: something of ours was read back"


def _there(proof: Proof) -> Iterator[Sequence[str]]:
    """What was there, by the kinds and the names that the tenant had for it; every property is in the JSON."""
    for row in proof.before:
        yield tuple(str(row.get(name, "")) for name in ("kind", "Name", "Guid"))
    if proof.had_sealer:
        yield "ArcConfig", "our sealer", ""


def _block(title: str, rows: Iterable[Sequence[str]], nothing: str) -> Iterator[str]:
    yield title
    yield from (f"    {line}" for line in grid(list(rows) or [[nothing]]))
