"""How one item stands, in three answers that must not be mixed up: is it there, is it on, does it do its work.

An item can be there and off, and it can be on and dead: on with a setting that makes it do nothing, or in a place where
no message reaches it. Source: vendor article Q21244 ("all items must be present and enabled").
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from shared.domain.drift import Fault
from shared.domain.resources import Item


class Reply(StrEnum):
    """An answer to one of the three questions."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
    """Nobody could see it."""
    NONE = "none"
    """The question does not arise: it has no switch of its own."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How one item stands.

    Attributes:
        present: It is there.
        enabled: It is on.
        acting: It does to mail what it is there for.
    """

    present: Reply
    enabled: Reply
    acting: Reply


_SWITCHLESS = frozenset({Item.ARC_SEALER, Item.ENHANCED_FILTERING})
"""A sealer is in a list or not; the skip list is a setting of a connector."""

_YES, _NO, _UNKNOWN = Reply.YES, Reply.NO, Reply.UNKNOWN
_NOWHERE = Standing(_NO, _NO, _NO)
_UNSEEN = Standing(_UNKNOWN, _UNKNOWN, _UNKNOWN)

_OF_STATE: Mapping[str, Standing] = {
    "on": Standing(_YES, _YES, _YES),
    "off": Standing(_YES, _NO, _NO),
    "gone": _NOWHERE,
    Fault.MISSING: _NOWHERE,
    Fault.DISABLED: Standing(_YES, _NO, _NO),
    Fault.ENABLED: Standing(_YES, _YES, _YES),
    # A stranger under our name: it is not known what it does.
    Fault.STRANGER: Standing(_NO, _UNKNOWN, _UNKNOWN),
}


def standing(item: Item, state: str, desired: str) -> Standing:
    """Say how an item stands; total.

    Args:
        item: Which one.
        state: Its state in words, as ``item_states`` says it.
        desired: What is wanted of it: ``on``, ``off`` or ``gone``.
    """
    word = state.partition(" ")[0]
    found = _OF_STATE.get(word) or _differing(item, word, desired)
    return Standing(found.present, Reply.NONE, found.acting) if item in _SWITCHLESS else found


def _differing(item: Item, word: str, desired: str) -> Standing:
    """An object that is there, whose switch is as it should be, and which differs in something else."""
    if word not in (Fault.ALTERED, Fault.MISPLACED, Fault.ACCEPTED):
        return _UNSEEN
    enabled = _YES if desired == "on" else _NO
    if word == Fault.ACCEPTED:
        return Standing(_YES, enabled, enabled)
    # The sealer's one setting is the list that it is missing from.
    return Standing(_NO if item is Item.ARC_SEALER else _YES, enabled, _NO)
