"""The ports as a simulated worker has them: at every call others may run, and something may go wrong."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from shared.domain.errors import Unavailable
from shared.domain.tenants import Tenant
from tests.simulation.faults import Crash, Fault, applies

LONGEST_SLEEP = 400.0
"""Seconds: longer than a lease."""
LONGEST_WRITE = 60.0
"""Seconds: the longest that a write to Exchange takes before its own limit ends it."""


class Happening(Protocol):
    """What a seam needs of the world that it belongs to."""

    def arrive(self, port: str, name: str) -> Fault | None:
        """Let others run; give what goes wrong now."""

    def sleep(self, seconds: float) -> None:
        """Stand still while others run."""

    def damage(self) -> None:
        """Let an administrator do something."""

    def spoil(self, fault: Fault, call: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever the port gives
        """Call Exchange through a fault of its own."""

    def looked(self) -> None:
        """Note that a worker begins to look."""

    def recalled(self, tenant: Tenant) -> None:
        """Note what a worker knows of what is wanted."""

    def stored(self, arguments: tuple[object, ...]) -> None:
        """Note what a worker writes into a store."""

    def changed_by_another(self, port: str) -> None:
        """Let somebody else change a row a moment before."""


@dataclass(frozen=True)
class Seam:
    """One port."""

    port: str
    inner: object
    here: Happening

    def __getattr__(self, name: str) -> Callable[..., Any]:
        call = getattr(self.inner, name)
        return lambda *arguments: self._run(name, arguments, lambda: call(*arguments))

    def _run(self, name: str, arguments: tuple[object, ...], call: Callable[[], Any]) -> Any:  # noqa: ANN401
        fault = self.here.arrive(self.port, name)
        if fault is not None and not applies(fault, self.port, name):
            fault = None
        if name in ("observe", "survey"):
            self.here.looked()
        elif self.port != "exchange":
            self.here.stored(arguments)
        self._before(fault, name)
        if fault in (Fault.REFUSED, Fault.LOST, Fault.RESET, Fault.THROTTLED, Fault.STALE):
            result = self.here.spoil(fault, call)
        else:
            result = call()
        if (self.port, name) == ("tenants", "get"):
            self.here.recalled(result.tenant)
        if fault is Fault.CRASH_AFTER:
            raise Crash
        if fault is Fault.AWAY_AFTER:
            raise Unavailable("the store is away")
        return result

    def _before(self, fault: Fault | None, name: str) -> None:
        match fault:
            case Fault.CRASH_BEFORE:
                raise Crash
            case Fault.AWAY:
                raise Unavailable("the store is away")
            case Fault.SLEEP:
                self.here.sleep(LONGEST_WRITE if name == "apply" else LONGEST_SLEEP)
            case Fault.DAMAGE:
                self.here.damage()
            case Fault.CONFLICT:
                self.here.changed_by_another(self.port)


def owner_in(arguments: tuple[object, ...]) -> UUID | None:
    """Whose lease a stored record shows."""
    for argument in arguments:
        lease = getattr(argument, "lease", None)
        if lease is not None:
            return lease.owner  # type: ignore[no-any-return]
    return None
