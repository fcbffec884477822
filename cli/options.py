"""Options that several commands share, each group declared once as a dataclass; ``command`` lays them out for typer."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from typing import Annotated, Any, get_type_hints

import typer

from cli.outside import Outside
from cli.words import Form, Region, Stage, Verdict


@dataclass(frozen=True, slots=True)
class Selection:
    """Which tenants."""

    tenants: Annotated[
        list[str] | None, typer.Argument(metavar="TENANT", help="Ids or initial domains.", show_default=False)
    ] = None
    region: Annotated[Region | None, typer.Option(help="Those of a region.")] = None
    verdict: Annotated[Verdict | None, typer.Option(help="Those of which this was seen.")] = None
    stage: Annotated[Stage | None, typer.Option(help="Those of which this is wanted.")] = None
    everybody: Annotated[bool, typer.Option("--all", help="The whole fleet.")] = False

    @property
    def is_fleet(self) -> bool:
        """Whether a selector chooses, and not a list of names."""
        return not self.tenants

    @property
    def is_empty(self) -> bool:
        """Whether nothing chooses."""
        return not (self.tenants or self.everybody or self.filters())

    def filters(self) -> dict[str, str]:
        """What the API is asked for."""
        given = {"region": self.region, "verdict": self.verdict, "stage": self.stage}
        return {name: value.value for name, value in given.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Shown:
    """How data are written."""

    output: Annotated[Form, typer.Option("--output", "-o", help="The form of the data on stdout.")] = Form.TABLE


@dataclass(frozen=True, slots=True)
class Agreed:
    """Whether a person was asked already."""

    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask; needed where nobody can be.")] = False


@dataclass(frozen=True, slots=True)
class Waves:
    """How a fleet is changed: a few first, then more, each wave only after the one before is healthy."""

    canary: Annotated[int, typer.Option(min=1, max=200, help="How many tenants the first wave has.")] = 5
    max_change_pct: Annotated[
        int, typer.Option(min=1, max=100, help="Refuse if more of the region's tenants, or of the fleet, would change.")
    ] = 30
    timeout: Annotated[
        str, typer.Option(help="How long a wave, or what --wait waits for, may take to become healthy.")
    ] = "15m"
    wait: Annotated[
        bool, typer.Option("--wait", help="Wait until named tenants are healthy; a fleet order always waits.")
    ] = False


@dataclass(frozen=True, slots=True)
class Looking:
    """How many tenants are looked at side by side."""

    concurrency: Annotated[int, typer.Option(min=1, max=16, help="How many tenants are looked at side by side.")] = 8


@dataclass(frozen=True, slots=True)
class Because:
    """Why, and until when."""

    reason: Annotated[str, typer.Option(help="Why; it is kept in the history.", show_default=False)]
    until: Annotated[
        str, typer.Option(help="When it ends by itself: 90m, 4h, 7d, or 2030-01-31T18:00Z.", show_default=False)
    ]


@dataclass(frozen=True, slots=True)
class Said:
    """Why, for whoever wants to say it."""

    reason: Annotated[str, typer.Option(help="Why; it is kept in the history.", show_default=False)] = ""


@dataclass(frozen=True, slots=True)
class Manner:
    """How an order is carried out and told of."""

    waves: Waves
    agreed: Agreed
    shown: Shown


def command(app: typer.Typer, name: str) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Register a function as a command.

    Its first parameter is the outside; a parameter whose annotation is one of the groups above takes all options of the
    group; any other is an option of its own. What it returns is the exit code.

    Args:
        app: Where to.
        name: The command's name.
    """

    def register(function: Callable[..., int]) -> Callable[..., int]:
        hints = get_type_hints(function, include_extras=True)
        del hints["return"]
        own = {each: kind for each, kind in hints.items() if kind is not Outside}
        defaults = inspect.signature(function).parameters

        def run(context: typer.Context, **given: object) -> int:
            return function(context.obj, **{each: _made(each, kind, given) for each, kind in own.items()})

        parameters = [_parameter("context", typer.Context, _NONE)]
        for each, kind in own.items():
            parameters += _laid_out(each, kind, defaults[each].default)
        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        run.__annotations__ = {each.name: each.annotation for each in parameters}
        run.__doc__ = function.__doc__
        app.command(name)(run)
        return function

    return register


_NONE = inspect.Parameter.empty


def _made(name: str, kind: Any, given: Mapping[str, object]) -> object:  # noqa: ANN401 - an annotation
    """A group out of its options, or an option."""
    if not is_dataclass(kind):
        return given[name]
    hints = get_type_hints(kind, include_extras=True)
    return kind(**{field.name: _made(field.name, hints[field.name], given) for field in fields(kind)})  # type: ignore[operator]


def _laid_out(name: str, kind: Any, default: object) -> Iterator[inspect.Parameter]:  # noqa: ANN401 - an annotation
    """Every option of a group by itself, as typer wants it."""
    if not is_dataclass(kind):
        yield _parameter(name, kind, default)
        return
    hints = get_type_hints(kind, include_extras=True)
    for field in fields(kind):
        yield from _laid_out(field.name, hints[field.name], _NONE if field.default is MISSING else field.default)


def _parameter(name: str, kind: object, default: object) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=kind, default=default)
