"""What a question asks for: calls as data, with the probe's own objects among the parameters."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from local.probe.own import KINDS, Own
from shared.adapters.exchange_calls import Call

NOTHING: Mapping[str, object] = MappingProxyType({})
EVERYTHING: Mapping[str, object] = MappingProxyType({"ResultSize": "Unlimited"})


@dataclass(frozen=True, slots=True)
class Page:
    """How a call takes part in paging.

    Attributes:
        size: The objects in a page that the request prefers; ``None`` leaves the product's own preference.
        after: The slug of the call whose next page this is; empty for a first page.
        cookies: The cookies of that call's answer are sent back.
    """

    size: int | None = None
    after: str = ""
    cookies: bool = False


_WHOLE = Page()


@dataclass(frozen=True, slots=True)
class Step:
    """One call.

    Attributes:
        slug: Its name among all calls of all questions, and in the name of its sample.
        cmdlet: What it runs.
        parameters: An ``Own`` stands for its name.
        remark: What the operator must know before saying yes.
        page: How it takes part in paging.
    """

    slug: str
    cmdlet: str
    parameters: Mapping[str, object] = field(default_factory=lambda: NOTHING)
    remark: str = ""
    page: Page = _WHOLE

    @property
    def is_write(self) -> bool:
        """Whether it changes something."""
        return not self.cmdlet.startswith("Get-")

    @property
    def subject(self) -> Own | None:
        """The object that a write makes, changes or removes."""
        value = self.parameters.get("Name" if self.cmdlet.startswith("New-") else "Identity")
        return value if isinstance(value, Own) else None

    @property
    def needs(self) -> tuple[Own, ...]:
        """The objects that must be there already."""
        is_new = self.cmdlet.startswith("New-")
        owned = (name for name, value in self.parameters.items() if isinstance(value, Own))
        found = (self.parameters[name] for name in owned if not (is_new and name == "Name"))
        return tuple(value for value in found if isinstance(value, Own)) if self.is_write else ()


def call_of(step: Step, run: str) -> Call:
    """The call of a step in one run."""
    named = {name: value.name(run) if isinstance(value, Own) else value for name, value in step.parameters.items()}
    return Call(step.cmdlet, named)


def shown(call: Call) -> str:
    """A call for people: every parameter on a line of its own, each value as JSON."""
    lines = [f"  {name} = {json.dumps(value, ensure_ascii=False)}" for name, value in call.parameters.items()]
    return "\n".join([call.cmdlet, *lines])


def removal(own: Own, run: str) -> str:
    """The command that removes an object, for people and for PowerShell."""
    return f'Remove-{own.kind} -Identity "{own.name(run)}"'


def later(owns: frozenset[Own]) -> list[Own]:
    """Objects in the order of their removal."""
    return sorted(owns, key=lambda own: (KINDS.index(own.kind), own.word))
