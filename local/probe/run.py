"""One run: the questions in their order, each write only after a yes, each undone when its question is over."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from local.probe.evidence import Evidence, Seen
from local.probe.judgement import Question
from local.probe.ledger import Ledger
from local.probe.own import check_own
from local.probe.questions import FIRST, LISTS
from local.probe.questions_wire import has_link
from local.probe.steps import Page, Step, call_of, removal, shown
from local.probe.terminal import Terminal
from local.probe.undo import Undoing
from shared.adapters.exchange_answers import Reply
from shared.adapters.exchange_calls import Call
from shared.domain.errors import Ambiguous

_REFUSALS = range(400, 500)
_TIMEOUT = 408
_PLAIN = Page()


class Exchange(Protocol):
    """One tenant's Exchange."""

    def ask(self, call: Call, page: Page, first: Evidence | None = None) -> Evidence:
        """Make a call and keep whatever comes."""


@dataclass(slots=True)
class Run:
    """A run under way.

    Attributes:
        exchange: The tenant.
        terminal: The operator.
        ledger: What may be left behind.
        wait: Lets Exchange's servers come to agree.
        evidence: What was seen, by slug.
        skipped: What was not asked and why, by slug.
    """

    exchange: Exchange
    terminal: Terminal
    ledger: Ledger
    wait: Callable[[], None]
    evidence: dict[str, Evidence] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)
    _has_written: bool = False

    def seen(self) -> Seen:
        """What was seen so far."""
        return Seen(self.ledger.run, self.evidence, self.skipped)

    def begin(self) -> None:
        """Read what is there: whether anything may be written, and what the tenant calls its things."""
        self.terminal.say("Reading what is there …")
        for step in FIRST:
            self.evidence[step.slug] = self.exchange.ask(call_of(step, self.ledger.run), step.page)

    def ask(self, question: Question) -> None:
        """Make a question's calls, and undo its writes whatever happens."""
        self.terminal.say(f"\n{question.number}. {question.title}")
        try:
            for step in question.steps:
                self._step(step)
        finally:
            self.undo()

    def undo(self) -> None:
        """Remove everything of the probe that is, or may be, there."""
        undoing = Undoing(lambda call: self.exchange.ask(call, _PLAIN), self.wait, self.ledger)
        for own in self.ledger.left():
            is_gone = undoing.remove(own)
            self.terminal.say(f"   removed: {own.word}" if is_gone else f"   NOT certainly removed: {own.word}")

    def _step(self, step: Step) -> None:
        why = self._obstacle(step) or (self._unwilling(step) if step.is_write else "")
        if why:
            self.skipped[step.slug] = why
            return
        if self._has_written and not step.is_write:
            self.wait()
            self._has_written = False
        if step.is_write:
            self._write(step)
        else:
            first = self.evidence.get(step.page.after)
            self.evidence[step.slug] = self.exchange.ask(call_of(step, self.ledger.run), step.page, first)
        self.terminal.say(f"   {step.slug}: {_brief(self.evidence[step.slug])}")

    def _obstacle(self, step: Step) -> str:
        """Why a call cannot be made; empty where it can."""
        if step.page.after and not ((first := self.evidence.get(step.page.after)) and has_link(first)):
            return "there was no link to a next page"
        if not step.is_write:
            return ""
        unread = [one.cmdlet for one in LISTS if not isinstance(self.evidence[one.slug].outcome, Reply)]
        if unread:
            return f"nothing is written where {', '.join(unread)} cannot be read: it could not be undone"
        missing = [own.word for own in step.needs if not self.ledger.has(own)]
        return f"it needs {', '.join(missing)}, which was not made" if missing else ""

    def _unwilling(self, step: Step) -> str:
        """Why the operator does not want a write; empty after a yes."""
        text = f"\nA write: {shown(call_of(step, self.ledger.run))}\n"
        if step.remark:
            text += f"{step.remark}\n"
        assert step.subject is not None, "every write is about an object of the probe"
        text += f"Undone when the question is over, without asking: {removal(step.subject, self.ledger.run)}"
        return "" if self.terminal.consents(text) else f"{step.cmdlet} was not consented to"

    def _write(self, step: Step) -> None:
        own = step.subject
        assert own is not None, "every write is about an object of the probe"
        call = call_of(step, self.ledger.run)
        check_own(call, frozenset({own.name(self.ledger.run)}))
        was_there = self.ledger.has(own)
        self.ledger.expect(own)
        self._has_written = True
        found = self.evidence[step.slug] = self.exchange.ask(call, step.page)
        if not was_there and is_refused(found):
            self.ledger.strike(own)
        elif call.cmdlet.startswith("New-"):
            self.ledger.note(own, found.guids)


def is_refused(found: Evidence) -> bool:
    """Whether a write was certainly not carried out: no silence, no fault of a server, no success with a catch."""
    if found.answer is None:
        return not isinstance(found.outcome, Ambiguous)
    return found.answer.status in _REFUSALS and found.answer.status != _TIMEOUT


def _brief(found: Evidence) -> str:
    status = f"HTTP {found.answer.status}" if found.answer else "no answer"
    return f"{status}, {'taken' if isinstance(found.outcome, Reply) else found.outcome.code}"
