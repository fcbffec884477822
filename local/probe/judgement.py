"""How evidence becomes an answer: a question is settled when every part of it is. No I/O."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from local.probe.evidence import Seen, Unsettled, worded
from local.probe.own import Own
from local.probe.steps import Step
from shared.adapters.exchange_answers import Reply

Judge = Callable[[Seen], str]
"""Reads one part of an answer off what was seen, or raises ``Unsettled``."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question of exchange contract §7.

    Attributes:
        number: Its number there.
        title: The question, for people.
        steps: The calls that it needs.
        parts: What it asks in detail, and what the outcomes mean.
    """

    number: int
    title: str
    steps: tuple[Step, ...]
    parts: tuple[tuple[str, Judge], ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """An answer.

    Attributes:
        question: To which question.
        text: The answer, part by part; it may name things of the tenant.
        is_settled: Every part has an answer.
        slugs: The calls that bear it out.
    """

    question: Question
    text: str
    is_settled: bool
    slugs: tuple[str, ...]


def verdict(question: Question, seen: Seen) -> Verdict:
    """Answer a question by what was seen."""
    judged = [_part(label, judge, seen) for label, judge in question.parts]
    slugs = tuple(step.slug for step in question.steps if step.slug in seen.evidence)
    reasons = {text.partition("not settled: ")[2] for text, _ in judged}
    settled = [is_settled for _, is_settled in judged]
    if not any(settled) and len(reasons) == 1:
        # One sentence where every part has the same reason.
        return Verdict(question, f"not settled: {reasons.pop()}", is_settled=False, slugs=slugs)
    return Verdict(question, "; ".join(text for text, _ in judged), all(settled), slugs)


def _part(label: str, judge: Judge, seen: Seen) -> tuple[str, bool]:
    opening = f"{label}: " if label else ""
    try:
        return f"{opening}{judge(seen)}", True
    except Unsettled as why:
        return f"{opening}not settled: {why}", False


def reaction(slug: str) -> Judge:
    """The part that is answered by Exchange's reaction to one call."""
    return lambda seen: worded(seen.at(slug))


def read_back(write: str, read: str, own: Own, name: str) -> Judge:
    """The part that is answered by whether a value is taken, and by what it reads back as."""

    def judge(seen: Seen) -> str:
        done = seen.at(write)
        if not isinstance(done.outcome, Reply):
            return f"refused with {worded(done)}"
        row = seen.row(read, own)
        value = json.dumps(row[name], ensure_ascii=False) if name in row else "nothing: the property is absent"
        return f"{worded(done)}; reads back as {value}"

    return judge


def unsettled(why: str) -> Judge:
    """The part that the probe does not try."""

    def judge(_: Seen) -> str:
        raise Unsettled(why)

    return judge
