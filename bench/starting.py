"""B9: how long the function app takes to import, beside what it imports of others alone."""

import ast
import subprocess
import sys
from collections.abc import Iterator
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
    others = "\n".join(third_parties())
    pairs = taken_in_turns(partial(_child, "import function_app"), partial(_child, others), REPEATS)
    return [compared("B9", "CPU of importing function_app, seconds", at_most(1.2), pairs)]


def third_parties() -> list[str]:
    """What ours import of others as soon as they are imported themselves: the same statements, from our own source."""
    code = "import sys, function_app; print(*(m for m in sys.modules if m.split('.')[0] in ('functions', 'shared')))"
    ours = _python(code).split()
    return sorted({statement for module in ours for statement in _imports(module)})


def _imports(module: str) -> Iterator[str]:
    path = ROOT / module.replace(".", "/")
    source = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    for node in ast.parse(source.read_text("utf-8")).body:  # what stands in a function is imported when it is needed
        if isinstance(node, ast.Import | ast.ImportFrom):
            name = node.module if isinstance(node, ast.ImportFrom) else node.names[0].name
            if str(name).partition(".")[0] not in {"functions", "shared", *sys.stdlib_module_names}:
                yield ast.unparse(node)


def _child(imports: str) -> float:
    return float(_python(_TIMED.format(imports=imports)))


def _python(code: str) -> str:
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    return ended.stdout
