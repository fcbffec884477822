"""One tenant's Exchange Online: look at it, and carry out one step.

The wire is in ``exchange_protocol`` and ``exchange_answers``, the connection in ``transport``; this module is what
happens between them: one look in one request, one new token after a refusal, and no write sent twice.
Source: exchange contract §1.9 (401, 403), §1.10 (writes), §1.11 (batch).
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from shared.adapters.exchange_answers import Answer, Outcome, Reply, decipher, decipher_batch
from shared.adapters.exchange_calls import DOMAINS, OPTIONAL, READS, Call, write_call
from shared.adapters.exchange_lists import joined, names, observation_of, reading_of
from shared.adapters.exchange_protocol import Request, Sender, encode, encode_batch, module_file
from shared.adapters.exchange_rights import cmdlets_of
from shared.adapters.transport import Transport
from shared.domain.errors import (
    KeeperError,
    NeedsConsent,
    NotYet,
    PermanentError,
    RolePropagating,
    Throttled,
    Unavailable,
)
from shared.domain.observation import Observation
from shared.domain.steps import Applied, Step
from shared.domain.survey import Survey
from shared.domain.tenants import Tenant
from shared.domain.values import Row, Secret

_LOG = logging.getLogger("keeper.exchange")

_STALE = (NeedsConsent, RolePropagating)
"""What a token that is older than its rights looks like: 401, or 403 without a reason."""

Reads = Sequence[tuple[str, Call]]
"""The calls of one look, by what they list."""

_DOMAINS = "AcceptedDomain"

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
        return observation_of(self._looked(tenant, READS, self.transport.deadline(is_read=True)))

    def survey(self, tenant: Tenant) -> Survey:
        """Read the same and the accepted domains in one request, and what the application may run in another.

        Raises:
            KeeperError: Nothing could be read, or one read met what only a person can change.
        """
        deadline = self.transport.deadline(is_read=True)
        outcomes = self._looked(tenant, (*READS, (_DOMAINS, DOMAINS)), deadline)
        domains = outcomes.pop(_DOMAINS, Unavailable(f"{DOMAINS.cmdlet}: not asked"))
        observation = observation_of(outcomes)
        if isinstance(domains, PermanentError | Throttled):
            raise domains
        return Survey(observation, reading_of(domains), self._cmdlets(tenant, deadline))

    def apply(self, tenant: Tenant, step: Step) -> Applied:
        """Carry out one step. It is sent again only after a refusal that came before its execution, and once.

        Raises:
            KeeperError: It was not carried out, or (``Ambiguous``) nobody knows.
        """
        call = write_call(step)
        deadline = self.transport.deadline(is_read=False)
        outcome = self._one(call, self._sender(tenant), deadline)
        if isinstance(outcome, _STALE) and self.transport.is_early(deadline, is_read=False):
            outcome = self._one(call, self._sender(tenant, fresh=True), deadline)
        if isinstance(outcome, KeeperError):
            raise outcome
        return Applied(outcome.identity if call.cmdlet.startswith("New-") else None, outcome.warnings)

    def _sender(self, tenant: Tenant, *, fresh: bool = False) -> Sender:
        token = self.tokens.token(tenant.tenant_id, fresh=fresh)
        return Sender(self.transport.root, tenant.tenant_id, self.new_id(), Secret(token))

    def _cmdlets(self, tenant: Tenant, deadline: float) -> frozenset[str] | None:
        """Which cmdlets there are for the application; what cannot be read is not known, whatever the refusal."""
        if not self.transport.is_early(deadline, is_read=True):
            return None
        sender = self._sender(tenant)
        try:
            return cmdlets_of(self._answer(module_file(sender), sender, deadline))
        except KeeperError:
            return None

    def _looked(self, tenant: Tenant, reads: Reads, deadline: float) -> dict[str, Outcome]:
        outcomes = self._look(self._sender(tenant), reads, deadline)
        is_stale = any(isinstance(outcome, _STALE) for kind, outcome in outcomes.items() if kind not in OPTIONAL)
        if is_stale and self.transport.is_early(deadline, is_read=True):
            outcomes = self._look(self._sender(tenant, fresh=True), reads, deadline)
        return outcomes

    def _look(self, sender: Sender, reads: Reads, deadline: float) -> dict[str, Outcome]:
        calls = {str(self.new_id()): call for _, call in reads}
        answer = self._answer(encode_batch(calls, sender), sender, deadline)
        if answer.status in _NO_BATCH:
            return self._look_singly(sender, reads, deadline)
        outcomes = decipher_batch(answer, calls, self.clock())
        whole = [self._whole(outcomes[key], call, sender, deadline) for key, call in calls.items()]
        return joined(zip((kind for kind, _ in reads), whole, strict=True))

    def _look_singly(self, sender: Sender, reads: Reads, deadline: float) -> dict[str, Outcome]:
        """Read one kind after another, up to the first refusal that the others would meet as well."""
        outcomes: list[tuple[str, Outcome]] = []
        for kind, call in reads:
            try:
                outcome = self._whole(self._one(call, sender, deadline), call, sender, deadline)
            except NotYet:
                raise
            except KeeperError as error:
                outcome = error
            outcomes.append((kind, outcome))
            if isinstance(outcome, PermanentError | Throttled | RolePropagating):
                break
        return joined(outcomes)

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
        if isinstance(first, Reply) and isinstance(second, Reply) and names(first) != names(second):
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
            answer = self.transport.follow(request, link, deadline) if link else self.transport.send(request, deadline)
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
