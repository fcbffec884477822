"""What a cmdlet gives: objects and warnings, as the envelope carries them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from local.twin.german import in_german
from local.twin.positions import Extras, UnknownIdentity
from local.twin.refusals import not_found
from local.twin.shapes import annotated, shaped
from local.twin.state import Row, TenantState, find

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
    next_link: str = ""


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


def envelope(
    tenant: TenantState, result: Result, root: str, members: frozenset[str], *, is_german: bool
) -> dict[str, object]:
    """The body of a success (exchange contract §1.5, seen live).

    Args:
        tenant: Whose.
        result: What the cmdlet gave.
        root: The tenant's path, for the context link.
        members: Which members of each object, none for all of them; one that it does not have is ignored.
        is_german: In which language its warnings are.
    """
    more: dict[str, object] = {"@adminapi.confirmationmessage": result.confirmation} if result.confirmation else {}
    more |= {"@odata.nextLink": result.next_link} if result.next_link else {}
    more |= {"@adminapi.revision": 1} if tenant.switches.extras is Extras.SOME else {}
    rows = [narrowed(shaped(tenant, row), members) for row in result.rows]
    return {
        "@odata.context": f"{root}/$metadata#Collection(Exchange.GenericHashTable)",
        "adminapi.warnings@odata.type": "#Collection(String)",
        "@adminapi.warnings": [in_german(warning) if is_german else warning for warning in result.warnings],
        **more,
        "value": [annotated(row, tenant.switches) for row in rows],
    }


def narrowed(row: Row, members: frozenset[str]) -> Row:
    """An object with the members that were asked for; with all of them where none was named."""
    return {name: value for name, value in row.items() if not members or name.casefold() in members}
