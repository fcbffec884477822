"""The nouns of the promise: items, resources, settings, and the effect that a difference has on mail."""

from dataclasses import dataclass
from enum import StrEnum

from shared.domain.values import Compare


class Kind(StrEnum):
    """A kind of Exchange object; the value is the noun of its cmdlets."""

    INBOUND_CONNECTOR = "InboundConnector"
    OUTBOUND_CONNECTOR = "OutboundConnector"
    TRANSPORT_RULE = "TransportRule"
    ARC_CONFIG = "ArcConfig"
    ORGANIZATION_CONFIG = "OrganizationConfig"
    """Read to know whether the tenant has objects of its own; nothing of it is ours."""


class Item(StrEnum):
    """One of the six things that the article requires, by the name that people see (Q21244)."""

    FROM_CONNECTOR = "From MailMarshal Cloud Integrated"
    TO_CONNECTOR = "To MailMarshal Cloud Integrated"
    LOOP_CHECK = "MailMarshal Cloud Integrated Loop Check"
    REDIRECT = "MailMarshal Cloud Integrated Redirect"
    ARC_SEALER = "Trusted ARC sealer"
    ENHANCED_FILTERING = "Enhanced filtering"

    @property
    def slug(self) -> str:
        """Its name in addresses and columns."""
        return self.name.lower()


class Effect(StrEnum):
    """What a difference does to the customer's mail, worst first."""

    OUTAGE = "outage"
    """Mail is lost, refused, looping, or goes to a stranger."""
    BYPASS = "bypass"
    """Mail arrives unscanned."""
    DEGRADED = "degraded"
    """Mail is scanned, with weaker protection or more false alarms."""
    COSMETIC = "cosmetic"
    """Mail is as it should be."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One parameter of an Exchange object.

    Attributes:
        name: Exchange's name of the parameter and of the property that it reads back as.
        value: What is desired; a ``Secret`` where it must not be shown.
        compare: How the two sides are compared.
        effect: What any other value does to mail while mail passes through MailMarshal Cloud.
        item: The item that people miss when the setting is wrong.
        identity: The setting tells our object from a stranger's that wears its name.
    """

    name: str
    value: object
    compare: Compare
    effect: Effect
    item: Item
    identity: bool = False


@dataclass(frozen=True, slots=True)
class Resource:
    """One Exchange object that must be there.

    Attributes:
        kind: Which cmdlets manage it.
        name: Its exact name.
        item: The item that it is.
        enabled: Whether it is to be on; ``None`` where it has no switch.
        effect: What its absence, or its being off, does to mail while mail passes through MailMarshal Cloud.
        settings: What it must say.
        closed_world: Any further condition, exception or action is drift as well.
    """

    kind: Kind
    name: str
    item: Item
    enabled: bool | None
    effect: Effect
    settings: tuple[Setting, ...]
    closed_world: bool = False
