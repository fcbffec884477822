"""A whole run around its questions: what is asked, undone, written down, and said last."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from local.probe.ledger import Ledger
from local.probe.questions import QUESTIONS
from local.probe.report import ANSWERS, LEFT, disguise_of, properties, save, table
from local.probe.run import Exchange, Run
from local.probe.samples import Sampler
from local.probe.terminal import Terminal

_INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything outside of a run.

    Attributes:
        exchange: The tenant.
        terminal: The operator.
        folder: Where to write.
        wait: Lets Exchange's servers come to agree.
        source: Whose Exchange it is.
    """

    exchange: Exchange
    terminal: Terminal
    folder: Path
    wait: Callable[[], None]
    source: str


def conduct(scene: Scene) -> int:
    """Ask, undo, and write down what was found, even when the operator ends it early."""
    scene.folder.mkdir(parents=True, exist_ok=True)
    ledger = Ledger(secrets.token_hex(4), lambda page: keep(scene.folder / LEFT, page))
    run = Run(scene.exchange, scene.terminal, ledger, scene.wait)
    try:
        is_whole = _asked(run) & _undone(run)
        sampler = Sampler(disguise_of(run), properties(), datetime.now(UTC))
        lines = save(run, scene.folder, scene.source, sampler)
        scene.terminal.say(f"\n{table(lines)}\nWritten to {scene.folder / ANSWERS}, with the samples beside it.")
    finally:
        # Whatever else went wrong: this is the last thing that is said.
        page = ledger.page()
        end = f"{page}(also in {scene.folder / LEFT})" if page else "Nothing of the probe is left in the tenant."
        scene.terminal.say(f"\n{end}")
    return 1 if page else 0 if is_whole else _INTERRUPTED


def _asked(run: Run) -> bool:
    """Ask everything; whether it came to its end."""
    try:
        run.begin()
        for question in QUESTIONS:
            run.ask(question)
    except KeyboardInterrupt:
        run.terminal.say("\nInterrupted.")
        return False
    return True


def _undone(run: Run) -> bool:
    """Remove what the questions have left; whether nobody cut it short."""
    if run.ledger.left():
        run.terminal.say("Removing what is left; to interrupt this leaves it behind …")
        try:
            run.undo()
        except KeyboardInterrupt:
            return False
    return True


def keep(path: Path, page: str) -> None:
    """Keep a page on disk, where it outlasts the program; an empty one is no page."""
    if page:
        path.write_text(page, encoding="utf-8")
    else:
        path.unlink(missing_ok=True)
