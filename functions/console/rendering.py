"""Pages made of templates: everything that is put into one is escaped, and a name that is missing is an error."""

import functools
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from functions.console.static_files import address
from functions.console.tones import shade_of, tone, words

_FOLDER = Path(__file__).parent / "templates"
_UNITS = (("d", timedelta(days=1)), ("h", timedelta(hours=1)), ("min", timedelta(minutes=1)))


@functools.cache
def _environment() -> Environment:
    """The templates, read on first use and kept."""
    made = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals |= {"address": address, "shade_of": shade_of, "tone": tone}
    made.filters |= {"moment": moment, "ago": ago, "words": words}
    return made


def rendered(template: str, context: Mapping[str, object]) -> str:
    """A page, or a part of one."""
    return _environment().get_template(template).render(context)


def moment(at: datetime) -> Markup:
    """A time as people read it, with its zone, and as programs do."""
    utc = at.astimezone(UTC)
    return Markup('<time datetime="{}">{}</time>').format(
        utc.isoformat(timespec="seconds"), f"{utc:%Y-%m-%d %H:%M} UTC"
    )


def ago(at: datetime, now: datetime) -> str:
    """How long ago, or how soon, in the largest unit that says it."""
    between = now - at
    length = abs(between)
    text = next((f"{length // unit} {name}" for name, unit in _UNITS if length >= unit), f"{length.seconds} s")
    return f"{text} ago" if between >= timedelta(0) else f"in {text}"
