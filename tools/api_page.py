"""Print docs/reference/api.md, made from the API's own description.

Run ``python tools/api_page.py > docs/reference/api.md``.
"""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from functions.api import description  # noqa: E402 - this is a script
from tools.tables import table  # noqa: E402

Document = Mapping[str, Any]

_HEAD = """\
# The operators' HTTP API

Made from `GET /api/openapi.json` by `python tools/api_page.py > docs/reference/api.md`; do not edit it by hand.
`keeper` ([cli.md](cli.md)) is a client of it and of nothing else.

Every route wants a token of Entra (`Authorization: Bearer …`) with the role that it names, or one that includes it:
`Keeper.Admin` includes `Keeper.Operate`, which includes `Keeper.Read`. In a trial the operator's key in
`x-functions-key` stands for all three. Bodies are JSON, and no field is allowed that is not named here; instants are
RFC 3339 with an offset. A refusal is `application/problem+json` with a stable `code`: [errors.md](errors.md).

Beside what a route names, every route may refuse with {always}. A list comes in pages: its `cursor` asks for
the next one, and is `null` after the last.

Not here, because nobody asks them with a role: `POST /api/signup` (a signed webhook), `GET /api/consent/…` (the
customer's administrator), `GET /api/health` (anybody), `GET /api/console` ([the console](../console.md)).
"""
_ALWAYS = frozenset({"400", "401", "403", "503"})
_HASH = "^[0-9a-f]{64}$"
_SCALARS = {
    "": "anything",
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "null",
    "uuid": "a GUID",
    "date-time": "an instant",
}


def page() -> str:
    """Return the page."""
    document = description()
    routes = [
        (operation["tags"][0], f"{method.upper()} {path}", operation)
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    ]
    parts = [_HEAD.replace("{always}", ", ".join(sorted(_ALWAYS)))]
    for tag in dict.fromkeys(tag for tag, _, _ in routes):
        parts.append(f"## {tag.capitalize()}\n")
        for own, route, operation in routes:
            parts += [*_route(route, operation), ""] if own == tag else []
    parts.append("## Forms of answers\n")
    for name, form in sorted(document["components"]["schemas"].items()):
        parts += [*_form(name, form), ""]
    return "\n".join(parts).rstrip("\n") + "\n"


def _route(route: str, operation: Document) -> Iterator[str]:
    yield f"### {route}\n"
    yield operation["description"] + "\n"
    rows = [*_parameters(operation), *_body(operation)]
    if rows:
        yield from table(("field", "stands in", "form", "without it", "meaning"), rows)
        yield ""
    (role,) = {role for way in operation["security"] for roles in way.values() for role in roles}
    good, *refused = sorted(operation["responses"].items())
    answer = _kind(good[1]["content"]["application/json"]["schema"])
    more = ", ".join(status for status, _ in refused if status not in _ALWAYS)
    refuses = f"; may refuse with {more} as well" if more else ""
    yield f"Needs `{role}`. Answers {good[0]} with {answer}{refuses}."


def _parameters(operation: Document) -> Iterator[tuple[str, ...]]:
    for each in operation.get("parameters", ()):
        yield _row(each["name"], each["in"], each["schema"], is_needed=each["required"])


def _body(operation: Document) -> Iterator[tuple[str, ...]]:
    if "requestBody" in operation:
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        for name, form in schema["properties"].items():
            yield _row(name, "body", form, is_needed=name in schema.get("required", ()))


def _row(name: str, place: str, form: Document, *, is_needed: bool) -> tuple[str, ...]:
    default = form.get("default")
    without = "refused" if is_needed else "" if default is None else f"`{default}`"
    meanings = (each.get("description", "") for each in (form, *form.get("anyOf", ())))
    kind = _kind(form).removesuffix(", or null")
    return f"`{name}`", place, kind, without, next(filter(None, meanings), "")


def _form(name: str, form: Document) -> Iterator[str]:
    yield f"### {name}\n"
    yield form["description"].partition("\n\n")[0].replace("\n", " ").replace("``", "`") + "\n"
    if "enum" in form:
        yield f"One of {_words(form)}."
    else:
        rows = ((f"`{field}`", _kind(kind)) for field, kind in form["properties"].items())
        yield from table(("field", "form"), rows)


def _kind(form: Document) -> str:
    """Name what a value is, in one phrase."""
    if "$ref" in form:
        name = form["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in form:
        kinds = [_kind(each) for each in form["anyOf"]]
        return ", or ".join(sorted(kinds, key=lambda kind: kind == "null"))
    if "enum" in form:
        return _words(form)
    if form.get("type") == "array":
        return f"a list of {_kind(form['items'])}"
    if form.get("type") == "object":
        values = form.get("additionalProperties")
        return f"by name, {_kind(values)}" if isinstance(values, dict) and values else "an object"
    return _SCALARS[form.get("format", form.get("type", ""))] + _bounds(form)


def _words(form: Document) -> str:
    return ", ".join(f"`{word}`" for word in form["enum"])


def _bounds(form: Document) -> str:
    if form.get("pattern") == _HASH:
        return " of 64 hexadecimal digits"
    if "maxLength" in form:
        return f" of at most {form['maxLength']} characters"
    return f" from {form['minimum']} to {form['maximum']}" if "maximum" in form else ""


if __name__ == "__main__":
    print(page(), end="")
