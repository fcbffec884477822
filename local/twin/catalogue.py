"""The cmdlets by Microsoft's documentation, and the binding of what came over the wire to their parameters.

Source: data/cmdlets.json; exchange contract §1.2 (value encodings, prefixes of enumerators, null).
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files

from local.twin.refusals import bad_value, missing_parameters, unknown_parameters

Values = dict[str, object]
"""Parameters by their exact names, each of its type; a list that is changed by parts is a ``Change``."""


@dataclass(frozen=True)
class Parameter:
    """One parameter of a cmdlet."""

    name: str
    type: str
    mandatory: bool
    values: tuple[str, ...]

    @property
    def is_list(self) -> bool:
        """Whether it takes several values."""
        return self.type.endswith("[]") or self.type == "MultiValuedProperty"


@dataclass(frozen=True)
class Change:
    """A list that is changed by parts: ``{"@odata.type": "#Exchange.GenericHashTable", "Add": …, "Remove": …}``."""

    add: tuple[str, ...]
    remove: tuple[str, ...]

    def applied(self, old: list[str]) -> list[str]:
        """The list afterwards."""
        gone = {word.casefold() for word in self.remove}
        kept = [word for word in old if word.casefold() not in gone]
        there = {word.casefold(): word for word in reversed([*kept, *self.add])}
        return list(dict.fromkeys(there[word.casefold()] for word in [*kept, *self.add]))


@cache
def cmdlets() -> Mapping[str, Mapping[str, Parameter]]:
    """Every cmdlet's parameters by lower-case name."""
    document = json.loads((files("local.twin") / "data" / "cmdlets.json").read_text("utf-8"))
    return {cmdlet: _parameters(rows) for cmdlet, rows in document["cmdlets"].items()}


def _parameters(rows: Mapping[str, Mapping[str, object]]) -> dict[str, Parameter]:
    found = {}
    for name, row in rows.items():
        listed = row.get("values") or []
        assert isinstance(listed, list)
        values = tuple(value for value in listed if isinstance(value, str))
        found[name.lower()] = Parameter(name, str(row["type"]), row.get("mandatory") is True, values)
    return found


def bind(cmdlet: str, given: Mapping[str, object]) -> Values:
    """Bind what came over the wire.

    Raises:
        Refused: A parameter is unknown, missing, or cannot become what it should be.
    """
    known = cmdlets()[cmdlet]
    if unknown := [name for name in given if name.lower() not in known]:
        raise unknown_parameters(unknown)
    values = {known[name.lower()].name: _converted(known[name.lower()], value) for name, value in given.items()}
    if missing := [p.name for p in known.values() if p.mandatory and values.get(p.name) in (None, "", [])]:
        raise missing_parameters(missing)
    return values


def _converted(parameter: Parameter, value: object) -> object:
    if parameter.is_list:
        return _list(parameter, value)
    if parameter.type in _CONVERSIONS:
        return _CONVERSIONS[parameter.type](parameter, value)
    return _text(parameter, value)


def _list(parameter: Parameter, value: object) -> object:
    if value is None:
        return []
    return _change(parameter, value) if isinstance(value, dict) else _words(parameter, value)


def _words(parameter: Parameter, value: object) -> list[str]:
    words = value if isinstance(value, list) else [value]
    texts = [word for word in words if isinstance(word, str)]
    if len(texts) < len(words):
        raise bad_value(parameter.name, value, parameter.type)
    return [_enumerator(parameter, word) for word in texts]


def _change(parameter: Parameter, value: Mapping[str, object]) -> object:
    """Read a hash table; only a property of many values can be changed by parts (documented)."""
    is_table = value.get("@odata.type") == "#Exchange.GenericHashTable" and parameter.type == "MultiValuedProperty"
    if not is_table or not value.keys() <= {"@odata.type", "Add", "Remove"}:
        raise bad_value(parameter.name, "Newtonsoft.Json.Linq.JObject", parameter.type)
    add, remove = (_words(parameter, value.get(name) or []) for name in ("Add", "Remove"))
    return Change(tuple(add), tuple(remove)) if add or remove else []


def _text(parameter: Parameter, value: object) -> object:
    if value is None:
        return None
    if not isinstance(value, str):
        raise bad_value(parameter.name, value, parameter.type)
    return _enumerator(parameter, value)


def _enumerator(parameter: Parameter, word: str) -> str:
    """Find an enumerator by any unambiguous beginning, in any case (seen live)."""
    names = [name for name in parameter.values if not name.startswith("$")]
    if not names:
        return word
    exact = [name for name in names if name.casefold() == word.casefold()]
    found = exact or [name for name in names if word and name.casefold().startswith(word.casefold())]
    if len(found) != 1:
        raise bad_value(parameter.name, word, parameter.type, names)
    return found[0]


def _boolean(parameter: Parameter, value: object) -> object:
    if not isinstance(value, bool):
        raise bad_value(parameter.name, value, "System.Boolean")
    return value


def _number(parameter: Parameter, value: object) -> object:
    if not isinstance(value, int) or isinstance(value, bool):
        raise bad_value(parameter.name, value, "System.Int32")
    return value


def _moment(parameter: Parameter, value: object) -> object:
    if value is None:
        return None
    try:
        datetime.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        raise bad_value(parameter.name, value, "System.DateTime") from None
    return value


def _size(parameter: Parameter, value: object) -> object:
    if isinstance(value, str) and value.casefold() == "unlimited":
        return "Unlimited"
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    raise bad_value(parameter.name, value, "Microsoft.Exchange.Data.Unlimited`1[System.UInt32]")


_CONVERSIONS: Mapping[str, Callable[[Parameter, object], object]] = {
    "Boolean": _boolean,
    "SwitchParameter": _boolean,
    "Int32": _number,
    "DateTime": _moment,
    "Unlimited": _size,
}
