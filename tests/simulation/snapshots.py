"""A moment of a simulated world, kept to begin other runs from it: what leads to it is simulated once."""

import json
from dataclasses import dataclass, field
from datetime import datetime

from local.twin.state import TenantState
from shared.application.ports import World
from tests.fakes import MemoryHistory, MemoryJournal, MemoryProofs, MemoryTenants, MemoryWishes

_PARTS = ("inbound", "outbound", "rules", "arc", "reads", "interferences", "_made", "_asked")


@dataclass(frozen=True)
class Snapshot:
    """A world of one tenant that stands still: no message is under way.

    Attributes:
        now: The time.
        directory: The tenant's objects.
        stores: The stores by their port's name.
    """

    now: datetime
    directory: dict[str, str] = field(repr=False)
    stores: dict[str, object] = field(repr=False)


def taken(now: datetime, directory: TenantState, world: World) -> Snapshot:
    """Keep a moment."""
    parts = {name: json.dumps(getattr(directory, name)) for name in _PARTS}
    stores = {name: _copy(getattr(world, name)) for name in ("tenants", "journal", "wishes", "history", "proofs")}
    return Snapshot(now, parts, stores)


def restored(snapshot: Snapshot, directory: TenantState) -> dict[str, object]:
    """Put the tenant's objects back, and give copies of the stores."""
    for name, value in snapshot.directory.items():
        setattr(directory, name, json.loads(value))
    return {name: _copy(store) for name, store in snapshot.stores.items()}


def _copy(store: object) -> object:
    """A store's copy; what is in it never changes, so that the copies share it."""
    match store:
        case MemoryTenants():
            return MemoryTenants(dict(store.rows))
        case MemoryJournal():
            known = (dict(store.seen), dict(store.guids), dict(store.kept), dict(store.broken))
            return MemoryJournal(*known, store.count, store.sweep, store.cleaning)
        case MemoryWishes():
            return MemoryWishes(store.fleet, store.edition)
        case MemoryHistory():
            return MemoryHistory({tenant_id: list(events) for tenant_id, events in store.events.items()})
        case MemoryProofs():
            return MemoryProofs(dict(store.kept))
    raise AssertionError(f"{store} is no store")
