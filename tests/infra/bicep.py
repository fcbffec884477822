"""Bicep as data: what is declared, what it says, and which names it uses. Nothing here compiles."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from pycep import BicepParser

ROOT = Path(__file__).resolve().parents[2]
INFRA = ROOT / "infra"

Files = Mapping[str, str]
"""Bicep files by their path below infra/."""

_USING = re.compile(r"^using '\./main\.bicep'$", re.MULTILINE)


def files() -> dict[str, str]:
    """Every Bicep file of the project."""
    return {str(path.relative_to(INFRA)): path.read_text() for path in sorted(INFRA.rglob("*.bicep"))}


def parameter_files() -> dict[str, str]:
    """Every file of parameters."""
    return {path.name: path.read_text() for path in sorted(INFRA.glob("*.bicepparam"))}


def as_variables(text: str) -> str:
    """A file of parameters as the same assignments of variables: no parser at hand knows its own form."""
    return re.sub(r"^param ", "var ", _USING.sub("", text), flags=re.MULTILINE)


@dataclass(frozen=True)
class Declared:
    """A resource or a module.

    Attributes:
        symbol: Its name in the file.
        kind: The type of a resource, the path of a module.
        version: The API version of a resource; empty for a module.
        body: What it says, without the loop or the condition around it.
        each: What a loop goes over, as text; empty where there is none.
        is_existing: It is only referred to.
    """

    symbol: str
    kind: str
    version: str
    body: Mapping[str, Any] = field(hash=False)
    each: str = ""
    is_existing: bool = False


@dataclass(frozen=True)
class Template:
    """One file, parsed."""

    tree: Mapping[str, Any] = field(hash=False)

    @property
    def parameters(self) -> Mapping[str, Any]:
        """The parameters by name."""
        return self.tree.get("parameters") or {}

    @property
    def outputs(self) -> Mapping[str, Any]:
        """The outputs by name."""
        return {name: row["value"] for name, row in (self.tree.get("outputs") or {}).items()}

    @property
    def variables(self) -> Mapping[str, Any]:
        """The variables' values by name."""
        return {name: row["value"] for name, row in (self.tree.get("variables") or {}).items()}

    @property
    def resources(self) -> tuple[Declared, ...]:
        """Every resource."""
        found = (self.tree.get("resources") or {}).items()
        return tuple(_declared(name, row, row["type"], row["api_version"], row["existing"]) for name, row in found)

    @property
    def modules(self) -> tuple[Declared, ...]:
        """Every call of a module."""
        found = (self.tree.get("modules") or {}).items()
        return tuple(_declared(name, row, row["detail"]["path"], "", False) for name, row in found)

    def of_kind(self, kind: str) -> tuple[Declared, ...]:
        """The resources of a type that are made here."""
        return tuple(found for found in self.resources if found.kind == kind and not found.is_existing)

    def module(self, symbol: str) -> Mapping[str, Any]:
        """The parameters that a module is called with; empty where it is not called."""
        found: Iterator[Mapping[str, Any]] = (call.body["params"] for call in self.modules if call.symbol == symbol)
        return next(found, {})


def _declared(symbol: str, row: Mapping[str, Any], kind: str, version: str, existing: bool) -> Declared:  # noqa: FBT001
    config = row["config"]
    each = ""
    if "loop_type" in config:
        each = shown(config["loop_type"]["detail"]["array_name"])
    if config.keys() <= {"loop_type", "condition", "config"}:
        config = config["config"]
    return Declared(symbol, kind, version, config, each, existing)


@cache
def parsed(text: str) -> Template:
    """Parse a file.

    Raises:
        lark.exceptions.LarkError: It is no Bicep.
    """
    return Template(BicepParser(add_line_numbers=False).parse(text=text))


def shown(value: Any) -> str:  # noqa: ANN401 - the parser's trees are of any form
    """An expression as text, for comparing and for complaints."""
    if isinstance(value, list):
        return f"[{', '.join(map(shown, value))}]"
    if not isinstance(value, dict):
        return str(value)
    if "function" in value:
        arguments = [part for part in (value["function"].get("parameters") or {}).values() if part is not None]
        return f"{value['function']['type']}({', '.join(map(shown, arguments))})"
    if "operator" not in value:
        return "{" + ", ".join(f"{name}: {shown(part)}" for name, part in value.items()) + "}"
    kind, operands = value["operator"]["type"], list(map(shown, value["operator"]["operands"].values()))
    if kind == "property_accessor":
        return ".".join(operands)
    if kind == "index_accessor":
        return f"{operands[0]}[{operands[1]}]"
    return f"{kind}({', '.join(operands)})"


def walk(value: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - as above
    """Every property anywhere below, with its value."""
    if isinstance(value, dict):
        for name, part in value.items():
            yield name, part
            yield from walk(part)
    elif isinstance(value, list):
        for part in value:
            yield from walk(part)
