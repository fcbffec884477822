"""What belongs to the probe: names and values that nobody else has, and the check that a write is about no other."""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.adapters.exchange_calls import Call
from shared.domain.errors import Rejected
from shared.domain.resources import Kind

PREFIX = "Mailflow Keeper probe"
DOMAIN = "mailflow-keeper-probe.example"
"""Reserved for examples (RFC 2606): no mail can come from there or go there."""
HOST, CERTIFICATE = f"mx.{DOMAIN}", f"*.{DOMAIN}"
HEADER = "X-Mailflow-Keeper-Probe"
WORD = "3d1f0c5e-6b65-4565-8072-6f6265000001"

HOST_BITS, RANGE = "203.0.113.201/27", "203.0.113.224-203.0.113.227"
IPV6, PRIVATE, ADDRESS = "2001:0DB8:6b65::7/64", "10.107.101.107", "203.0.113.211"
MANY = tuple(f"203.0.113.{number}" for number in range(256))
NETWORKS = ("203.0.113.0/24", "2001:db8:6b65::/48", f"{PRIVATE}/32")
"""Every address above: two blocks that are reserved for documentation (RFC 5737, RFC 3849), and one private address."""

KINDS = (Kind.TRANSPORT_RULE, Kind.OUTBOUND_CONNECTOR, Kind.INBOUND_CONNECTOR)
"""What the probe makes, in the order in which it is removed: a connector that a rule uses cannot go."""
_VERBS: Mapping[str, str] = {"New": "Name", "Set": "Identity", "Remove": "Identity"}
"""The only writes that there are, and the parameter that says what each is about."""


@dataclass(frozen=True, slots=True)
class Own:
    """A throw-away object of the probe; among the parameters of a step it stands for its name.

    Attributes:
        kind: Which cmdlets manage it.
        word: What tells it from the probe's other objects.
    """

    kind: Kind
    word: str

    def name(self, run: str) -> str:
        """Its name in one run: nobody else has it, because a run's id is random."""
        return f"{PREFIX} {run} {self.word}"


def cmdlet(verb: str, kind: Kind) -> str:
    """The cmdlet that does this to objects of a kind."""
    return f"{verb}-{kind}"


def check_own(call: Call, names: frozenset[str]) -> None:
    """Let a write through only when it is about an object of this very run.

    Args:
        call: The write.
        names: The names of this run's objects, and the Guids of objects that were read under these names.

    Raises:
        Rejected: It is about anything else, or it is no write that the probe knows.
    """
    verb, _, noun = call.cmdlet.partition("-")
    subject = call.parameters.get(_VERBS.get(verb, ""))
    if noun not in KINDS or not isinstance(subject, str) or subject not in names:
        raise Rejected(f"{call.cmdlet}: the probe writes to its own objects only; nothing was sent")
