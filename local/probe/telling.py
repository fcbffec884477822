"""What a piece of text tells of a tenant, and what is left of it when it must tell nothing. No I/O."""

import re
from collections.abc import Iterable

from local.probe.patterns import FORMS, joined
from local.probe.vocabulary import everyday

_SHAPES = joined(FORMS)


def moment(found: str) -> str:
    """A moment that is nobody's, of the same form: how many digits, and which zone."""
    digits = len(found.partition(".")[2].rstrip("Z").partition("+")[0].partition("-")[0])
    zone = "Z" if found.endswith("Z") else found[-6:] if found[-6] in "+-" and found[-3] == ":" else ""
    return "2026-01-02T03:04:05" + ("." + "0" * digits if digits else "") + zone


def emptied(part: str) -> str:
    """One part of a URL's query without its value; a name that is not Exchange's goes as well."""
    name = part.partition("=")[0]
    return f"{name}=made-up" if name.lower() in ("%24skiptoken", "$skiptoken", "%24select", "$select") else "made-up"


def says_nothing(found: str) -> bool:
    """Whether it is one sign, or signs without a letter or a digit."""
    return found.isascii() and (len(found) == 1 or not any(map(str.isalnum, found)))


def literal(names: Iterable[str], words: Iterable[str]) -> str:
    """One pattern for all names in any case, the longest first, and for words with a capital letter as they are."""
    ordered = sorted({name.strip() for name in names if tells(name)}, key=lambda name: (-len(name), name))
    spaced = [r"\s+".join(map(re.escape, name.split())) for name in ordered]
    parts = [f"(?i:{'|'.join(spaced)})"] if spaced else []
    parts += sorted({re.escape(word) for word in words if tells(word)}, key=len, reverse=True)
    # Without names it finds nothing.
    return rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)" if parts else r"(?!)"


def tells(name: str) -> bool:
    """Whether a text is a name that must go from sentences: long enough, and no word of everybody's."""
    folded = name.strip().casefold()
    is_short = len(folded) < 3  # noqa: PLR2004 - quotes tell such a name, if anything does
    # A domain, an address, a Guid is struck out by its form, and keeps it.
    return not (is_short or folded in everyday() or _SHAPES.fullmatch(name.strip())) and any(map(str.isalpha, folded))
