"""Who is told, as the operator lists it. No I/O."""

from collections.abc import Callable, Mapping, Sequence

from shared.adapters.notify_kinds import SinkSetting, Told
from shared.adapters.notify_readers import Entry, read_mail, read_pagerduty, read_teams, read_webhook
from shared.adapters.setting_lists import Wrong, read_entries
from shared.domain.errors import InvalidSettings
from shared.domain.incidents import Severity
from shared.domain.letters import SINK_NAME

_MOST_SINKS = 16
_EVERY = frozenset({"sink", "id", "least", "changes"})
_READERS: Mapping[str, tuple[frozenset[str], Callable[[Entry, Told], SinkSetting]]] = {
    "teams": (frozenset({"url"}), read_teams),
    "pagerduty": (frozenset({"url", "routing_key"}), read_pagerduty),
    "webhook": (frozenset({"url", "secrets"}), read_webhook),
    "mail": (frozenset({"host", "port", "tls", "sender", "recipients", "user", "password"}), read_mail),
}
"""What each kind has beside what every receiver has, and who reads it."""


def parse_sinks(text: str) -> tuple[SinkSetting, ...]:
    """Read who is told; total: any text ends in receivers or in one error.

    Args:
        text: A JSON list such as ``[{"sink": "teams", "url": "https://…"}]``.

    Raises:
        InvalidSettings: Everything that is wrong, in one message, without any value.
    """
    expected = f"a list of at most {_MOST_SINKS} receivers"
    sinks, problems = read_entries(text, "receiver", range(_MOST_SINKS + 1), _sink, expected)
    if problems:
        raise InvalidSettings("; ".join(problems))
    return tuple(sinks)


def _sink(entry: object, others: Sequence[SinkSetting]) -> SinkSetting:
    kind = entry.get("sink") if isinstance(entry, dict) else None
    if not isinstance(entry, dict) or not isinstance(kind, str) or kind not in _READERS:
        raise Wrong(f"sink: one of {', '.join(_READERS)} is expected")
    fields, read = _READERS[kind]
    if unknown := entry.keys() - fields - _EVERY:
        # How many, not which: a key in the wrong place would be quoted.
        raise Wrong(f"{len(unknown)} unknown fields; known are {', '.join(sorted(fields | _EVERY))}")
    return read(entry, _told(entry, kind, {other.told.name for other in others}))


def _told(entry: Entry, kind: str, others: set[str]) -> Told:
    name, least = entry.get("id", kind), entry.get("least", Severity.INFO.value)
    if not isinstance(name, str) or not SINK_NAME.fullmatch(name) or name in others:
        raise Wrong("id: a name of small letters, digits and hyphens is expected, another one for each receiver")
    if least not in tuple(Severity):
        raise Wrong(f"least: one of {', '.join(Severity)} is expected")
    changes = entry.get("changes", kind == "pagerduty")
    if not isinstance(changes, bool) or (changes and kind not in ("pagerduty", "webhook")):
        raise Wrong("changes: true or false is expected; only pagerduty and webhook can be told them")
    return Told(name, Severity(str(least)), changes)
