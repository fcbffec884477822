"""B9: how long the function app takes to import, beside what it imports of others alone."""

import ast
import subprocess
import sys
from functools import partial

from bench.rows import Row, at_most, compared, taken_in_turns
from bench.scenes import ROOT

REPEATS = 7
_TIMED = """
import time
begun = time.process_time()
{imports}
print(time.process_time() - begun)
"""


def rows() -> list[Row]:
    """Measure."""
    others = "\n".join(f"import {name}" for name in third_parties())
    pairs = taken_in_turns(partial(_child, "import function_app"), partial(_child, others), REPEATS)
    return [compared("B9", "CPU of importing function_app, seconds", at_most(1.2), pairs)]


def third_parties() -> list[str]:
    """The modules of others that ours import as soon as they are imported, by our own source."""
    code = "import sys, function_app; print(*(m for m in sys.modules if m.split('.')[0] in ('functions', 'shared')))"
    ours = _python(code).split()
    found = {name for module in ours for name in _imports(module)}
    return sorted(
        name for name in found if name.partition(".")[0] not in {"functions", "shared", *sys.stdlib_module_names}
    )


def _imports(module: str) -> set[str]:
    path = ROOT / module.replace(".", "/")
    source = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    names: set[str] = set()
    for node in ast.parse(source.read_text("utf-8")).body:  # what stands in a function is imported when it is needed
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            names.add(node.module)
    return names


def _child(imports: str) -> float:
    return float(_python(_TIMED.format(imports=imports)))


def _python(code: str) -> str:
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    return ended.stdout
