"""However a tenant reads back, what means the same is no drift; and one change of meaning is one drift.

Each rewriting is one of the exchange contract's §4.3: what Exchange is thought to do to values that it reads back.
"""

from collections.abc import Callable, Mapping
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from shared.domain.desired import desired_state
from shared.domain.diff import diff
from shared.domain.observation import Complete, Observation
from shared.domain.resources import Item, Kind
from shared.domain.values import Row
from tests.domain.test_drift import ACTIVE, SINGLE
from tests.domain.world import OWNED, SPEC, healthy, modest, rows

NETWORKS = (
    ("203.0.113.0/24", "203.0.113.0-203.0.113.255", "203.0.113.77/24", " 203.0.113.0/24 "),
    ("198.51.100.7", "198.51.100.7/32", "198.51.100.7-198.51.100.7"),
    ("2001:db8:a::/48", "2001:DB8:A:0:0::/48", "2001:0db8:000a::/48"),
)
"""Ways to write each entry of the skip list of these tests."""


def in_any_case(dice: Random, text: str) -> str:
    return dice.choice((text, text.upper(), text.lower(), text.swapcase()))


def shuffled(dice: Random, values: list[object]) -> list[object]:
    return dice.sample(values, len(values))


def host(dice: Random, text: str) -> str:
    return in_any_case(dice, text) + dice.choice(("", "."))


def rewritten(dice: Random, row: Row) -> Row:
    """One object of ours, said differently."""
    said = {name: _REWRITINGS[name](dice, value) if name in _REWRITINGS else value for name, value in row.items()}
    noise = {"Comment": "changed", "Description": "Text in any language", "DirectoryObjectVersion": dice.random()}
    return {**said, **dice.choice(({}, noise))}


def _hosts(dice: Random, value: object) -> object:
    assert isinstance(value, list)
    return [host(dice, name) for name in value]


def _word(dice: Random, value: object) -> object:
    """A text, or the words of a list in any order, one of them as a list or bare; what is unset stays so."""
    if isinstance(value, list):
        words = shuffled(dice, [in_any_case(dice, word) for word in value])
        return dice.choice((words, words[0])) if len(words) == 1 else words
    return in_any_case(dice, value) if isinstance(value, str) else value


def _unset(dice: Random, value: object) -> object:
    return value or dice.choice((None, [], "", False))


_REWRITINGS: Mapping[str, Callable[[Random, object], object]] = {
    **dict.fromkeys(("TlsSenderCertificateName", "TlsDomain"), lambda dice, value: host(dice, str(value))),
    **dict.fromkeys(("ConnectorType", "TlsSettings", "Mode", "RemoveHeader", "HeaderContainsMessageHeader"), _word),
    **dict.fromkeys(("Name", "HeaderContainsWords", "RouteMessageOutboundConnector"), _word),
    **dict.fromkeys(("EFUsers", "EFTestMode", "ActivationDate", "ExpiryDate", "Exceptions"), _unset),
    "SmartHosts": _hosts,
    "SenderDomains": lambda dice, _: dice.choice((["*"], ["smtp:*;1"], ["SMTP:*;10"], "smtp:*;1")),
    "EFSkipIPs": lambda dice, _: shuffled(dice, [dice.choice(ways) for ways in NETWORKS]),
}


def sealers(dice: Random, row: Row) -> Row:
    names = [in_any_case(dice, name) for name in str(row["ArcTrustedSealers"]).split(",")]
    names = [str(name) for name in shuffled(dice, [*names])]
    value: object = dice.choice((",".join(names), ", ".join(names), names))
    return {**row, "ArcTrustedSealers": value}


def said_differently(dice: Random, world: Observation) -> Observation:
    """The same tenant in other words: values, orders, gaps between places, members that nobody knows."""
    found = {}
    for kind in Kind:
        ours = {str(guid) for guid in OWNED.values()}
        kept = [rewritten(dice, row) if row.get("Guid") in ours else row for row in rows(world, kind)]
        if kind is Kind.ARC_CONFIG:
            kept = [sealers(dice, row) for row in kept]
        if kind is Kind.TRANSPORT_RULE:
            step = dice.randint(1, 7)
            kept = [{**row, "Priority": step * place} for place, row in enumerate(kept)]
        found[kind] = Complete(tuple(dice.sample(kept, len(kept))))
    return found


seeds = st.integers(0, 2**64 - 1).map(Random)
TABLE = desired_state(ACTIVE, SPEC)


@modest
@given(seeds)
def test_what_means_the_same_is_no_drift(dice: Random) -> None:
    world = said_differently(dice, healthy(ACTIVE))
    assert [str(drift) for drift in diff(TABLE, world, OWNED, active=True)] == []


@modest
@given(seeds, st.sampled_from(SINGLE))
def test_one_change_of_meaning_is_one_drift_however_the_rest_is_said(
    dice: Random, single: tuple[str, dict[str, object], Item, object]
) -> None:
    name, changes, item, effect = single
    world = said_differently(dice, healthy(ACTIVE))
    (drift,) = diff(TABLE, edited_in_any_case(world, name, changes), OWNED, active=True)
    assert (drift.item, drift.effect) == (item, effect)


def edited_in_any_case(world: Observation, name: str, changes: dict[str, object]) -> Observation:
    """Change an object by its name, in whatever case it stands here."""

    def changed(row: Row) -> Row:
        return {**row, **changes} if str(row.get("Name")).casefold() == name.casefold() else row

    return {kind: Complete(tuple(map(changed, rows(world, kind)))) for kind in Kind}
