"""An operator: who asks, and what the role of the caller allows."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What an operator may do, as the application's registration in Entra names it; each includes those before it."""

    READ = "Keeper.Read"
    OPERATE = "Keeper.Operate"
    ADMIN = "Keeper.Admin"


_ORDER = tuple(Role)


@dataclass(frozen=True, slots=True)
class Operator:
    """Somebody who proved to be one, or an application that did.

    Attributes:
        name: Who it is, for the history: readable, one line, at most 128 characters.
        roles: What was given to it.
    """

    name: str
    roles: frozenset[Role]

    def may(self, role: Role) -> bool:
        """Tell whether one of its roles is this one or includes it."""
        return any(_ORDER.index(own) >= _ORDER.index(role) for own in self.roles)
