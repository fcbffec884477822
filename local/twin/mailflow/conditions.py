"""Whether a rule is for a message.

What a condition sees of a message that the evaluator does not model (attachments, subjects, sizes …) the message itself
says, in ``meets``. Source: exchange contract §2.4 (a rule without conditions applies to all).
"""

from collections.abc import Callable, Mapping
from functools import cache

from local.twin.mailflow.message import Message, domain_of, is_within
from local.twin.mailflow.organisation import Organisation, Row, text, texts
from local.twin.rule_classes import is_used
from local.twin.state import blank


@cache
def conditions() -> frozenset[str]:
    """The properties of a rule that narrow it."""
    row = blank("TransportRule")
    return frozenset(name for name in row if f"ExceptIf{name}" in row)


def applies(organisation: Organisation, rule: Row, message: Message, *, is_inside: bool) -> bool:
    """Whether all its conditions hold and no exception does; a rule without conditions applies to everything."""

    def holds(prefix: str, name: str) -> bool:
        if name in _COMPANIONS:
            return True
        computed = _PREDICATES.get(name)
        if computed is None:
            return name in message.meets
        return computed(organisation, rule, prefix + name, message, is_inside)

    narrowing = [name for name in conditions() if is_used(rule[name])]
    exempting = [name for name in conditions() - _COMPANIONS if is_used(rule[f"ExceptIf{name}"])]
    return all(holds("", name) for name in narrowing) and not any(holds("ExceptIf", name) for name in exempting)


def _header(_: Organisation, rule: Row, name: str, message: Message, __: bool) -> bool:  # noqa: FBT001 - a predicate's form
    words = [word.casefold() for word in texts(rule, name.replace("MessageHeader", "Words"))]
    values = [value.casefold() for value in message.values(text(rule, name))]
    return any(word in value for word in words for value in values)


def _from_scope(_: Organisation, rule: Row, name: str, __: Message, is_inside: bool) -> bool:  # noqa: FBT001
    return is_inside is (text(rule, name) == "InOrganization")


def _sent_to_scope(organisation: Organisation, rule: Row, name: str, message: Message, _: bool) -> bool:  # noqa: FBT001
    return organisation.owns(domain_of(message.recipient)) is (text(rule, name) == "InOrganization")


def _of(end: str, part: Callable[[str], str]) -> "Predicate":
    def predicate(_: Organisation, rule: Row, name: str, message: Message, __: bool) -> bool:  # noqa: FBT001
        found = part(message.author if end == "author" else message.recipient)
        wanted = texts(rule, name)
        return any(is_within(found, word) or is_within(found, f"*.{word}") for word in wanted)

    return predicate


Predicate = Callable[[Organisation, Row, str, Message, bool], bool]
_PREDICATES: Mapping[str, Predicate] = {
    "HeaderContainsMessageHeader": _header,
    "FromScope": _from_scope,
    "SentToScope": _sent_to_scope,
    "SenderDomainIs": _of("author", domain_of),
    "RecipientDomainIs": _of("recipient", domain_of),
    "From": _of("author", str.casefold),
    "SentTo": _of("recipient", str.casefold),
}
_COMPANIONS = frozenset({"HeaderContainsWords"})
"""The second half of a condition that two properties make together."""
