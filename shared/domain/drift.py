"""One difference between the desired and the observed state, as a value."""

from dataclasses import dataclass
from enum import StrEnum

from shared.domain.resources import Effect, Item, Resource, Setting

_LONGEST = 120
"""Characters of an observed value that people are shown."""


class Fault(StrEnum):
    """The ways in which an object can differ from what is desired."""

    MISSING = "missing"
    """A complete read does not contain it."""
    DISABLED = "disabled"
    """It is off and should be on."""
    ENABLED = "enabled"
    """It is on and should be off."""
    ALTERED = "altered"
    """One setting says something else."""
    MISPLACED = "misplaced"
    """Loop Check does not stand directly above Redirect."""
    STRANGER = "stranger"
    """It wears our name, is not the object that we made, and says something else: for a person to judge."""
    UNKNOWN = "unknown"
    """It could not be read. Not a difference: nothing is concluded and nothing written."""
    CONTESTED = "contested"
    """It differs, and somebody undoes our repairs: a person must decide."""
    BLOCKED = "blocked"
    """It differs, and Microsoft does not let us mend it: a person must act first."""
    ACCEPTED = "accepted"
    """It differs, and a person has accepted just this value for a while."""
    SETTLING = "settling"
    """It differs, and we wrote it so recently that the read may lag."""


@dataclass(frozen=True, slots=True)
class Drift:
    """One difference.

    Attributes:
        fault: In which way it differs.
        resource: The desired object.
        item: The item that people miss.
        effect: What it does to mail now.
        identity: What a cmdlet names the object by; empty where there is none.
        setting: The setting that is altered; ``None`` for differences of the whole object.
        observed: What was read instead; a ``Secret`` where the setting is one.
        reason: Why it is unknown or a stranger, for people.
        changed_by: Who changed the object last, as far as Exchange says (rules do, connectors do not).
    """

    fault: Fault
    resource: Resource
    item: Item
    effect: Effect
    identity: str = ""
    setting: Setting | None = None
    observed: object = None
    reason: str = ""
    changed_by: str = ""

    def __str__(self) -> str:
        """Say it in one line for people, secrets masked."""
        what = f"{self.item}: {self.fault}"
        if self.setting is not None:
            what += f", {self.setting.name} is {repr(self.observed)[:_LONGEST]}"
        return f"{what} ({self.reason})" if self.reason else what
