"""A message's text and its body: base64 by default, as the queue extension reads and writes it."""

import base64
import binascii
import re

BLANKS = re.compile(r"[ \t\r\n]+")


def body_of(text: str, *, base64_encoded: bool) -> bytes | None:
    """The body in a message's text; None where the text is not base64 and should be."""
    if not base64_encoded:
        return text.encode()
    try:
        return base64.b64decode(BLANKS.sub("", text), validate=True)
    except (binascii.Error, ValueError):
        return None


def text_of(body: bytes, *, base64_encoded: bool) -> str:
    """The text of a message with this body.

    Raises:
        UnicodeDecodeError: The body is no text, and the text is to be bare.
    """
    return base64.b64encode(body).decode() if base64_encoded else body.decode()
