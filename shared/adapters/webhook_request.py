"""Whether a webhook is worth reading: the bounds of its head and body, and its type. No I/O, and total.

It is asked before anything is believed, so an answer says nothing of keys or customers.
"""

import re
from collections.abc import Mapping

from shared.domain.errors import InvalidRequest, TooLarge, UnsupportedMedia

LARGEST = 64 * 1024
"""Bytes of a body that are worth hashing for a stranger; the form of a signup is far smaller."""
_MOST_HEADERS = 100
_LARGEST_HEAD = 16 * 1024
"""Characters of all names and values; a platform in front of us adds a dozen headers of its own."""

_JSON = re.compile(r'application/json[ \t]*(?:;[ \t]*charset=(?:utf-8|"utf-8")[ \t]*)?', re.ASCII | re.IGNORECASE)


def check_request(headers: Mapping[str, str], body: bytes) -> None:
    """Refuse what no sender of ours would send.

    Args:
        headers: The request's headers, their names in any case.
        body: The body as it came.

    Raises:
        InvalidRequest: The head is larger than any that is needed.
        TooLarge: The body is larger than 64 KiB.
        UnsupportedMedia: It does not say, once, that it is JSON in UTF-8.
    """
    if len(headers) > _MOST_HEADERS or sum(len(name) + len(value) for name, value in headers.items()) > _LARGEST_HEAD:
        raise InvalidRequest(f"at most {_MOST_HEADERS} headers of {_LARGEST_HEAD} characters in all are read")
    if len(body) > LARGEST:
        raise TooLarge(f"at most {LARGEST} bytes are read")
    types = [value for name, value in headers.items() if name.lower() == "content-type"]
    if len(types) != 1 or not _JSON.fullmatch(types[0]):
        raise UnsupportedMedia("content-type: application/json is expected, in UTF-8")
