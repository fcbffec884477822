"""Answers as golden files: in the form of tests/adapters/samples, and with nothing of the tenant in them. No I/O."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from local.probe.disguise import Disguise
from local.probe.own import PREFIX
from shared.adapters.exchange_answers import Answer, Reply, decipher
from shared.adapters.exchange_calls import Call
from shared.adapters.exchange_envelope import NONSENSE, parsed
from shared.adapters.exchange_reasons import reason_of
from shared.domain.errors import TransientError
from shared.domain.observation import properties

_HEADERS = frozenset({"content-encoding", "content-type", "odata-version", "organizationstatus", "preference-applied"})
_TELLING = frozenset({"retry-after", "www-authenticate", "x-exceptiontype", "x-ms-diagnostics", "x-warnings"})
"""Headers that decide something or that a question is about; the others stay in the tenant."""
_RATES = ("rate-limit-", "x-ratelimit", "x-concurrency", "x-combinedapponlyconcurrency")
_STRANGERS = 2
"""Objects of the tenant that a sample keeps, in disguise: two tell one from many."""
_LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class Sampler:
    """Makes samples of one run.

    Attributes:
        disguise: The made-up names.
        written: Properties that the probe writes; in its own objects they are shown as they read back.
        now: When the samples are read again.
    """

    disguise: Disguise
    written: frozenset[str]
    now: datetime

    def sample(self, call: Call, answer: Answer) -> dict[str, object]:
        """The golden file of one answer, with what the product itself understands of it."""
        sample: dict[str, object] = {
            "call": {"cmdlet": call.cmdlet, "parameters": dict(call.parameters)},
            "status": answer.status,
            "headers": {name: self.disguise.text(value) for name, value in answer.headers.items() if _is_kept(name)},
            **self._content(answer.body),
        }
        return {**sample, "expected": expected(sample, self.now)}

    def _content(self, body: bytes) -> dict[str, object]:
        document = parsed(body)
        if document is None:
            return {}
        if document is NONSENSE:
            if not body.strip(b"\0"):
                return {"nul_bytes": len(body)}
            return {"text": self.disguise.words(body[:_LONGEST].decode(errors="replace"))}
        return {"body": self._document(document)}

    def _document(self, document: object) -> object:
        """Disguise a body: objects by their words, everything around them as sentences."""
        if not isinstance(document, Mapping):
            return self._bare(document)
        found: dict[str, object] = {}
        for name, value in document.items():
            is_list = name == "value" and isinstance(value, list)
            found[self.disguise.member(name)] = self._rows(value) if is_list else self._around(value)
        return found

    def _rows(self, rows: list[object]) -> list[object]:
        shown: list[object] = []
        strangers = 0
        for row in rows:
            is_own = isinstance(row, Mapping) and str(row.get("Name")).startswith(f"{PREFIX} ")
            strangers += not is_own
            if is_own or strangers <= _STRANGERS:
                shown.append(self._row(row, is_own=is_own) if isinstance(row, Mapping) else self._bare(row))
        return shown

    def _row(self, row: Mapping[str, object], *, is_own: bool) -> dict[str, object]:
        shown: dict[str, object] = {}
        for name, value in row.items():
            if is_own and name in self.written:
                shown[name] = self._around(value)
            elif "@" in name and isinstance(value, str):
                shown[self.disguise.member(name)] = self.disguise.text(value)
            elif is_own or name == "Priority":
                shown[self.disguise.member(name)] = self._bare(value, keeps_numbers=True)
            else:
                shown[self.disguise.member(name)] = self._bare(value)
        return shown

    def _around(self, value: object) -> object:
        """Disguise what Exchange itself wrote, or what the probe did."""
        if isinstance(value, str):
            return self.disguise.text(value)
        if isinstance(value, list):
            return [self._around(part) for part in value]
        if isinstance(value, Mapping):
            return {self.disguise.member(name): self._around(part) for name, part in value.items()}
        return value

    def _bare(self, value: object, *, keeps_numbers: bool = False) -> object:
        """Disguise what people of the tenant wrote."""
        if isinstance(value, str):
            return self.disguise.words(value)
        if isinstance(value, list):
            return [self._bare(part, keeps_numbers=keeps_numbers) for part in value]
        if isinstance(value, Mapping):
            return {
                self.disguise.member(name): self._bare(part, keeps_numbers=keeps_numbers)
                for name, part in value.items()
            }
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return 0 if is_number and not keeps_numbers else value


def expected(sample: Mapping[str, object], now: datetime) -> dict[str, object]:
    """What the product understands of a sample, in the form that the samples' test reads."""
    status, headers, call = sample["status"], sample["headers"], sample["call"]
    assert isinstance(status, int)
    assert isinstance(headers, dict)
    assert isinstance(call, dict)
    asked = Call(call["cmdlet"], call["parameters"])
    outcome = decipher(Answer(status, headers, body_of(sample)), asked, now)
    if isinstance(outcome, Reply):
        warnings = {"warnings": list(outcome.warnings)} if outcome.warnings else {}
        return {"rows": [properties(row) for row in outcome.rows], **warnings}
    body = sample.get("body")
    kind = reason_of(body.get("error") or {}).type if isinstance(body, Mapping) else ""
    says = {"says": kind} if kind and kind in str(outcome) else {}
    # A Retry-After that is a date would be another wait whenever it is read.
    is_plain = str(headers.get("retry-after", "")).isdigit()
    wait = outcome.retry_after if isinstance(outcome, TransientError) and is_plain else None
    return {"error": outcome.code, **says, **({"retry_after": wait.total_seconds()} if wait else {})}


def body_of(sample: Mapping[str, object]) -> bytes:
    """The bytes that a sample stands for."""
    if "body" in sample:
        return json.dumps(sample["body"]).encode()
    nuls = sample.get("nul_bytes", 0)
    return b"\0" * nuls if isinstance(nuls, int) and nuls else str(sample.get("text", "")).encode()


def _is_kept(name: str) -> bool:
    return name in _HEADERS | _TELLING or name.startswith(_RATES)
