"""Which function an HTTP path belongs to: ASP.NET's route templates, as the real host matches them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote

from local.host.failures import BadRoute

GUID = r"\{?[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}\}?"
CONSTRAINTS = {
    "int": r"[+-]?[0-9]{1,10}",
    "long": r"[+-]?[0-9]{1,19}",
    "bool": r"true|false",
    "alpha": r"[a-z]*",
    "guid": GUID,
    "decimal": r"[+-]?[0-9]+(?:\.[0-9]+)?",
    "double": r"[+-]?[0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?",
    "required": r".+",
}
LENGTHS = {"length": "{{{0}}}", "minlength": "{{{0},}}", "maxlength": "{{0,{0}}}"}
PARAMETER = re.compile(r"\{(?P<stars>\*{0,2})(?P<name>\w+)(?P<constraints>(?::\w+(?:\([^()]*\))?)*)(?P<optional>\??)\}")
SEGMENT = re.compile(r"((?:[^/{}]|\{[^{}]*\})+)")
LITERAL, CONSTRAINED, FREE, CONSTRAINED_REST, REST = range(5)


@dataclass(frozen=True)
class Route:
    """One function's template, ready to match."""

    function: str
    methods: frozenset[str]
    pattern: re.Pattern[str]
    precedence: tuple[int, ...]

    def match(self, method: str, path: str) -> dict[str, str] | None:
        """The route's values for a call, or None where the call is not this route's.

        Args:
            method: The HTTP method.
            path: The path as it was sent, below the prefix, without the first slash.
        """
        if self.methods and method.upper() not in self.methods:
            return None
        found = self.pattern.fullmatch(path.removesuffix("/"))
        return None if found is None else {name: unquote(value) for name, value in found.groupdict().items() if value}


class RouteTable:
    """All routes of the app, the most particular ones first."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self.routes = sorted(routes, key=lambda route: route.precedence)

    def find(self, method: str, path: str) -> tuple[str, dict[str, str]] | None:
        """The function that answers a call, and its route values; None is a 404."""
        for route in self.routes:
            values = route.match(method, path)
            if values is not None:
                return route.function, values
        return None


def parse_route(function: str, template: str, methods: Iterable[str] = ()) -> Route:
    """Read a route template.

    Args:
        function: Whose route it is.
        template: As in the decorator, with parameters in braces, without the prefix.
        methods: The HTTP methods that it answers; none means every method.

    Returns:
        The route.

    Raises:
        BadRoute: The template is none, or it uses a constraint that this host does not know.
    """
    template = template.strip("/")
    parts = SEGMENT.findall(template)
    if "/".join(parts) != template:
        raise BadRoute(f"route {template!r} is no route template")
    try:
        segments = [_segment(part, first=position == 0) for position, part in enumerate(parts)]
        pattern = re.compile("".join(pattern for pattern, _ in segments), re.IGNORECASE)
    except (ValueError, re.error) as error:
        raise BadRoute(f"route {template!r}: {error}") from None
    precedence = tuple(rank for _, rank in segments)
    return Route(function, frozenset(method.upper() for method in methods), pattern, precedence)


def _segment(part: str, *, first: bool) -> tuple[str, int]:
    slash = "" if first else "/"
    whole = PARAMETER.fullmatch(part)
    if whole is None:
        return slash + _mixed(part), LITERAL if "{" not in part else CONSTRAINED
    name, body = whole["name"], _constrained(whole["constraints"])
    if whole["stars"]:
        return f"(?:{slash}(?P<{name}>{body or '.*'}))?", CONSTRAINED_REST if body else REST
    pattern = f"{slash}(?P<{name}>{body or '[^/]+'})"
    return f"(?:{pattern})?" if whole["optional"] else pattern, CONSTRAINED if body else FREE


def _mixed(part: str) -> str:
    """A segment that has text beside its parameters, such as ``report-{day}.csv``."""
    pattern, end = "", 0
    for found in PARAMETER.finditer(part):
        body = _constrained(found["constraints"]) or "[^/]+"
        pattern += re.escape(part[end : found.start()]) + f"(?P<{found['name']}>{body})"
        end = found.end()
    rest = part[end:]
    if "{" in rest or "}" in rest or "{" in PARAMETER.sub("", part):
        raise ValueError(f"{part!r} is no parameter")
    return pattern + re.escape(rest)


def _constrained(text: str) -> str:
    """The pattern of ``:int:…``; empty where nothing is asked."""
    pattern = ""
    for name, argument in re.findall(r":(\w+)(?:\(([^()]*)\))?", text):
        one = CONSTRAINTS.get(name.lower()) or _with_argument(name.lower(), argument)
        pattern = f"(?={one}(?:/|$)){pattern}" if pattern else f"(?:{one})"
    return pattern


def _with_argument(name: str, argument: str) -> str:
    if name in LENGTHS and argument.isdecimal():
        return "[^/]" + LENGTHS[name].format(argument)
    raise ValueError(f"constraint {name!r} is not one that this host knows")
