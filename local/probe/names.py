"""What a tenant calls its own, as it was read: these names go from every sentence. No I/O."""

import re
from collections.abc import Iterable, Mapping

from local.probe.evidence import Evidence
from local.probe.own import PREFIX
from shared.domain.observation import properties

_NAMING = ("Name", "DisplayName", "DomainName", "CreatedBy", "LastModifiedBy")
_CAPITAL = re.compile(r"(?<!\w)[^\W\d_a-z]\w{3,}(?!\w)")


def names_in(evidence: Iterable[Evidence]) -> set[str]:
    """Every text in the tenant's own objects, and what its domains are called."""
    found: set[str] = set()
    for one in evidence:
        for row in one.envelope.rows or ():
            if not str(row.get("Name")).startswith(f"{PREFIX} "):
                found.update(_texts(list(properties(row).values())))
    return found | {label for name in found for label in _labels(name)}


def words_in(evidence: Iterable[Evidence]) -> set[str]:
    """Words with a capital letter in what the tenant's objects are called: its own name may be one of them."""
    found: set[str] = set()
    for one in evidence:
        for row in one.envelope.rows or ():
            if not str(row.get("Name")).startswith(f"{PREFIX} "):
                texts = _texts([row.get(name) for name in _NAMING])
                found.update(word for text in texts for word in _CAPITAL.findall(text))
    return found


def _texts(value: object) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _texts(part)


def _labels(name: str) -> list[str]:
    """The telling part of a domain: a sentence may leave the rest out."""
    labels = name.split(".")
    is_domain = len(labels) > 1 and " " not in name and all(label.strip("*@") for label in labels)
    return [labels[0]] if is_domain and len(labels[0]) > len("www") else []
