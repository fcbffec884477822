"""What an off-boarding found, removed and read back: a document that stands for itself, without any secret."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from shared.domain.desired import ARC_SEALER
from shared.domain.observation import Complete, Observation
from shared.domain.resources import Kind
from shared.domain.values import Compare, Row, Secret, satisfies

MASK = "<secret>"


@dataclass(frozen=True, slots=True)
class Proof:
    """The proof of one off-boarding.

    Attributes:
        generation: Of the tenant, when the off-boarding was asked for: one proof for each.
        begun_at: When the first look found what there was.
        before: Our objects as they were, each with its ``kind``; every property, the GUID masked.
        had_sealer: Whether our ARC sealer was in the list.
        removed: What was taken away, in order: a sentence with its time.
        left: What wears one of our names and is not ours, by its name and why.
        read_back: What the last, fresh and complete read found of ours; empty is the proof.
        finished_at: When that read was made; ``None`` before it.
    """

    generation: int
    begun_at: datetime
    before: tuple[Mapping[str, object], ...] = ()
    had_sealer: bool = False
    removed: tuple[str, ...] = ()
    left: Mapping[str, str] = field(default_factory=dict)
    read_back: tuple[str, ...] = ()
    finished_at: datetime | None = None


def ours(observation: Observation, owned: Mapping[str, UUID]) -> tuple[tuple[Kind, Row], ...]:
    """Every object that is ours by its Guid, whatever it is called now."""
    guids = {str(guid) for guid in owned.values()}
    found: list[tuple[Kind, Row]] = []
    for kind in (Kind.INBOUND_CONNECTOR, Kind.OUTBOUND_CONNECTOR, Kind.TRANSPORT_RULE):
        reading = observation.get(kind)
        rows: Sequence[Row] = reading.rows if isinstance(reading, Complete) else ()
        found += [(kind, row) for row in rows if str(row.get("Guid", "")).casefold() in guids]
    return tuple(found)


def has_sealer(observation: Observation) -> bool:
    """Whether our ARC sealer is in the list.

    Raises:
        Unreadable: The list is of no known form.
    """
    reading = observation.get(Kind.ARC_CONFIG)
    rows = reading.rows if isinstance(reading, Complete) else ()
    return any(satisfies(Compare.INCLUDES, (ARC_SEALER,), row.get("ArcTrustedSealers")) for row in rows)


def masked(value: object, secret: Secret) -> object:
    """A value with the loop-check GUID masked wherever it stands, in any case."""
    if isinstance(value, str):
        return re.sub(re.escape(secret.reveal), MASK, value, flags=re.IGNORECASE)
    if isinstance(value, Mapping):
        return {str(masked(str(name), secret)): masked(part, secret) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [masked(part, secret) for part in value]
    return value
