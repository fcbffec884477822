"""One write, as a value: what it does, to which object, and why. Only an off-boarding removes anything."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from shared.domain.resources import Kind


class Verb(StrEnum):
    """What a step does to its object."""

    CREATE = "create"
    UPDATE = "update"
    MOVE = "move"
    ENABLE = "enable"
    DISABLE = "disable"
    REMOVE = "remove"
    """Never in a plan: off-boarding has a function of its own (``removal``)."""


@dataclass(frozen=True, slots=True)
class Step:
    """One write.

    Attributes:
        verb: What it does.
        kind: Which cmdlets do it.
        name: The object's name.
        identity: What the cmdlet names the object by; empty when it is created.
        settings: Exactly the parameters to send, by Exchange's names; secrets stay wrapped until they are encoded.
        why: One sentence for people.
    """

    verb: Verb
    kind: Kind
    name: str
    identity: str = ""
    settings: Mapping[str, object] = field(default_factory=dict)
    why: str = ""

    def __str__(self) -> str:
        """Say it in one line for people, secrets masked."""
        return f"{self.verb} {self.name}: {self.why}"


@dataclass(frozen=True, slots=True)
class Applied:
    """What Exchange said to a step that it carried out.

    Attributes:
        identity: The Guid of the object, where the answer named it.
        warnings: What Exchange remarked.
    """

    identity: UUID | None = None
    warnings: tuple[str, ...] = ()
