"""What a request asks for besides its cmdlet: which members, in which language, which page.

Source: exchange contract §1.1 (``$select``), §1.3 (headers), §1.7 (paging).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs

_PAGE = re.compile(r"odata\.maxpagesize\s*=\s*(\d{1,6})")
_MOST = 1000


@dataclass(frozen=True)
class Asked:
    """The wishes of one request.

    Attributes:
        members: The members that ``?$select=Name,Guid`` names, in lower case; none stands for all of them.
        is_german: It asks for German.
        page_size: How many objects a page may hold.
        place: What a link to the next page carried; empty for the first page.
        affinity: The mailbox and the cookie that lead to one server.
    """

    members: frozenset[str] = frozenset()
    is_german: bool = False
    page_size: int = _MOST
    place: str = ""
    affinity: tuple[str, str] = ("", "")


def asked_by(headers: Mapping[str, str], url: str) -> Asked:
    """Read the wishes of a request; header names are in lower case."""
    query = parse_qs(url.partition("?")[2])
    names = [name.strip().casefold() for part in query.get("$select", []) for name in part.split(",")]
    size = _PAGE.search(headers.get("prefer", "").lower())
    return Asked(
        frozenset(filter(None, names)),
        headers.get("accept-language", "").lower().startswith("de"),
        max(1, min(_MOST, int(size[1]))) if size else _MOST,
        next(iter(query.get("$skiptoken", [])), ""),
        (headers.get("x-anchormailbox", ""), headers.get("cookie", "")),
    )
