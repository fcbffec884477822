"""What may be left behind at any moment: written down before a write is sent, struck out when it is undone."""

from collections.abc import Callable
from dataclasses import dataclass, field

from local.probe.own import Own
from local.probe.steps import later, removal

_OPENING = "These objects of Mailflow Keeper's probe may still be in the tenant; a rule comes before its connector:"


@dataclass(slots=True)
class Ledger:
    """The probe's own objects that are, or may be, in the tenant.

    Attributes:
        run: The run's id.
        keep: Called with the page for people after every change; it must outlast the program.
    """

    run: str
    keep: Callable[[str], None]
    _open: dict[Own, frozenset[str]] = field(default_factory=dict)

    def expect(self, own: Own) -> None:
        """Note an object before it is made."""
        self._open.setdefault(own, frozenset())
        self.keep(self.page())

    def note(self, own: Own, guids: frozenset[str]) -> None:
        """Note the Guids that Exchange has given an object when it was made."""
        self._open[own] = self._open.get(own, frozenset()) | guids

    def guids(self, own: Own) -> frozenset[str]:
        """The Guids of an object; none where it was never seen."""
        return self._open.get(own, frozenset())

    def strike(self, own: Own) -> None:
        """Strike out an object that is certainly not there."""
        self._open.pop(own, None)
        self.keep(self.page())

    def has(self, own: Own) -> bool:
        """Whether an object is, or may be, there."""
        return own in self._open

    def left(self) -> list[Own]:
        """What is, or may be, there, in the order of its removal."""
        return later(frozenset(self._open))

    def page(self) -> str:
        """What is left behind and how to remove it; empty where nothing is."""
        commands = [removal(own, self.run) for own in self.left()]
        return "\n".join([_OPENING, "", *(f"    {command}" for command in commands), ""]) if commands else ""
