"""What the operator gets: the table of answers, and the samples as files. No I/O but the files."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

from local.probe.disguise import Disguise
from local.probe.judgement import Verdict, verdict
from local.probe.names import names_in, words_in
from local.probe.questions import QUESTIONS
from local.probe.run import Run
from local.probe.samples import Sampler
from local.probe.vocabulary import written
from shared.adapters.exchange_answers import Answer
from shared.adapters.exchange_calls import Call

ANSWERS, LEFT = "answers.md", "left-behind.md"
_WIDTH = 118


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table, with nothing of the tenant in it.

    Attributes:
        number: The question's number.
        title: The question.
        answer: What was found out.
        files: The samples that bear it out.
    """

    number: int
    title: str
    answer: str
    files: tuple[str, ...]


def file_of(slug: str) -> str:
    """The name of a call's sample."""
    return f"recorded.{slug}.json"


def answered(run: Run, disguise: Disguise) -> list[Line]:
    """Answer every question by what was seen."""
    return [_line(verdict(question, run.seen()), run, disguise) for question in QUESTIONS]


def _line(found: Verdict, run: Run, disguise: Disguise) -> Line:
    files = tuple(file_of(slug) for slug in found.slugs if run.evidence[slug].answer is not None)
    return Line(found.question.number, found.question.title, disguise.text(found.text), files)


def save(run: Run, folder: Path, source: str, sampler: Sampler) -> list[Line]:
    """Write a sample of every answer, and the table.

    Args:
        run: What was seen.
        folder: Where to.
        source: Whose Exchange it was, for the heading: a cloud, never a tenant.
        sampler: How answers become samples.
    """
    for slug, (call, answer) in _kept(run).items():
        text = json.dumps(sampler.sample(call, answer), indent=1, ensure_ascii=False)
        (folder / file_of(slug)).write_text(text + "\n", encoding="utf-8")
    lines = answered(run, sampler.disguise)
    (folder / ANSWERS).write_text(markdown(lines, source), encoding="utf-8")
    return lines


def _kept(run: Run) -> dict[str, tuple[Call, Answer]]:
    """The answers to the questions; what was read before them is not kept."""
    slugs = [step.slug for question in QUESTIONS for step in question.steps]
    found = {slug: run.evidence[slug] for slug in slugs if slug in run.evidence}
    return {slug: (one.call, one.answer) for slug, one in found.items() if one.answer is not None}


def disguise_of(run: Run) -> Disguise:
    """The disguise of a run: everything that the tenant was seen to call its own is known to it."""
    return Disguise(names_in(run.evidence.values()), words_in(run.evidence.values()))


def properties() -> frozenset[str]:
    """The properties that the probe writes."""
    return written(step for question in QUESTIONS for step in question.steps)


def markdown(lines: Sequence[Line], source: str) -> str:
    """The table as a page."""
    rows = [
        f"| {line.number} | {_cell(line.title)} | {_cell(line.answer)} | {', '.join(f'`{f}`' for f in line.files)} |"
        for line in lines
    ]
    heading = "# The twelve questions of exchange contract §7, as this tenant answered them"
    table = ["| | Question | Answer | Evidence |", "|---|---|---|---|", *rows]
    return "\n".join([heading, "", f"Asked of: {source}.", "", *table, ""])


def table(lines: Sequence[Line]) -> str:
    """The table for a terminal."""
    shown = Table(box=box.SIMPLE_HEAD, width=_WIDTH, show_lines=True)
    for title, ratio in (("", 1), ("question", 8), ("answer", 16), ("evidence", 10)):
        shown.add_column(title, ratio=ratio, overflow="fold")
    for line in lines:
        shown.add_row(str(line.number), _plain(line.title), _plain(line.answer), _plain("\n".join(line.files)))
    console = Console(width=_WIDTH, color_system=None, highlight=False, force_terminal=False)
    with console.capture() as captured:
        console.print(shown)
    return captured.get()


def _plain(text: str) -> str:
    """Keep brackets from being read as markup."""
    return text.replace("[", "\\[")


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
