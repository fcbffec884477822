"""What of the customer's own objects may make ours dead or weak, though they are present and enabled.

Source: exchange contract §2.4.4 (a rule above that stops processing), §2.2 (SCL −1); reliability page §4.7.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress

from shared.domain.desired import LOOP_HEADER
from shared.domain.findings import Finding, Weight, named
from shared.domain.foreign_connectors import of_connectors
from shared.domain.observation import Complete, Observation
from shared.domain.resources import Item, Kind
from shared.domain.values import Row, Unreadable, as_words, is_used

_REDIRECT = Item.REDIRECT.value.casefold()
_OURS = frozenset({Item.LOOP_CHECK.value.casefold(), _REDIRECT})
_OUR_HEADER = LOOP_HEADER.casefold()

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
    foreign = [(at, rule) for at, rule in enumerate(rules) if _is_on(rule) and not _is_ours(rule)]
    ours = _place_of_redirect(rules)
    yield from _found([rule for _, rule in foreign], [rule for at, rule in foreign if at < ours])


def _found(foreign: Sequence[Row], above: Sequence[Row]) -> Iterator[Finding]:
    stopping = [rule for rule in above if rule.get("StopRuleProcessing") is True]
    if stopping:
        yield _warning("rules_stop_before_ours", "stop processing above ours: their mail is not scanned", stopping)
    routing = [rule for rule in above if any(is_used(rule.get(name)) for name in _ELSEWHERE)]
    if routing:
        yield _warning("rules_route_before_ours", "send mail elsewhere above ours", routing)
    keyed = [rule for rule in foreign if _OUR_HEADER in _words(rule, _HEADERS)]
    if keyed:
        yield _warning("rules_use_our_header", f"look at or write {LOOP_HEADER}, which only Loop Check may", keyed)
    altering = [rule for rule in foreign if _words(rule, _WRITES) & _EVIDENCE]
    if altering:
        what = "write or remove what tells of a message's origin: Microsoft may distrust what was scanned"
        yield _warning("rules_alter_evidence", what, altering)
    skipping = [rule for rule in foreign if str(rule.get("SetSCL")) == "-1"]
    if skipping:
        yield _warning("rules_skip_the_filter", "set SCL to -1: Microsoft's own filter lets that mail pass", skipping)


def _warning(code: str, what: str, rules: Iterable[Row]) -> Finding:
    return Finding(code, Weight.WARNING, f"rules that {what}: {named(rules)}")


def _place_of_redirect(rules: Sequence[Row]) -> int:
    """Where Redirect is; below all of them while it is not there, where it will be created."""
    return next((at for at, rule in enumerate(rules) if str(rule.get("Name")).casefold() == _REDIRECT), len(rules))


def _is_ours(rule: Row) -> bool:
    return str(rule.get("Name")).casefold() in _OURS


def _is_on(rule: Row) -> bool:
    """Whether a rule acts: one in an audit mode is enabled and changes nothing (exchange contract §2.4.1)."""
    if str(rule.get("Mode")).casefold().startswith("audit"):
        return False
    return str(rule.get("State")).casefold() == "enabled"


def _words(rule: Row, names: Iterable[str]) -> set[str]:
    """The words of some properties in any case; none of one that is of no known form."""
    found: set[str] = set()
    for name in names:
        if value := rule.get(name):  # most properties of most rules are empty
            with suppress(Unreadable):
                found.update(word.strip().casefold() for word in as_words(value))
    return found
