"""The report of a run of evidence: one page that needs nothing else. Every value is escaped by the template engine."""

import shutil
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any, TextIO

from cli.evidence_chain import Manifest
from cli.evidence_rows import Result
from cli.inert import one_line
from cli.reading import plain

_END = "</main>\n</body>\n</html>\n"


def _template(name: str) -> Any:  # noqa: ANN401 - its class is of a library that is not loaded yet
    from jinja2 import Environment, StrictUndefined  # noqa: PLC0415 - every other command would pay for it

    text = (files("cli") / "templates" / name).read_text("utf-8")
    return Environment(autoescape=True, undefined=StrictUndefined).from_string(text)


class Report:
    """A report that grows tenant by tenant; what is written first in it is known last.

    Args:
        body: Where the tenants are written meanwhile.
    """

    def __init__(self, body: TextIO) -> None:
        self._body = body
        self._tenant = _template("report_tenant.html.j2")

    def add(self, result: Result) -> None:
        """Write one more tenant."""
        self._body.write(self._tenant.render(clean(plain(result))) + "\n")

    def finish(self, path: Path, manifest: Manifest) -> None:
        """Write the whole page."""
        self._body.seek(0)
        with path.open("w", encoding="utf-8", newline="\n") as file:
            file.write(_template("report_head.html.j2").render(run=clean(plain(manifest))) + "\n")
            shutil.copyfileobj(self._body, file)
            file.write(_END)


def clean(value: Any) -> Any:  # noqa: ANN401 - whatever JSON can hold
    """A value in which no text has anything but what people read."""
    if isinstance(value, str):
        return one_line(value)
    if isinstance(value, list):
        return [clean(each) for each in value]
    if isinstance(value, Mapping):
        return {one_line(name): clean(each) for name, each in value.items()}
    return value
