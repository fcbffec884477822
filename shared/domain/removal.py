"""What to take away from a tenant that leaves, in order: Redirect off, Loop Check off, rules, connectors, our sealer.

It is a function of its own, so that no ordinary plan can remove anything. Objects go by the Guid that we know them by;
what wears one of our names and is not ours stays. Source: exchange contract §2.3.3 (a connector that a rule uses cannot
be removed), §2.5 (sealers), §3.6 (order).
"""

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from shared.domain.desired import ARC_SEALER
from shared.domain.errors import NeedsHuman
from shared.domain.observation import Complete, Observation, Unread, is_on
from shared.domain.proof import has_sealer, ours
from shared.domain.resources import Item, Kind
from shared.domain.steps import Step, Verb
from shared.domain.values import Row, Unreadable, as_words, without

_LAST_FIRST = (Item.REDIRECT, Item.LOOP_CHECK, Item.TO_CONNECTOR, Item.FROM_CONNECTOR)
_NOBODY: tuple[str, ...] = (" ",)
"""What empties the list of sealers (exchange contract §2.5, documented)."""


def switching_off(observation: Observation, owned: Mapping[str, UUID]) -> tuple[Step, ...]:
    """Switch our rules off, Redirect first."""
    return tuple(
        Step(Verb.DISABLE, kind, item.value, str(row["Guid"]), {}, "the tenant is leaving")
        for item, kind, row in _in_order(observation, owned)
        if kind is Kind.TRANSPORT_RULE and is_on(kind, row) is not False
    )


def removal_plan(observation: Observation, owned: Mapping[str, UUID]) -> tuple[Step, ...]:
    """Remove everything of ours: rules, connectors, our sealer; call it when no mail is on its way any more.

    Raises:
        NeedsHuman: A rule of the customer's routes through our connector, which therefore cannot go.
        Unreadable: The list of sealers is of no known form.
    """
    _refuse_if_used(observation, owned)
    # A rule that was not read may still use a connector.
    rules_are_read = isinstance(observation.get(Kind.TRANSPORT_RULE), Complete)
    steps = [
        Step(Verb.REMOVE, kind, item.value, str(row["Guid"]), {}, "the tenant is leaving")
        for item, kind, row in _in_order(observation, owned)
        if rules_are_read
    ]
    return (*steps, *_sealer(observation))


def residue(observation: Observation, owned: Mapping[str, UUID]) -> tuple[str, ...] | None:
    """Name what is left of us; ``None`` where not everything was read, so that nobody can say."""
    kinds = (Kind.INBOUND_CONNECTOR, Kind.OUTBOUND_CONNECTOR, Kind.TRANSPORT_RULE, Kind.ARC_CONFIG)
    if any(isinstance(observation.get(kind, Unread("not read")), Unread) for kind in kinds):
        return None
    left = [f"{kind}: {row.get('Name')}" for kind, row in ours(observation, owned)]
    return (*left, *([f"{Kind.ARC_CONFIG}: {ARC_SEALER}"] if has_sealer(observation) else []))


def _in_order(observation: Observation, owned: Mapping[str, UUID]) -> Iterator[tuple[Item, Kind, Row]]:
    """Our objects by our own names, whatever the tenant calls them now."""
    names = {str(guid): name for name, guid in owned.items()}
    found = {names[str(row["Guid"]).casefold()]: (kind, row) for kind, row in ours(observation, owned)}
    for item in _LAST_FIRST:
        if item.value in found:
            yield item, *found[item.value]


def _refuse_if_used(observation: Observation, owned: Mapping[str, UUID]) -> None:
    mine = ours(observation, owned)
    names = [row.get("Name") for kind, row in mine if kind is Kind.OUTBOUND_CONNECTOR]
    connectors = {name.casefold() for name in names if isinstance(name, str)}
    own_rules = {row.get("Guid") for kind, row in mine if kind is Kind.TRANSPORT_RULE}
    reading = observation.get(Kind.TRANSPORT_RULE)
    rules: Sequence[Row] = reading.rows if isinstance(reading, Complete) else ()
    users = [
        str(rule.get("Name"))[:64] for rule in rules if rule.get("Guid") not in own_rules and connectors & _routes(rule)
    ]
    if users:
        raise NeedsHuman(
            f"rules of the customer's route through our connector ({', '.join(users[:5])}): its administrator must "
            "change or remove them first"
        )


def _routes(rule: Row) -> set[str]:
    """The connectors that a rule names; what is of no known form may name ours as well, and Exchange will say so."""
    try:
        return {name.casefold() for name in as_words(rule.get("RouteMessageOutboundConnector"))}
    except Unreadable:
        return set()


def _sealer(observation: Observation) -> Iterator[Step]:
    reading = observation.get(Kind.ARC_CONFIG)
    if not isinstance(reading, Complete) or not has_sealer(observation):
        return
    row = reading.rows[0]
    left = without(row.get("ArcTrustedSealers"), ARC_SEALER) or _NOBODY
    identity = row.get("Identity")
    name = identity if isinstance(identity, str) and identity else "Default"
    yield Step(Verb.UPDATE, Kind.ARC_CONFIG, "Default", name, {"ArcTrustedSealers": left}, "trust our sealer no more")
