"""The line to one tenant's Exchange: the product's own tokens, encoding, transport and understanding of answers."""

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from local.probe.evidence import Evidence
from local.probe.steps import Page
from shared.adapters.exchange import TokenSource
from shared.adapters.exchange_answers import Answer, decipher
from shared.adapters.exchange_calls import Call
from shared.adapters.exchange_envelope import parsed
from shared.adapters.exchange_protocol import Request, Sender, encode
from shared.adapters.redirects import next_hop
from shared.adapters.transport import Transport
from shared.domain.errors import KeeperError, NeedsConsent, RolePropagating
from shared.domain.values import Secret

_NEXT_COOKIE = re.compile(r",\s*(?=[^\s;,=]+=)")


@dataclass(frozen=True, slots=True)
class Line:
    """One tenant's Exchange.

    Attributes:
        tenant_id: Whose.
        transport: The connection.
        tokens: Where tokens come from.
        clock: The time, in UTC.
    """

    tenant_id: UUID
    transport: Transport
    tokens: TokenSource
    clock: Callable[[], datetime]

    def ask(self, call: Call, page: Page, first: Evidence | None = None) -> Evidence:
        """Make a call and keep whatever comes; asked again once, when the token may be older than its rights.

        Args:
            call: What to run.
            page: How it takes part in paging.
            first: The answer whose next page is asked for.
        """
        found = self._asked(call, page, first, fresh=False)
        if isinstance(found.outcome, NeedsConsent | RolePropagating):
            found = self._asked(call, page, first, fresh=True)
        return found

    def _asked(self, call: Call, page: Page, first: Evidence | None, *, fresh: bool) -> Evidence:
        begun = time.monotonic()
        try:
            token = Secret(self.tokens.token(self.tenant_id, fresh=fresh))
            sender = Sender(self.transport.root, self.tenant_id, uuid4(), token)
            request = self._paged(encode(call, sender), page, first)
        except KeeperError as error:
            return Evidence(call, error, None, time.monotonic() - begun)
        try:
            answer = self.transport.send(request, self.transport.deadline(is_read=call.is_read))
        except KeeperError as error:
            # A write that may have been carried out is Ambiguous; any other error came before it was sent.
            return Evidence(call, error, None, time.monotonic() - begun)
        return Evidence(call, decipher(answer, call, self.clock()), answer, time.monotonic() - begun)

    def _paged(self, request: Request, page: Page, first: Evidence | None) -> Request:
        headers = dict(request.headers)
        if page.size is not None:
            headers["Prefer"] = f"odata.maxpagesize={page.size}"
        if first is None or first.answer is None:
            return replace(request, headers=headers)
        if page.cookies and (cookies := _cookies(first.answer)):
            headers["Cookie"] = cookies
        return replace(request, headers=headers, path=next_path(self.transport.root, first.answer))


def next_path(root: str, answer: Answer) -> str:
    """Where the next page is, below the address of Exchange.

    Raises:
        KeeperError: The link is none, or leads to another host: the token must not go there.
    """
    document = parsed(answer.body)
    link = document.get("@odata.nextLink") if isinstance(document, Mapping) else None
    # By the product's own rule for redirects, and to the very host that was asked.
    url = next_hop(root, root + "/", link) if isinstance(link, str) else None
    if url is None or urlsplit(url).hostname != urlsplit(root).hostname:
        raise KeeperError("the link to the next page leads to another host, and the token must not go there")
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _cookies(answer: Answer) -> str:
    """The cookies that an answer set, in the form of a request; several arrive joined by commas, as dates have."""
    each = _NEXT_COOKIE.split(answer.headers.get("set-cookie", ""))
    pairs = (one.partition(";")[0].strip() for one in each)
    return "; ".join(pair for pair in pairs if "=" in pair and pair.isascii() and pair.isprintable())
