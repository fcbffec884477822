"""``make demo`` tells the truth, and so does the README that quotes it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.loop
@pytest.mark.xdist_group("demo")
def test_the_demo_ends_healthy_and_as_the_readme_quotes_it() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "local", "demo"], cwd=ROOT, capture_output=True, text=True, timeout=110, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
    quoted = re.search(r"<!-- demo -->\n```\n(.+?)```\n<!-- /demo -->", (ROOT / "README.md").read_text(), re.DOTALL)
    assert quoted
    printed = "".join(line.rstrip() + "\n" for line in run.stdout.splitlines())
    assert printed.endswith(quoted.group(1))
