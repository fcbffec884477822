"""The session in the documentation is what ``keeper`` says today, on the real host with Azurite and the twin."""

import importlib.util
from pathlib import Path

import pytest

from local.demo.command import Stage

pytestmark = [pytest.mark.loop, pytest.mark.xdist_group("loop")]

ROOT = Path(__file__).resolve().parents[2]


def test_the_recorded_session_is_what_keeper_says(product: Stage, tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("keeper_session", ROOT / "tools" / "keeper_session.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    page = (ROOT / "docs" / "keeper-session.md").read_text("utf-8")
    assert module.record(product, tmp_path) == page, "run python tools/keeper_session.py > docs/keeper-session.md"
