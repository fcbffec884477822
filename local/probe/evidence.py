"""What was seen: each call with its answer, and how a question reads it. No I/O."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from local.probe.own import Own
from shared.adapters.exchange_answers import Answer, Outcome, Reply
from shared.adapters.exchange_calls import Call
from shared.adapters.exchange_envelope import Envelope, opened, parsed
from shared.adapters.exchange_reasons import Reason, reason_of
from shared.domain.errors import Blocked, Conflict, KeeperError, Rejected
from shared.domain.values import Row

_DECIDED = (Blocked, Conflict, Rejected)
"""Refusals that are answers; everything else says that the question did not reach the cmdlet."""


class Unsettled(Exception):
    """A question cannot be answered by what was seen; the message says why."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One call and what came of it.

    Attributes:
        call: What was asked.
        outcome: What the product understands of the answer.
        answer: What came over the wire; ``None`` where nothing did.
        seconds: How long it took.
    """

    call: Call
    outcome: Outcome
    answer: Answer | None = field(repr=False)
    seconds: float = 0.0

    @property
    def reason(self) -> Reason:
        """Why Exchange refused; empty where it did not, or gave no reason."""
        document = parsed(self.answer.body) if self.answer else None
        found = document if isinstance(document, Mapping) else {}
        return reason_of(found.get("error") or {})

    @property
    def envelope(self) -> Envelope:
        """The opened body; without rows where there is none."""
        answer = self.answer
        return opened(parsed(answer.body), answer.headers) if answer else opened(None, {})

    @property
    def guids(self) -> frozenset[str]:
        """The Guids of the objects that came back."""
        found = (row.get("Guid") for row in self.envelope.rows or ())
        return frozenset(guid for guid in found if isinstance(guid, str))

    @property
    def is_absence(self) -> bool:
        """Whether Exchange says that there is no such object."""
        status = self.answer.status if self.answer else 0
        return status == HTTPStatus.NOT_FOUND or self.reason.type == "ManagementObjectNotFoundException"


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything that was seen in a run.

    Attributes:
        run: The run's id.
        evidence: By the slug of the call.
        skipped: Why a call was not made, by its slug.
    """

    run: str
    evidence: Mapping[str, Evidence]
    skipped: Mapping[str, str]

    def at(self, slug: str) -> Evidence:
        """Return what came of a call.

        Raises:
            Unsettled: It was not made, or its answer says nothing about the question.
        """
        found = self.evidence.get(slug)
        if found is None:
            raise Unsettled(self.skipped.get(slug, "the run ended before it was asked"))
        if isinstance(found.outcome, KeeperError) and not isinstance(found.outcome, _DECIDED):
            raise Unsettled(str(found.outcome))
        return found

    def reply(self, slug: str) -> Reply:
        """Return what a call gave.

        Raises:
            Unsettled: It gave nothing.
        """
        outcome = self.at(slug).outcome
        if isinstance(outcome, KeeperError):
            raise Unsettled(str(outcome))
        return outcome

    def row(self, slug: str, own: Own) -> Row:
        """Return an object of the probe as a call brought it.

        Raises:
            Unsettled: The call did not bring it.
        """
        name = own.name(self.run)
        found = [row for row in self.reply(slug).rows if row.get("Name") == name]
        if not found:
            raise Unsettled(f"the object {own.word} is not among what was read back")
        return found[0]


def worded(evidence: Evidence) -> str:
    """Say what came of a call in Exchange's own words."""
    status = evidence.answer.status if evidence.answer else 0
    reason = evidence.reason
    if isinstance(evidence.outcome, Reply):
        remarks = " ".join(evidence.envelope.remarks)
        return "taken" + (f" with the warning: {remarks}" if remarks else "")
    said = ": ".join(part for part in (reason.type, reason.text) if part)
    remarks = " ".join(evidence.envelope.remarks)
    return f"HTTP {status}, {said or remarks or 'without a reason'}"
