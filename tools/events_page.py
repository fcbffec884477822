"""Print docs/reference/events.md, made from the table of events.

Run ``python tools/events_page.py > docs/reference/events.md``.
"""

import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

_HEAD = """\
# Events

Made from `shared/adapters/events.py` by `python tools/events_page.py > docs/reference/events.md`; do not edit it by
hand. Each event is a row of `AppEvents`: its name in `Name`, its fields in `Properties`, where every value is a text. A
query reads it as the type that stands here: `tolong(Properties.writes)`, `todatetime(Properties.unwell_since)`.
"""


def page() -> str:
    """Return the page."""
    sys.path.insert(0, str(ROOT))
    from shared.adapters.events import AVAILABILITY, COMMON, EVENTS, Field  # noqa: PLC0415 - this is a script

    def table(fields: Mapping[str, Field]) -> str:
        rows = [f"| `{name}` | {field.kind} | {field.meaning} |" for name, field in fields.items()]
        return "\n".join(["| field | type | says |", "|---|---|---|", *rows, ""])

    availability = (
        f"## Availability\n\nEach look is a row of `AppAvailabilityResults` as well: `Name` is `{AVAILABILITY}`, `Id` "
        "the correlation id,\n`Location` the region, `Success` whether the tenant was found healthy, `Message` the "
        "verdict.\n"
    )
    events = [f"## {event.name}\n\n{event.meaning}\n\n{table(event.fields)}" for event in EVENTS.values()]
    return "\n".join([_HEAD, f"## In every event\n\n{table(COMMON)}", *events, availability])


if __name__ == "__main__":
    print(page(), end="")
