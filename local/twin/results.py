"""What a cmdlet gives: objects and warnings, as the envelope carries them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from local.twin.refusals import not_found
from local.twin.state import Row, find
from local.twin.switches import UnknownIdentity

MORE = (
    "There are more results available than are currently displayed. To view them, increase the value for the "
    "ResultSize parameter."
)


@dataclass(frozen=True)
class Result:
    """A cmdlet ran."""

    rows: list[Row] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    confirmation: str = ""


def _all(_: Row) -> bool:
    return True


def listed(
    rows: list[Row], values: Mapping[str, object], unknown: UnknownIdentity, wanted: Callable[[Row], bool] = _all
) -> Result:
    """What a Get- brings: all that are wanted, or one by its identity; no more than its result size.

    Raises:
        Refused: There is no object of that identity, and the tenant says so.
    """
    identity, size = values.get("Identity"), values.get("ResultSize")
    if identity is not None:
        row = find(rows, str(identity))
        if row is not None:
            return Result([row] if wanted(row) else [])
        if unknown is UnknownIdentity.NOT_FOUND:
            raise not_found(str(identity))
    found = [row for row in rows if wanted(row)]
    if isinstance(size, int) and len(found) > size:
        return Result(found[:size], [MORE])
    return Result(found)


def selection(url: str) -> frozenset[str]:
    """The members that ``?$select=Name,Guid`` asks for, in lower case; none stands for all of them (§1.1)."""
    asked = parse_qs(url.partition("?")[2]).get("$select", [])
    return frozenset(name.strip().casefold() for part in asked for name in part.split(",") if name.strip())


def envelope(result: Result, root: str, members: frozenset[str] = frozenset()) -> dict[str, object]:
    """The body of a success (exchange contract §1.5, seen live).

    Args:
        result: What the cmdlet gave.
        root: The tenant's path, for the context link.
        members: What of each object is asked for; none for everything. A name that it does not have is ignored.
    """
    asked = {"@adminapi.confirmationmessage": result.confirmation} if result.confirmation else {}
    return {
        "@odata.context": f"{root}/$metadata#Collection(Exchange.GenericHashTable)",
        "adminapi.warnings@odata.type": "#Collection(String)",
        "@adminapi.warnings": result.warnings,
        **asked,
        "value": [_annotated(narrowed(row, members)) for row in result.rows],
    }


def narrowed(row: Row, members: frozenset[str]) -> Row:
    """An object with the members that were asked for; with all of them where none was named."""
    return {name: value for name, value in row.items() if not members or name.casefold() in members}


def _annotated(row: Row) -> Row:
    """An object with the annotations that stand before each property that is no plain text."""
    shown: Row = {}
    for name, value in row.items():
        if kind := _kind(name, value):
            shown[f"{name}@{'odata' if kind.startswith('#') else 'data'}.type"] = kind
        shown[name] = value
    return shown


def _kind(name: str, value: object) -> str:
    if isinstance(value, list):
        return "#Collection(String)"
    if name in ("Guid", "ImmutableId", "ExchangeObjectId"):
        return "System.Guid"
    if name.startswith("When") and value:
        return "System.DateTime"
    return "System.Int32" if isinstance(value, int) and not isinstance(value, bool) else ""
