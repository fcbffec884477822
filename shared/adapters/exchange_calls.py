"""Say what is wanted of Exchange as cmdlets: one call for each read and each step. No I/O.

Source: exchange contract §2 (cmdlets), §4.1 (the exact writes).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from shared.domain.errors import Rejected
from shared.domain.resources import Kind
from shared.domain.steps import Step, Verb
from shared.domain.values import Secret


@dataclass(frozen=True, slots=True)
class Call:
    """One cmdlet with its parameters; secrets stay wrapped until the body is written.

    Attributes:
        cmdlet: Its name.
        parameters: What it is given.
        members: Which members of each object are wanted; none for all of them.
    """

    cmdlet: str
    parameters: Mapping[str, object] = field(repr=False)
    members: tuple[str, ...] = ()

    @property
    def is_read(self) -> bool:
        """Whether it changes nothing."""
        return self.cmdlet.startswith("Get-")

    def secrets(self) -> tuple[str, ...]:
        """What of the parameters must not come back in any sentence."""
        values = [
            part for value in self.parameters.values() for part in (value if isinstance(value, tuple) else (value,))
        ]
        return tuple(value.reveal for value in values if isinstance(value, Secret) and value.reveal)


_ALL = MappingProxyType({"ResultSize": "Unlimited"})

_WITH_TEST_MODE = MappingProxyType({**_ALL, "IncludeTestModeConnectors": True})
_SCOPED = MappingProxyType({**_WITH_TEST_MODE, "IsTransportRuleScoped": True})

READS: tuple[tuple[Kind, Call], ...] = (
    # Never by identity: a name that is not there may bring everything or nothing (exchange contract §2.0).
    (Kind.INBOUND_CONNECTOR, Call("Get-InboundConnector", _ALL)),
    # By the documentation each of these two hides what the other shows; as seen live, the first shows all (§2.3.1).
    (Kind.OUTBOUND_CONNECTOR, Call("Get-OutboundConnector", _WITH_TEST_MODE)),
    (Kind.OUTBOUND_CONNECTOR, Call("Get-OutboundConnector", _SCOPED)),
    (Kind.TRANSPORT_RULE, Call("Get-TransportRule", _ALL)),
    (Kind.ARC_CONFIG, Call("Get-ArcConfig", MappingProxyType({}))),
    # An object of more than three hundred members (exchange contract §2.6).
    (Kind.ORGANIZATION_CONFIG, Call("Get-OrganizationConfig", MappingProxyType({}), ("Name", "IsDehydrated"))),
)
"""The calls that list each kind; what several of them bring is one list."""

DOMAINS = Call("Get-AcceptedDomain", _ALL)
"""Read before the first write: is it the tenant that was signed up? (exchange contract §2.7)"""

OPTIONAL = frozenset({Kind.ORGANIZATION_CONFIG})
"""Kinds that the application may not be allowed to read, and can do without."""

_VERBS: Mapping[Verb, tuple[str, frozenset[Kind]]] = MappingProxyType(
    {
        Verb.CREATE: ("New", frozenset({Kind.INBOUND_CONNECTOR, Kind.OUTBOUND_CONNECTOR, Kind.TRANSPORT_RULE})),
        Verb.UPDATE: ("Set", frozenset(Kind) - OPTIONAL),
        # A rule's place is a parameter; its switch is not, and has two cmdlets (exchange contract §2.4).
        Verb.MOVE: ("Set", frozenset({Kind.TRANSPORT_RULE})),
        Verb.ENABLE: ("Enable", frozenset({Kind.TRANSPORT_RULE})),
        Verb.DISABLE: ("Disable", frozenset({Kind.TRANSPORT_RULE})),
        Verb.REMOVE: ("Remove", frozenset({Kind.INBOUND_CONNECTOR, Kind.OUTBOUND_CONNECTOR, Kind.TRANSPORT_RULE})),
    }
)
"""The cmdlet's verb, and the kinds that it exists for."""


def write_call(step: Step) -> Call:
    """Name the cmdlet and the parameters that carry out a step.

    Raises:
        Rejected: No cmdlet does that.
    """
    verb, kinds = _VERBS[step.verb]
    if step.kind not in kinds:
        raise Rejected(f"no cmdlet does this: {step.verb} {step.kind}")
    subject = {"Name": step.name} if step.verb is Verb.CREATE else {"Identity": step.identity or step.name}
    return Call(f"{verb}-{step.kind}", {**subject, **step.settings})
