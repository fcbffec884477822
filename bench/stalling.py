"""B10: a fleet in which some tenants do not answer at all, beside the same fleet without them."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

from bench.hanging import FLEET, HANGING, hanging
from bench.rows import Row, at_most, compared, taken_in_turns
from bench.scenes import FEW, NO_ACCOUNT, ROOT, playing, recorded, settings, slots
from bench.waiting import LATENCY_S

REPEATS = 5


def rows() -> list[Row]:
    """Measure."""
    script = replace(recorded(FEW).script, delay=LATENCY_S, hanging=hanging())
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, playing(script) as where:
        values = settings(where, NO_ACCOUNT, Path(folder))
        pairs = taken_in_turns(partial(_child, values), partial(_child, values, "without"), REPEATS)
    what = f"seconds for {FLEET} tenants, {HANGING} of them hanging, {slots()} at once"
    return [compared("B10", what, at_most(1.1), pairs)]


def _child(values: Mapping[str, str], *words: str) -> float:
    command = [sys.executable, "-m", "bench.hanging", *words]
    ended = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **values}, check=True, stdout=subprocess.PIPE, text=True
    )
    return float(ended.stdout)
