"""The registry of switches: what each decides, and how sure its first position is.

docs/reference/twin.md is made from it (``python tools/twin_page.py``). Numbers and sections are the exchange contract's
(§5.3); S21, the mail flow, has switches of its own (``mailflow.assumptions``).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType


@dataclass(frozen=True)
class About:
    """What is known of a switch.

    Attributes:
        number: Its number in the exchange contract; empty where it has none.
        grade: How sure its first position is.
        source: Where that comes from: a section of the exchange contract.
        decides: What it decides.
    """

    number: str
    grade: str
    source: str
    decides: str


@cache
def registry() -> Mapping[str, About]:
    """What is known of every switch, by its name."""
    document = json.loads((files("local.twin") / "data" / "switches.json").read_text("utf-8"))
    return MappingProxyType({name: About(**about) for name, about in document["switches"].items()})
