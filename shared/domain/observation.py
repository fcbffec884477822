"""What was read of a tenant: each reading is complete, or it is unknown; and each object present, absent or unknown."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from shared.domain.resources import Kind, Resource
from shared.domain.values import Row


@dataclass(frozen=True)
class Complete:
    """Every object of one kind, in Exchange's answer to one list cmdlet.

    One look asks it for a score of objects, so what follows from its rows is worked out once.
    """

    rows: tuple[Row, ...]

    @cached_property
    def in_order(self) -> tuple[Row, ...] | None:
        """The rules by priority, 0 first; ``None`` when a rule has no priority or two have the same."""
        rows = self.rows
        ranks = [rank for row in rows if isinstance(rank := row.get("Priority"), int) and not isinstance(rank, bool)]
        if len(ranks) != len(rows) or len(set(ranks)) != len(ranks):
            return None
        return tuple(row for _, row in sorted(zip(ranks, rows, strict=True), key=lambda pair: pair[0]))

    @cached_property
    def by_name(self) -> Mapping[str, tuple[Row, ...]] | None:
        """The objects by their names without case; ``None`` when one has no name."""
        found: dict[str, tuple[Row, ...]] = {}
        for row in self.rows:
            if (name := _name(row)) is None:
                return None
            found[name] = (*found.get(name, ()), row)
        return found


@dataclass(frozen=True, slots=True)
class Unread:
    """A read that failed, came back short, or made no sense.

    Attributes:
        reason: One sentence for people.
    """

    reason: str


Reading = Complete | Unread
Observation = Mapping[Kind, Reading]
"""What one look at a tenant gave, by kind. A kind that is not in it was not read."""


@dataclass(frozen=True, slots=True)
class Present:
    """The object is there.

    Attributes:
        row: Its properties.
        identity: What a cmdlet names it by: its Guid where it has one, its name otherwise.
        place: Its position among the rules of the tenant, 0 first; ``None`` for other kinds.
    """

    row: Row
    identity: str
    place: int | None = None


@dataclass(frozen=True, slots=True)
class Absent:
    """A complete, successful read does not contain the object.

    Attributes:
        count: How many objects of the kind there are.
    """

    count: int


Sight = Present | Absent | Unread


def properties(row: Row) -> dict[str, object]:
    """What an object says of itself, without Exchange's annotations (exchange contract §1.5).

    For whoever takes all of it; most ask for a few names, and forty rules have eight thousand.
    """
    return {name: value for name, value in row.items() if "@" not in name}


def look_for(resource: Resource, observation: Observation) -> Sight:
    """Find a resource by its exact name among everything of its kind.

    Names are unique and compared without case (exchange contract §2.0); asking Exchange for one name may return all
    objects or none, so the search is ours.
    """
    reading = observation.get(resource.kind, Unread("not read"))
    if isinstance(reading, Unread):
        return reading
    if resource.kind is Kind.ARC_CONFIG:
        return _arc(reading)
    rules = reading.in_order if resource.kind is Kind.TRANSPORT_RULE else ()
    if rules is None:
        return Unread("the rules came back without an order")
    if reading.by_name is None:
        return Unread("an object came back without a name")
    found = reading.by_name.get(resource.name.casefold(), ())
    if len(found) > 1:
        return Unread(f"{len(found)} objects are named {resource.name}")
    if not found:
        return Absent(len(reading.rows))
    place = next((at for at, rule in enumerate(rules) if rule is found[0]), None)
    return Present(found[0], _identity(found[0], resource.name), place)


def is_on(kind: Kind, row: Row) -> bool | None:
    """Read the switch of an object; ``None`` when it says neither.

    Rules have the text ``State`` and no ``Enabled`` (exchange contract §2.4.2), connectors the Boolean ``Enabled``.
    """
    if kind is Kind.TRANSPORT_RULE:
        state = row.get("State")
        return {"enabled": True, "disabled": False}.get(state.casefold()) if isinstance(state, str) else None
    enabled = row.get("Enabled")
    return enabled if isinstance(enabled, bool) else None


def is_dehydrated(observation: Observation) -> bool | None:
    """Tell whether the organisation still shares Microsoft's templates (exchange contract §2.6); ``None``: unknown."""
    reading = observation.get(Kind.ORGANIZATION_CONFIG)
    if not isinstance(reading, Complete) or len(reading.rows) != 1:
        return None
    says = reading.rows[0].get("IsDehydrated")
    return says if isinstance(says, bool) else None


def _arc(reading: Complete) -> Sight:
    """Exchange returns no object at all where no sealer was ever trusted: exchange contract §2.5."""
    if len(reading.rows) > 1:
        return Unread("more than one ARC configuration came back")
    row: Row = reading.rows[0] if reading.rows else {"ArcTrustedSealers": None}
    identity = row.get("Identity")
    return Present(row, identity if isinstance(identity, str) and identity else "Default")


def _name(row: Row) -> str | None:
    name = row.get("Name")
    return name.casefold() if isinstance(name, str) else None


def _identity(row: Row, name: str) -> str:
    for key in ("Guid", "ExchangeObjectId"):
        value = row.get(key)
        if isinstance(value, str) and value:
            return value
    return name
