"""Read JSON into values by their declarations, and write values as JSON. The reader is total.

A declaration is a frozen dataclass of ``str``, ``int``, ``bool``, aware ``datetime``, ``object`` (anything), other such
dataclasses, tuples of one kind, mappings from ``str``, and any of them or ``None``. A field that has a default may be
missing; fields that nobody declared are passed over, so that a newer API can be read.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import UTC, datetime
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from cli.errors import StrangeAnswer

_T = TypeVar("_T")
_Reader = Callable[[object, str], object]


def document_of(body: bytes) -> object:
    """Read bytes as JSON.

    Raises:
        StrangeAnswer: They are none.
    """
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise StrangeAnswer("the answer is not JSON") from None


def read(form: type[_T], value: object, place: str = "answer") -> _T:
    """Read a value of a declared form.

    Args:
        form: The dataclass.
        value: What JSON gave.
        place: Where it stands, for people.

    Raises:
        StrangeAnswer: It is of another form.
    """
    if not isinstance(value, dict):
        raise StrangeAnswer(f"{place}: an object is expected")
    hints = get_type_hints(form)
    given = {}
    for each in fields(form):  # type: ignore[arg-type]
        where = f"{place}.{each.name}"
        if each.name in value:
            given[each.name] = _part(hints[each.name], value[each.name], where)
        elif _is_needed(each):
            raise StrangeAnswer(f"{where}: it is missing")
    return form(**given)


def _is_needed(each: Field[Any]) -> bool:
    return each.default is MISSING and each.default_factory is MISSING


def _part(form: Any, value: object, place: str) -> object:  # noqa: ANN401 - an annotation
    origin, arguments = get_origin(form), get_args(form)
    if origin is UnionType:
        (inner,) = (each for each in arguments if each is not type(None))
        return None if value is None else _part(inner, value, place)
    if origin is tuple:
        return _several(arguments[0], value, place)
    if origin is Mapping:
        return _mapping(arguments[1], value, place)
    if is_dataclass(form):
        return read(form, value, place)  # type: ignore[arg-type]
    return _SCALARS[form](value, place)


def _several(form: object, value: object, place: str) -> tuple[object, ...]:
    if not isinstance(value, list):
        raise StrangeAnswer(f"{place}: a list is expected")
    return tuple(_part(form, each, f"{place}[{at}]") for at, each in enumerate(value))


def _mapping(form: object, value: object, place: str) -> dict[str, object]:
    if not isinstance(value, dict):
        raise StrangeAnswer(f"{place}: an object is expected")
    return {name: _part(form, each, f"{place}.{name[:40]}") for name, each in value.items()}


def _text(value: object, place: str) -> str:
    if not isinstance(value, str):
        raise StrangeAnswer(f"{place}: a text is expected")
    return value


def _number(value: object, place: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise StrangeAnswer(f"{place}: a whole number is expected")
    return value


def _truth(value: object, place: str) -> bool:
    if not isinstance(value, bool):
        raise StrangeAnswer(f"{place}: true or false is expected")
    return value


def _moment(value: object, place: str) -> datetime:
    try:
        moment = datetime.fromisoformat(_text(value, place))
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise StrangeAnswer(f"{place}: a date and a time with its zone are expected")


_SCALARS: Mapping[object, _Reader] = {
    str: _text,
    int: _number,
    bool: _truth,
    datetime: _moment,
    object: lambda value, _: value,
}


def plain(value: object) -> Any:  # noqa: ANN401 - whatever JSON can hold
    """Write a value in what JSON has; instants in UTC, to the second."""
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Mapping):
        return {str(name): plain(each) for name, each in value.items()}
    if isinstance(value, tuple | list):
        return [plain(each) for each in value]
    return moment_text(value) if isinstance(value, datetime) else value


def moment_text(moment: datetime) -> str:
    """An instant as files hold it: UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
