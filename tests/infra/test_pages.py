"""What the pages for operators tell people to type exists."""

import re

import pytest

from functions.api import description
from tests.infra.bicep import ROOT, files, parsed

PAGES = {name: (ROOT / "docs" / name).read_text() for name in ("operations.md", "first-deploy.md")}


@pytest.mark.parametrize("page", PAGES)
def test_every_route_that_a_page_names_exists(page: str) -> None:
    routes = {re.sub(r"\{\w+\}", "<id>", path) for path in description()["paths"]}
    named = {f"/api/{path}" for path in re.findall(r"\$API/([\w/<>-]+)", PAGES[page])}
    assert named <= routes
    bare = {f"/api/{path}" for path in re.findall(r"`(fleet/\w+)`", PAGES[page])}
    assert bare <= routes


@pytest.mark.parametrize("page", PAGES)
def test_every_link_of_a_page_leads_somewhere(page: str) -> None:
    links = re.findall(r"\]\(([\w./-]+)\)", PAGES[page])
    assert links
    assert [link for link in links if not (ROOT / "docs" / link).exists()] == []


def test_every_output_that_the_first_deployment_uses_is_given() -> None:
    named = set(re.findall(r"<([A-Z_]{6,})(?: of the outputs)?>", PAGES["first-deploy.md"]))
    assert named
    assert named <= parsed(files()["main.bicep"]).outputs.keys()


def test_every_variable_of_the_workflows_is_explained() -> None:
    workflows = "".join(path.read_text() for path in (ROOT / ".github" / "workflows").glob("*.yml"))
    parameters = "".join(path.read_text() for path in (ROOT / "infra").glob("*.bicepparam"))
    named = set(re.findall(r"vars\.([A-Z_]+)", workflows))
    assert {name for name in named if name.startswith("KEEPER_")} <= set(re.findall(r"'(KEEPER_[A-Z_]+)'", parameters))
    unexplained = {name for name in named if not name.startswith("KEEPER_") and name not in PAGES["first-deploy.md"]}
    assert unexplained == set()
