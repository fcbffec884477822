"""One tenant's Exchange Online: look at it, and carry out one step.

The wire is in ``exchange_protocol`` and ``exchange_answers``, the connection in ``transport``; this module is what
happens between them: one look in one request, one new token after a refusal, and no write sent twice.
Source: exchange contract §1.9 (401, 403), §1.10 (writes), §1.11 (batch).
"""

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from shared.adapters.exchange_answers import Answer, Outcome, Reply, decipher, decipher_batch
from shared.adapters.exchange_calls import OPTIONAL, READS, Call, write_call
from shared.adapters.exchange_protocol import Request, Sender, encode, encode_batch
from shared.adapters.transport import Transport
from shared.domain.errors import KeeperError, NeedsConsent, PermanentError, RolePropagating, Throttled, Unavailable
from shared.domain.observation import Complete, Observation, Unread
from shared.domain.resources import Kind
from shared.domain.steps import Applied, Step
from shared.domain.tenants import Tenant
from shared.domain.values import Row, Secret

_LOG = logging.getLogger("keeper.exchange")

_STALE = (NeedsConsent, RolePropagating)
"""What a token that is older than its rights looks like: 401, or 403 without a reason."""

_MOST_PAGES = 100
"""Pages of one list; 300 rules, three to a page, are as many."""

_NO_BATCH = frozenset({400, 404, 405})
"""Statuses of the whole that mean that batches are not served here."""


class TokenSource(Protocol):
    """Where tokens for a tenant's Exchange come from."""

    def token(self, tenant_id: UUID, *, fresh: bool = False) -> str:
        """Return a bearer token; a fresh one is not taken from any cache.

        Raises:
            KeeperError: There is none.
        """


