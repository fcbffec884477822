"""Regions of MailMarshal Cloud, what follows from each by the article, and the operator's region data.

Sources: vendor article Q21244 (certificate names, smart hosts); exchange contract §2.2 (what a skip list may hold).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_network

from shared.domain.errors import InvalidSettings
from shared.domain.values import Network, Unreadable, networks


class Region(StrEnum):
    """The regional instance of MailMarshal Cloud that a customer is configured for; a closed list."""

    AU = "au"
    EU = "eu"
    US = "us"

    @property
    def certificate_name(self) -> str:
        """The subject that MailMarshal Cloud's certificates carry (Q21244, both connectors)."""
        return f"*.{self}.mailmarshal.cloud"

    @property
    def smart_host(self) -> str:
        """The host that messages are routed to (Q21244, "Route email messages through these smart hosts")."""
        return f"m365integrated-array-1.{self}.mailmarshal.cloud"


@dataclass(frozen=True, slots=True)
class RegionData:
    """What the operator supplies: for each region the addresses whose mail is looked through.

    Attributes:
        version: The operator's own name for this edition of the data.
        skip_ips: For each region its addresses and CIDR blocks, as the operator wrote them.
    """

    version: str
    skip_ips: Mapping[Region, tuple[str, ...]]


_WIDEST = {4: 16, 6: 32}
"""The shortest prefix accepted, by family: anything wider trusts more of the internet than one vendor runs."""

_DOCUMENTATION = tuple(map(ip_network, ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")))
"""RFC 5737 and RFC 3849: what this repository ships, and what production refuses."""

_MICROSOFT = tuple(
    map(
        ip_network,
        ("40.92.0.0/15", "40.107.0.0/16", "52.100.0.0/14", "104.47.0.0/17", "2a01:111:f400::/48", "2a01:111:f403::/48"),
    )
)
"""Exchange Online Protection's own ranges; skipping them switches filtering off.

https://learn.microsoft.com/microsoft-365/enterprise/urls-and-ip-address-ranges (Exchange Online, port 25).
"""


def parse_region_data(text: bytes | str, *, production: bool) -> RegionData:
    """Read and validate the operator's region data.

    Args:
        text: ``{"version": "…", "regions": {"au": {"skip_ips": ["…"]}, "eu": {…}, "us": {…}}}``.
        production: Refuse documentation addresses, which stand for data that nobody has supplied yet.

    Raises:
        InvalidSettings: Everything that is wrong, in one message.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidSettings("region data: not JSON") from error
    if not isinstance(document, dict) or not isinstance(document.get("regions"), dict):
        raise InvalidSettings('region data: {"version": …, "regions": {…}} expected')
    version, regions = document.get("version"), document["regions"]
    problems = [] if isinstance(version, str) and version else ["version: a text is expected"]
    problems += [f"{name}: no such region" for name in regions if name not in frozenset(Region)]
    lists: dict[Region, tuple[str, ...]] = {}
    for region in Region:
        lists[region], found = _skip_list(regions.get(region), production=production)
        problems += [f"{region}: {problem}" for problem in found]
    if problems:
        raise InvalidSettings("region data: " + "; ".join(problems))
    return RegionData(str(version), lists)


def _skip_list(entry: object, *, production: bool) -> tuple[tuple[str, ...], list[str]]:
    words = entry.get("skip_ips") if isinstance(entry, dict) else None
    if not isinstance(words, list) or not words or not all(isinstance(word, str) for word in words):
        return (), ["skip_ips: a list of addresses is expected"]
    problems: list[str] = []
    for word in words:
        try:
            problems += [
                f"{word}: {why}" for block in networks([word]) if (why := distrust(block, production=production))
            ]
        except Unreadable:
            problems.append(f"{word[:64]!r}: no address, range or CIDR block")
    return tuple(words), problems


def distrust(block: Network, *, production: bool) -> str | None:
    """Say why mail from a block should not be looked through; ``None`` where nothing speaks against it."""

    def within(others: tuple[Network, ...]) -> bool:
        return any(block.version == other.version and block.overlaps(other) for other in others)

    if block.prefixlen < _WIDEST[block.version]:
        return f"wider than /{_WIDEST[block.version]}"
    if within(_MICROSOFT):
        return "belongs to Microsoft"
    if within(_DOCUMENTATION):
        return "is a documentation address, and this is production" if production else None
    if not block.is_global or block.is_multicast:
        return "is not a public address"
    return None
