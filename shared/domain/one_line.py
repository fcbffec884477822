"""Text from outside that stays one line, reads in one direction, and gives no orders to a terminal.

Source: Unicode Standard Annex #9 §2 (explicit directional formatting), §23.1 (control codes), §5.8 (line separators).
"""

import re

from shared.domain.errors import InvalidRequest

_CONTROLS = re.compile(
    "["
    "\x00-\x1f\x7f-\x9f"  # C0, DEL and C1: ends of lines, and what begins an ANSI escape
    "\u2028\u2029"  # line and paragraph separator
    "\u202a-\u202e\u2066-\u2069"  # embeddings, overrides and isolates: they let text show what it does not say
    "\ud800-\udfff"  # half a surrogate pair, which no storage takes
    "]"
)


def is_one_line(text: str) -> bool:
    """Tell whether a text has nothing in it but what people read."""
    return _CONTROLS.search(text) is None


def one_line(text: str) -> str:
    """Return a text with everything else in it replaced by a mark."""
    return _CONTROLS.sub("\ufffd", text)


def check_line(name: str, text: str) -> None:
    """Refuse a text that a person gave.

    Args:
        name: What it is.
        text: The text.

    Raises:
        InvalidRequest: It has more in it than people read; the text is not quoted.
    """
    if not is_one_line(text):
        raise InvalidRequest(f"{name}: one line without control characters is expected")