@dataclass(frozen=True, slots=True)
class ExchangeOnline:
    """Every tenant's Exchange Online, safe for use by many threads.

    Attributes:
        transport: The connection to Exchange.
        tokens: Where tokens come from.
        clock: The time, in UTC.
        new_id: A random id.
    """

    transport: Transport
    tokens: TokenSource
    clock: Callable[[], datetime]
    new_id: Callable[[], UUID]

    def observe(self, tenant: Tenant) -> Observation:
        """Read everything that the promise is about, in one request; a read that fails is in the answer as unread.

        Raises:
            KeeperError: Nothing could be read, or one read met what only a person can change.
        """
        deadline = self.transport.deadline(is_read=True)
        outcomes = self._look(self._sender(tenant), deadline)
        if any(isinstance(outcome, _STALE) for kind, outcome in outcomes.items() if kind not in OPTIONAL):
            outcomes = self._look(self._sender(tenant, fresh=True), deadline)
        return _observation(outcomes)

    def apply(self, tenant: Tenant, step: Step) -> Applied:
        """Carry out one step. It is sent again only after a refusal that came before its execution, and once.

        Raises:
            KeeperError: It was not carried out, or (``Ambiguous``) nobody knows.
        """
        call = write_call(step)
        deadline = self.transport.deadline(is_read=False)
        outcome = self._one(call, self._sender(tenant), deadline)
        if isinstance(outcome, _STALE):
            outcome = self._one(call, self._sender(tenant, fresh=True), deadline)
        if isinstance(outcome, KeeperError):
            raise outcome
        return Applied(outcome.identity if call.cmdlet.startswith("New-") else None, outcome.warnings)

    def _sender(self, tenant: Tenant, *, fresh: bool = False) -> Sender:
        token = self.tokens.token(tenant.tenant_id, fresh=fresh)
        return Sender(self.transport.root, tenant.tenant_id, self.new_id(), Secret(token))

    def _look(self, sender: Sender, deadline: float) -> Mapping[Kind, Outcome]:
        calls = {str(self.new_id()): call for _, call in READS}
        answer = self._answer(encode_batch(calls, sender), sender, deadline)
        if answer.status in _NO_BATCH:
            return self._look_singly(sender, deadline)
        outcomes = decipher_batch(answer, calls, self.clock())
        whole = [self._whole(outcomes[key], call, sender, deadline) for key, call in calls.items()]
        return _joined(zip((kind for kind, _ in READS), whole, strict=True))

    def _look_singly(self, sender: Sender, deadline: float) -> Mapping[Kind, Outcome]:
        """Read one kind after another, up to the first refusal that the others would meet as well."""
        outcomes: list[tuple[Kind, Outcome]] = []
        for kind, call in READS:
            try:
                outcome = self._whole(self._one(call, sender, deadline), call, sender, deadline)
            except KeeperError as error:
                outcome = error
            outcomes.append((kind, outcome))
            if isinstance(outcome, PermanentError | Throttled | RolePropagating):
                break
        return _joined(outcomes)

    def _whole(self, outcome: Outcome, call: Call, sender: Sender, deadline: float) -> Outcome:
        """Read a list to its end; one of which a page is missing, or that moved between two pages, is not read."""
        if not isinstance(outcome, Reply) or not outcome.next_link:
            return outcome
        try:
            first = self._pages(outcome, call, sender, deadline)
            # An object that is deleted between two pages pulls another over the border: nobody would have seen it.
            second = self._pages(self._one(call, sender, deadline), call, sender, deadline)
        except Unavailable as error:
            return error
        if isinstance(first, Reply) and isinstance(second, Reply) and _names(first) != _names(second):
            return Unavailable(f"{call.cmdlet}: the list moved while it was read; try again later")
        # What is wrong is a link, not the tenant: whatever it says, the list is not read.
        failed = Unavailable(f"{call.cmdlet}: the rest of the list did not come; try again later")
        return second if isinstance(first, Reply) and isinstance(second, Reply) else failed

    def _pages(self, outcome: Outcome, call: Call, sender: Sender, deadline: float) -> Outcome:
        rows: tuple[Row, ...] = ()
        for _ in range(_MOST_PAGES):
            if not isinstance(outcome, Reply):
                return outcome
            rows += outcome.rows
            if not outcome.next_link:
                return Reply(rows, outcome.warnings)
            answer = self._answer(encode(call, sender), sender, deadline, outcome.next_link)
            outcome = decipher(answer, call, self.clock())
        return Unavailable(f"{call.cmdlet}: the list has no end; try again later")

    def _one(self, call: Call, sender: Sender, deadline: float) -> Outcome:
        return decipher(self._answer(encode(call, sender), sender, deadline), call, self.clock())

    def _answer(self, request: Request, sender: Sender, deadline: float, link: str = "") -> Answer:
        begun = time.monotonic()
        status: int | None = None
        try:
            answer = self.transport.follow(request, link, deadline) if link else self.transport.post(request, deadline)
            status = answer.status
            return answer
        finally:
            # Names and numbers only: parameters carry the loop-check value, headers the token.
            facts = {
                "cmdlets": " ".join(request.cmdlets),
                "status": status,
                "client_request_id": str(sender.request_id),
                "duration_ms": round((time.monotonic() - begun) * 1000),
                "tenant_id": str(sender.tenant_id),
            }
            _LOG.info("Exchange was asked", extra=facts)


def _names(reply: Reply) -> list[object]:
    """What a list holds, in its order."""
    return [row.get("Guid") or row.get("Name") for row in reply.rows]


def _joined(outcomes: Iterable[tuple[Kind, Outcome]]) -> dict[Kind, Outcome]:
    """Make one list of what several calls brought; a list of which a part is missing is not read."""
    joined: dict[Kind, Outcome] = {}
    for kind, outcome in outcomes:
        before = joined.get(kind)
        if isinstance(before, Reply) and isinstance(outcome, Reply):
            rows = {row.get("Guid") or row.get("Name") or id(row): row for row in (*before.rows, *outcome.rows)}
            joined[kind] = Reply(tuple(rows.values()))
        elif not isinstance(before, KeeperError):
            joined[kind] = outcome
    return joined


def _observation(outcomes: Mapping[Kind, Outcome]) -> Observation:
    """Tell what was read from what was not: a part that is missing for a while is unread, never absent.

    What the product can do without is unread whatever the refusal.

    Raises:
        KeeperError: One read was refused for good or for too many calls, or none succeeded.
    """
    needed = {kind: outcome for kind, outcome in outcomes.items() if kind not in OPTIONAL}
    errors = [outcome for outcome in needed.values() if isinstance(outcome, KeeperError)]
    for grave in (PermanentError, Throttled):
        for error in errors:
            if isinstance(error, grave):
                raise error
    if len(errors) == len(needed):
        raise errors[0]
    return {
        kind: Complete(outcome.rows) if isinstance(outcome, Reply) else Unread(str(outcome))
        for kind, outcome in outcomes.items()
    }
