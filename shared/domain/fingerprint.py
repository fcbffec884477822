"""What a plan was made from, as one short text: the same desired and observed state give the same, any other another.

Spelling and order that mean nothing do not count: a tenant that reads back in another letter case has not moved.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from uuid import UUID

from shared.domain.diff import is_unexplained
from shared.domain.observation import Absent, Observation, Present, is_dehydrated, is_on, look_for
from shared.domain.resources import Resource
from shared.domain.rule_parameters import ACTIONS, CONDITIONS, EXCEPTIONS
from shared.domain.steps import Step
from shared.domain.values import Compare, Row, Secret, Unreadable, is_used, plain_form


def fingerprint(
    desired: Iterable[Resource], observation: Observation, owned: Mapping[str, UUID], steps: Sequence[Step] = ()
) -> str:
    """Hash what a plan depends on; the loop-check GUID is in it and cannot be read out of it.

    Args:
        desired: The table, with what the plan's command wants.
        observation: What was read.
        owned: The Guids of the objects that are ours, by name.
        steps: What the plan does: what is accepted, refused or settling changes it as well.
    """
    document = {
        "objects": [_object(resource, observation) for resource in desired],
        "owned": sorted(f"{name} {guid}" for name, guid in owned.items()),
        "steps": [repr(step) for step in steps],
        "dehydrated": is_dehydrated(observation),
    }
    return sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()


def _object(resource: Resource, observation: Observation) -> dict[str, object]:
    wanted = {setting.name: _revealed(setting.value) for setting in resource.settings}
    sight = look_for(resource, observation)
    seen: object = "unread"
    if isinstance(sight, Absent):
        seen = ["absent", sight.count]
    elif isinstance(sight, Present):
        on = None if resource.enabled is None else is_on(resource.kind, sight.row)
        seen = [sight.identity, sight.place, on, dict(_settings(resource, sight.row))]
    return {"name": resource.name, "enabled": resource.enabled, "wanted": wanted, "seen": seen}


def _settings(resource: Resource, row: Row) -> Iterator[tuple[str, str]]:
    for setting in resource.settings:
        if setting.compare is Compare.UNSET or setting.name in row:
            yield setting.name, _plain(setting.compare, row.get(setting.name))
    if resource.closed_world:
        ours = {setting.name for setting in resource.settings}
        for name in (CONDITIONS | EXCEPTIONS | ACTIONS) - ours:
            if is_used(row.get(name)):
                yield f"+{name}", json.dumps(row.get(name), sort_keys=True, default=str)
        for classes in ("Conditions", "Exceptions", "Actions"):
            yield f"+{classes}", str(is_unexplained(resource, row, classes))


def _plain(compare: Compare, value: object) -> str:
    try:
        return plain_form(compare, value)
    except Unreadable:
        return f"unreadable {value!r}"


def _revealed(value: object) -> object:
    if isinstance(value, Secret):
        return value.reveal
    return [_revealed(part) for part in value] if isinstance(value, tuple) else value
