"""Behaviours that are not settled, or differ between tenants: each a switch with the realistic position first.

Source: exchange contract §5.3 (the numbers) and the sections named. More switches come as the twin learns more turns.
"""

from dataclasses import dataclass, fields
from enum import StrEnum


class UnknownIdentity(StrEnum):
    """S9, §2.0: what a Get- with an identity that is not there brings; the documentation and practice disagree."""

    NOT_FOUND = "not_found"
    EVERYTHING = "everything"


class OutboundFilter(StrEnum):
    """S10, §2.3.1: what Get-OutboundConnector brings without parameters: everything (live), or not the scoped ones."""

    ALL = "all"
    UNSCOPED_ONLY = "unscoped_only"


class RestrictedInbound(StrEnum):
    """S6, §2.1.4: new tenants cannot have an inbound connector that is on; three forms are on record."""

    NO = "no"
    CREATED_DISABLED = "created_disabled"
    PROHIBITED = "prohibited"


class Replicas(StrEnum):
    """S1, §2.10: whether a write is read back at once, or every other read is a minute behind."""

    ONE = "one"
    LAGGING = "lagging"


class Dehydrated(StrEnum):
    """S17, §2.6: which writes are refused until the organisation has objects of its own."""

    NO = "no"
    ARC = "arc"
    EVERYTHING = "everything"


class Hydration(StrEnum):
    """S17, §2.6: how Enable-OrganizationCustomization comes to its effect; all three are on record."""

    AT_ONCE = "at_once"
    AFTER_AN_HOUR = "after_an_hour"
    THROWS_THOUGH_IT_WORKS = "throws_though_it_works"


class DirectoryRole(StrEnum):
    """§1.4, §3.2: the application's directory role; it decides cmdlet by cmdlet, and without one everything is 403."""

    EXCHANGE_ADMINISTRATOR = "exchange_administrator"
    GLOBAL_READER = "global_reader"
    SECURITY_READER = "security_reader"
    NONE = "none"


@dataclass
class Switches:
    """One tenant's positions.

    Attributes:
        replicas: S1.
        unknown_identity: S9.
        outbound_filter: S10.
        restricted_inbound: S6.
        dehydrated: S17.
        hydration: S17.
        consent: The tenant's administrator has consented to the application (§1.4); without it, 401.
        app_permission: The application has been granted Exchange.ManageAsApp (§1.4); without it, 401.
        role: The application's directory role (§1.4); 403 for every cmdlet that it does not carry.
        graph_permission: The application has been granted RoleManagement.ReadWrite.Directory (§3.1); without it, Graph
            assigns no role.
        server_rules: S8 and §2.11: refusals known of Exchange Server that Exchange Online is thought to share: a
            connector that a rule uses stays, a rule names a connector that is there, header name and words go together.
    """

    replicas: Replicas = Replicas.ONE
    unknown_identity: UnknownIdentity = UnknownIdentity.NOT_FOUND
    outbound_filter: OutboundFilter = OutboundFilter.ALL
    restricted_inbound: RestrictedInbound = RestrictedInbound.NO
    dehydrated: Dehydrated = Dehydrated.NO
    hydration: Hydration = Hydration.AT_ONCE
    consent: bool = True
    app_permission: bool = True
    role: DirectoryRole = DirectoryRole.EXCHANGE_ADMINISTRATOR
    graph_permission: bool = False
    server_rules: bool = True

    def turn(self, positions: dict[str, object]) -> None:
        """Turn some switches; all of them or none.

        Raises:
            ValueError: There is no such switch or position.
        """
        turned = {name: self._position(name, position) for name, position in positions.items()}
        for name, position in turned.items():
            setattr(self, name, position)

    def _position(self, name: str, position: object) -> object:
        if name not in {field.name for field in fields(self)}:
            raise ValueError(f"there is no switch {name!r}")
        kind = type(getattr(self, name))
        valid: tuple[object, ...] = tuple(kind) if issubclass(kind, StrEnum) else (True, False)
        if position not in valid or isinstance(position, bool) is not (kind is bool):
            raise ValueError(f"{position!r} is no position of {name}; there are {', '.join(map(str, valid))}")
        return kind(position)
