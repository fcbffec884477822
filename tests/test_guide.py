"""The guide tells operators what is so: its roles are the API's, its commands exist, its links lead somewhere."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.tree import app
from functions.api import description
from functions.routes_commands import BODIES
from shared.domain.operators import Role
from tests.cli import typed

ROOT = Path(__file__).resolve().parents[1]
GUIDE = (ROOT / "docs" / "guide.md").read_text("utf-8")
LINKED = [ROOT / name for name in ("README.md", "ARCHITECTURE.md")] + [
    ROOT / "docs" / name for name in ("guide.md", "permissions.md", "operations.md", "runbooks/README.md")
]


def told() -> Iterator[tuple[str, str]]:
    """Each command of the table of roles with the role that it stands beside."""
    for role, row in re.findall(r"^\| `(Keeper\.\w+)` \|.+\| (.+) \|$", GUIDE, re.MULTILINE):
        yield from ((command, role) for command in typed.spans(row))


def route_of(command: str) -> tuple[str, str]:
    """The route of the API that a command of keeper ends in."""
    _, name, *rest = command.split()
    if name == "poison":
        return ("get", "/api/poison") if rest[0] == "ls" else ("post", f"/api/poison/{{parked_id}}/{rest[0]}")
    if "--scope" in rest or name in ("freeze", "release"):
        return "post", f"/api/fleet/{name}"
    if name in {*BODIES, "apply"}:
        return "post", f"/api/tenants/{{tenant_id}}/{'remediate' if name == 'apply' else name}"
    return "get", f"/api/tenants/{{tenant_id}}/{'proof' if name == 'proof' else 'plan'}"


@pytest.mark.parametrize(("command", "role"), list(told()))
def test_a_command_needs_the_role_that_it_stands_beside(command: str, role: str) -> None:
    method, path = route_of(command)
    assert description()["paths"][path][method]["security"][0]["entra"] == [role]


def test_the_table_of_roles_has_every_role_and_every_command() -> None:
    assert {role for _, role in told()} == set(Role)
    named = {command.split()[1] for command, _ in told()}
    known = {str(each.name) for each in app.registered_commands} | {"poison"}
    assert known - named == {"explain"}, "what asks nobody needs no role"


def anchors(page: Path) -> set[str]:
    """The names by which headings of a page are linked to, as GitHub makes them."""
    heads = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", LINKED, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_to_a_page_and_to_a_heading_that_are_there(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:\s]*)(?:#([^)\s]+))?\)", page.read_text("utf-8"))
    assert links
    for target, anchor in links:
        there = (page.parent / target) if target else page
        assert there.exists(), target
        assert not anchor or anchor in anchors(there), f"{target}#{anchor}"
