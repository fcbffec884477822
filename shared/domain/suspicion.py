"""A look that shows an empty tenant is rather a wrong look than a tenant that lost everything at once.

Source: reliability page §2 (never act on the absence of data unless the observation is known complete).
"""

from collections.abc import Mapping
from uuid import UUID

from shared.domain.observation import Complete, Observation, Unread
from shared.domain.resources import Item, Kind

_KINDS = (Kind.INBOUND_CONNECTOR, Kind.OUTBOUND_CONNECTOR, Kind.TRANSPORT_RULE)
_OUR_NAMES = frozenset(item.value.casefold() for item in Item)
_VANISHED = "everything has vanished at once, and what is not ours with it: nothing is concluded from that"


def foreigners(observation: Observation) -> int | None:
    """Count what is not ours by its name; ``None`` where not all of it was read."""
    readings = [observation.get(kind) for kind in _KINDS]
    if not all(isinstance(reading, Complete) for reading in readings):
        return None
    rows = [row for reading in readings if isinstance(reading, Complete) for row in reading.rows]
    return sum(str(row.get("Name")).casefold() not in _OUR_NAMES for row in rows)


def believed(observation: Observation, owned: Mapping[str, UUID], foreign_before: int) -> Observation:
    """The observation, or that nothing was read where everything is gone that was there before.

    Args:
        observation: What was read.
        owned: The Guids of the objects that are ours, by name.
        foreign_before: How many objects that are not ours the last look found.
    """
    empty = all(isinstance(reading := observation.get(kind), Complete) and not reading.rows for kind in _KINDS)
    if not empty or not owned or not foreign_before:
        return observation
    return {**observation, **dict.fromkeys((*_KINDS, Kind.ARC_CONFIG), Unread(_VANISHED))}
