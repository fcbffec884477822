"""How the real host rewrites JSON: Newtonsoft's indentation, numbers and dates, without Newtonsoft."""

import json
import re
from datetime import UTC, datetime, timedelta, timezone

DATE = re.compile(
    r"(?P<whole>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(?P<fraction>\d{1,7})\d*)?(?P<zone>Z|[+-]\d\d:\d\d)?",
)


def rewritten(value: object) -> str:
    """A parsed JSON value as the real host writes it into a message.

    Args:
        value: What ``json.loads`` gave.

    Returns:
        Indented text; for text inside an array, the bare text.
    """
    if isinstance(value, str):
        return value
    return json.dumps(_normalised(value), indent=2, ensure_ascii=False)


def _normalised(value: object) -> object:
    if isinstance(value, dict):
        return {name: _normalised(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_normalised(item) for item in value]
    return _date(value) if isinstance(value, str) else value


def _date(text: str) -> str:
    found = DATE.fullmatch(text)
    if found is None:
        return text
    try:
        moment = datetime.fromisoformat(found["whole"]).replace(tzinfo=_zone(found["zone"])).astimezone(UTC)
    except (ValueError, OverflowError):
        return text
    fraction = (found["fraction"] or "").rstrip("0")
    suffix = found["zone"] if found["zone"] in (None, "Z") else "+00:00"
    return moment.strftime("%Y-%m-%dT%H:%M:%S").rjust(19, "0") + (f".{fraction}" if fraction else "") + (suffix or "")


def _zone(text: str | None) -> timezone:
    if text in (None, "Z"):
        return UTC
    assert text is not None
    distance = timedelta(hours=int(text[1:3]), minutes=int(text[4:6]))
    return timezone(-distance if text[0] == "-" else distance)
