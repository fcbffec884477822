"""Text from outside that gives no orders: to a terminal, to a spreadsheet, to a page in Markdown.

Sources: Unicode Standard Annex #9 §2 (explicit directional formatting), Unicode Standard §23.1 (control codes) and §5.8
(line separators); OWASP, "CSV Injection", https://owasp.org/www-community/attacks/CSV_Injection.
"""

import re

_CONTROLS = re.compile(
    "["
    "\x00-\x1f\x7f-\x9f"  # C0, DEL and C1: ends of lines, and what begins an ANSI escape
    "\u200e\u200f\u2028\u2029"  # marks of direction, line and paragraph separator
    "\u202a-\u202e\u2066-\u2069"  # embeddings, overrides and isolates: they let text show what it does not say
    "\ud800-\udfff"  # half a surrogate pair, which no file takes
    "]"
)
_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[^\S\t\r\n]*[\t\r\n]")
"""What makes a formula of a cell; the wide forms do where the machine is set to Japanese or Chinese."""


def one_line(text: str) -> str:
    """A text with everything but what people read replaced by a mark."""
    return _CONTROLS.sub("\ufffd", text)


def cell(text: str) -> str:
    """A text that a spreadsheet shows and does not compute: what would begin a formula stands behind an apostrophe."""
    return one_line(f"'{text}" if _FORMULA.match(text) else text)


def markdown(text: str) -> str:
    """A text as a cell of a table in Markdown, in which it is neither markup nor a link nor HTML."""
    plain = one_line(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\`*_\[\]|!~])", r"\\\1", plain)
