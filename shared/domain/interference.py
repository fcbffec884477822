"""What of the customer's own objects may make ours dead or weak, though they are present and enabled.

Source: exchange contract §2.4.4 (a rule above that stops processing), §2.2 (SCL −1); reliability page §4.7.
"""

from collections.abc import Iterable, Iterator, Sequence

from shared.domain.desired import LOOP_HEADER
from shared.domain.findings import Finding, Weight, named
from shared.domain.foreign_connectors import of_connectors
from shared.domain.observation import Complete, Observation
from shared.domain.resources import Item, Kind
from shared.domain.values import Row, Unreadable, as_words, is_used

_OURS = frozenset({Item.LOOP_CHECK.value.casefold(), Item.REDIRECT.value.casefold()})

_HEADERS = (
    "HeaderContainsMessageHeader",
    "HeaderMatchesMessageHeader",
    "ExceptIfHeaderContainsMessageHeader",
    "ExceptIfHeaderMatchesMessageHeader",
    "SetHeaderName",
    "RemoveHeader",
)
"""The properties of a rule that name a header."""

_EVIDENCE = frozenset({"authentication-results", "arc-authentication-results", "arc-message-signature", "arc-seal"})
"""Headers by which Exchange believes what MailMarshal Cloud says of a message's origin (Q21244, the ARC sealer)."""
_WRITES = ("SetHeaderName", "RemoveHeader")

_ELSEWHERE = ("RouteMessageOutboundConnector", "RedirectMessageTo", "DeleteMessage", "Quarantine")
"""Actions by which a message never comes as far as our Redirect."""


def interference(observation: Observation) -> tuple[Finding, ...]:
    """List the foreign objects that may keep mail from ours; nothing is concluded from what was not read."""
    return (*of_rules(observation), *of_connectors(observation))


def of_rules(observation: Observation) -> Iterator[Finding]:
    """List the foreign rules that may keep mail from ours, or that forge what is said of it."""
    reading = observation.get(Kind.TRANSPORT_RULE)
    rules = reading.in_order if isinstance(reading, Complete) else None
    if rules is None:
        return
    foreign = [rule for rule in rules if _is_on(rule) and not _is_ours(rule)]
    above = [rule for rule in _above_ours(rules) if _is_on(rule)]
    yield from _found(foreign, above)


def _found(foreign: Sequence[Row], above: Sequence[Row]) -> Iterator[Finding]:
    stopping = [rule for rule in above if rule.get("StopRuleProcessing") is True]
    if stopping:
        yield _warning("rules_stop_before_ours", "stop processing above ours: their mail is not scanned", stopping)
    routing = [rule for rule in above if any(is_used(rule.get(name)) for name in _ELSEWHERE)]
    if routing:
        yield _warning("rules_route_before_ours", "send mail elsewhere above ours", routing)
    keyed = [rule for rule in foreign if _names_our_header(rule)]
    if keyed:
        yield _warning("rules_use_our_header", f"look at or write {LOOP_HEADER}, which only Loop Check may", keyed)
    altering = [rule for rule in foreign if any(_words(rule.get(name)) & _EVIDENCE for name in _WRITES)]
    if altering:
        what = "write or remove what tells of a message's origin: Microsoft may distrust what was scanned"
        yield _warning("rules_alter_evidence", what, altering)
    skipping = [rule for rule in foreign if str(rule.get("SetSCL")) == "-1"]
    if skipping:
        yield _warning("rules_skip_the_filter", "set SCL to -1: Microsoft's own filter lets that mail pass", skipping)


def _warning(code: str, what: str, rules: Iterable[Row]) -> Finding:
    return Finding(code, Weight.WARNING, f"rules that {what}: {named(rules)}")


def _above_ours(rules: Sequence[Row]) -> Sequence[Row]:
    """The rules above Redirect, or all of them while it is not there: it will be created below them."""
    redirect = Item.REDIRECT.value.casefold()
    place = next((at for at, rule in enumerate(rules) if str(rule.get("Name")).casefold() == redirect), len(rules))
    return [rule for rule in rules[:place] if not _is_ours(rule)]


def _is_ours(rule: Row) -> bool:
    return str(rule.get("Name")).casefold() in _OURS


def _is_on(rule: Row) -> bool:
    """Whether a rule acts: one in an audit mode is enabled and changes nothing (exchange contract §2.4.1)."""
    if str(rule.get("Mode")).casefold().startswith("audit"):
        return False
    return str(rule.get("State")).casefold() == "enabled"


def _names_our_header(rule: Row) -> bool:
    return any(LOOP_HEADER.casefold() in _words(rule.get(name)) for name in _HEADERS)


def _words(value: object) -> set[str]:
    """The words of a property in any case; none where it is of no known form."""
    if not value:  # as most properties of most rules are
        return set()
    try:
        return {word.strip().casefold() for word in as_words(value)}
    except Unreadable:
        return set()
