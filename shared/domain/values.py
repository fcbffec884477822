"""Values as Exchange gives them back, and what two of them mean to each other.

Exchange normalises what is written (``*`` comes back as ``smtp:*;1``, lists as one string, hosts in any case), so
nothing is ever compared as text: every setting names a ``Compare``, which turns both sides into the same plain form.
Source of the rules: exchange contract §4.3.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum, auto
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_address, ip_network, summarize_address_range

Row = Mapping[str, object]
"""One object as Exchange returned it: property name → JSON value, and annotations, whose names nobody asks for."""

Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Secret:
    """A value that is compared and sent, and never shown.

    Attributes:
        reveal: The value itself. Only the encoder of a request and the tenant store may read it.
    """

    reveal: str

    def __repr__(self) -> str:
        """Return a mask: the value stays out of logs, tracebacks and reports."""
        return "<secret>"


class Compare(StrEnum):
    """How a setting's desired and observed value are brought to one form."""

    FLAG = auto()
    """A Boolean; absent is not false."""
    ENUM = auto()
    """One name of an enumeration, in any case."""
    DOMAIN = auto()
    """A host, domain or certificate name, in any case, with or without the final dot."""
    DOMAINS = auto()
    """A set of those; addresses may stand in brackets."""
    SENDERS = auto()
    """Address spaces: ``*`` and ``smtp:*;1`` are the same."""
    NETWORKS = auto()
    """A set of addresses, ranges and CIDR blocks, of both families."""
    WORDS = auto()
    """A set of words, in any case; one word may come without its list."""
    INCLUDES = auto()
    """A shared list of which only our members matter; it may come as one comma-joined string."""
    UNSET = auto()
    """A setting that must not be used: null, false and empty are the same."""
    SENT_ONLY = auto()
    """Sent when the object is created and never compared."""


class Unreadable(ValueError):
    """An observed value that is of no known form: neither equal nor different, but unknown."""


def as_words(value: object) -> tuple[str, ...]:
    """Read a multi-valued property, which may come as a list, as one string, or as null.

    Raises:
        Unreadable: The value is something else.
    """
    if value is None or value == "":
        return ()
    if isinstance(value, Secret):
        return (value.reveal,)
    if isinstance(value, str):
        return (value,)
    if isinstance(value, list | tuple) and all(isinstance(word, str | Secret) for word in value):
        return tuple(word.reveal if isinstance(word, Secret) else word for word in value)
    raise Unreadable(f"neither text nor a list of texts: {type(value).__name__}")


def as_sealers(value: object) -> tuple[str, ...]:
    """Read ``ArcTrustedSealers`` in the original order and spelling: one comma-joined string, or a list.

    Source: exchange contract §2.5.

    Raises:
        Unreadable: The value is something else.
    """
    return tuple(entry.strip() for word in as_words(value) for entry in word.split(",") if entry.strip())


def networks(value: object) -> frozenset[Network]:
    """Read addresses, ``a-b`` ranges and CIDR blocks (host bits allowed) as the smallest set of networks.

    Raises:
        Unreadable: An entry is no address.
    """
    return _networks_of(as_words(value))


@lru_cache(maxsize=256)
def _networks_of(words: tuple[str, ...]) -> frozenset[Network]:
    """Parse a list once: a fleet has three of them, read back by every tenant of a region at every look."""
    found: list[Network] = []
    for word in words:
        try:
            found.extend(_blocks(word.strip()))
        except (ValueError, TypeError) as error:
            raise Unreadable("an entry is no address, range or CIDR block") from error
    v4 = [block for block in found if isinstance(block, IPv4Network)]
    v6 = [block for block in found if isinstance(block, IPv6Network)]
    return frozenset([*collapse_addresses(v4), *collapse_addresses(v6)])


def _blocks(word: str) -> Iterable[Network]:
    first, dash, last = word.partition("-")
    if dash:
        return summarize_address_range(ip_address(first.strip()), ip_address(last.strip()))
    return (ip_network(word, strict=False),)


def _domain(word: str) -> str:
    return word.strip().strip("[]").rstrip(".").casefold()


def _text(value: object) -> str:
    words = as_words(value)
    if len(words) > 1:
        raise Unreadable("several values where one was expected")
    return words[0] if words else ""


def _flag(value: object) -> object:
    if not isinstance(value, bool):
        raise Unreadable(f"not a Boolean: {type(value).__name__}")
    return value


def is_used(value: object) -> bool:
    """Tell whether a property says anything: null, false and empty are the same (exchange contract §2.4.2)."""
    return not (value is None or value is False or value in ("", [], ()))


_FORMS: Mapping[Compare, Callable[[object], object]] = {
    Compare.FLAG: _flag,
    Compare.ENUM: lambda value: _text(value).strip().casefold(),
    Compare.DOMAIN: lambda value: _domain(_text(value)),
    Compare.DOMAINS: lambda value: frozenset(map(_domain, as_words(value))),
    Compare.SENDERS: lambda value: frozenset(
        word.split(":", 1)[-1].split(";", 1)[0].strip().casefold() for word in as_words(value)
    ),
    Compare.NETWORKS: networks,
    Compare.WORDS: lambda value: frozenset(word.strip().casefold() for word in as_words(value)),
    Compare.INCLUDES: lambda value: frozenset(map(_domain, as_sealers(value))),
    Compare.UNSET: is_used,
    Compare.SENT_ONLY: lambda _: None,
}


def satisfies(compare: Compare, desired: object, observed: object) -> bool:
    """Tell whether an observed value means what is desired.

    Raises:
        Unreadable: The observed value is of no known form; the answer is neither yes nor no.
    """
    form = _FORMS[compare]
    found, wanted = form(observed), form(desired)
    if compare is Compare.INCLUDES:
        return isinstance(wanted, frozenset) and isinstance(found, frozenset) and wanted <= found
    return found == wanted


def plain_form(compare: Compare, value: object) -> str:
    """Write what a value means as one text: two values that mean the same have the same.

    Raises:
        Unreadable: The value is of no known form.
    """
    form = _FORMS[compare](value)
    return json.dumps(sorted(map(str, form)) if isinstance(form, frozenset) else form)


def without(shared: object, ours: str) -> tuple[str, ...]:
    """Take our member out of a shared list: theirs stay, in their order and spelling.

    Raises:
        Unreadable: The observed value is of no known form.
    """
    return tuple(entry for entry in as_sealers(shared) if _domain(entry) != _domain(ours))


def merged(desired: object, observed: object) -> tuple[str, ...]:
    """Add our members to a shared list: theirs first, in their order and spelling.

    Raises:
        Unreadable: The observed value is of no known form.
    """
    theirs = as_sealers(observed)
    known = set(map(_domain, theirs))
    return theirs + tuple(word for word in as_sealers(desired) if _domain(word) not in known)
