"""The transport rules of a tenant in the order in which Exchange runs them, with ours told from everybody else's."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from shared.domain.observation import Complete, Observation, is_on
from shared.domain.one_line import one_line
from shared.domain.resources import Item, Kind
from shared.domain.values import Row

_LONGEST = 128
_OURS = {item.value.casefold(): item for item in (Item.LOOP_CHECK, Item.REDIRECT)}


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, and where it stands.

    Attributes:
        place: 0 first.
        name: As the tenant has it, on one line.
        is_on: Its switch; ``None`` where it says neither.
        item: The item that it is; ``None`` for a rule of somebody else's.
        stops: No rule below it sees a message that it took.
    """

    place: int
    name: str
    is_on: bool | None
    item: Item | None
    stops: bool


def ranking(observation: Observation, owned: Mapping[str, UUID]) -> tuple[Rule, ...] | None:
    """List the rules in their order.

    Args:
        observation: What was read.
        owned: The Guids of the objects that are ours, by name: a stranger under one of our names is none of ours.

    Returns:
        Every rule; ``None`` where they were not read, or came back without an order.
    """
    reading = observation.get(Kind.TRANSPORT_RULE)
    rows = reading.in_order if isinstance(reading, Complete) else None
    if rows is None:
        return None
    return tuple(_rule(place, row, owned) for place, row in enumerate(rows))


def _rule(place: int, row: Row, owned: Mapping[str, UUID]) -> Rule:
    name = str(row.get("Name", ""))
    item = _OURS.get(name.casefold())
    is_ours = item is not None and str(row.get("Guid", "")).casefold() == str(owned.get(item.value, "?"))
    return Rule(
        place=place,
        name=one_line(name)[:_LONGEST],
        is_on=is_on(Kind.TRANSPORT_RULE, row),
        item=item if is_ours else None,
        stops=row.get("StopRuleProcessing") is True,
    )
