"""What nobody has published about routing: each a switch with the likely position first.

Grades as everywhere in the twin: *documented* is Microsoft's, *inferred* is our conclusion, *unknown* is a choice.
"""

from dataclasses import dataclass
from enum import StrEnum


class Attribution(StrEnum):
    """Whose message it is that comes over a certificate which many tenants' connectors name.

    Documented: the certificate's domain, then the envelope sender's, then the recipient's (Microsoft's message centre,
    MC1226222; https://techcommunity.microsoft.com/t5/exchange-team-blog/office-365-message-attribution/ba-p/749143).
    """

    SENDER_FIRST = "sender_first"
    RECIPIENT_FIRST = "recipient_first"


class EnvelopeSender(StrEnum):
    """What envelope sender the filter gives a message that it returns for its recipient.

    Unknown. If it kept another customer's, Exchange would take the message for that customer's own outgoing mail, and
    customers could not write to each other; so it is thought to put its own.
    """

    FILTERS_OWN = "filters_own"
    KEPT = "kept"


class Stamping(StrEnum):
    """What the filter does with a stamp that a message bears already: unknown."""

    REPLACES = "replaces"
    ADDS = "adds"


class BrokenRoute(StrEnum):
    """What becomes of a message that a rule routes to a connector which cannot carry it.

    Inferred: it waits in the queue until it expires. The other position is that the rule fails and is passed over.
    """

    EXPIRES = "expires"
    PASSED_OVER = "passed_over"


class TwoRoutes(StrEnum):
    """Which connector takes a message that two rules route: unknown."""

    LAST = "last"
    FIRST = "first"


class NoSender(StrEnum):
    """Whose an automatic answer is, which has no envelope sender: its author's (inferred), or nobody's."""

    AUTHORS = "authors"
    NOBODYS = "nobodys"


@dataclass(frozen=True)
class Assumptions:
    """One position of each switch."""

    attribution: Attribution = Attribution.SENDER_FIRST
    envelope_sender: EnvelopeSender = EnvelopeSender.FILTERS_OWN
    stamping: Stamping = Stamping.REPLACES
    broken_route: BrokenRoute = BrokenRoute.EXPIRES
    two_routes: TwoRoutes = TwoRoutes.LAST
    no_sender: NoSender = NoSender.AUTHORS
