"""The session in the documentation is what ``keeper`` says today, on the real host with Azurite and the twin."""

from pathlib import Path

import pytest

from local.demo.command import Stage
from tools import keeper_session

pytestmark = [pytest.mark.loop, pytest.mark.xdist_group("loop")]

ROOT = Path(__file__).resolve().parents[2]


def test_the_recorded_session_is_what_keeper_says(product: Stage, tmp_path: Path) -> None:
    page = (ROOT / "docs" / "keeper-session.md").read_text("utf-8")
    assert keeper_session.record(product, tmp_path) == page, (
        "run python tools/keeper_session.py > docs/keeper-session.md"
    )
