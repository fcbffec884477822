"""What people decided, as texts of a table's columns: pauses, holds, deviations and approvals.

Every reader raises ``KeyError``, ``TypeError`` or ``ValueError`` on what none of the writers wrote.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from shared.adapters.columns import NEVER, count_in, cut, flag_in, instant_from, mapping, stamp, text_in, write_json
from shared.domain.decisions import Deviation, Lease, Suspension
from shared.domain.tenants import Approval, Stage

_LONGEST_NAME = 256
_LONGEST_REASON = 1024
"""Four of each, in whatever script, still fit into one column."""


def who(name: str) -> str:
    """The name of a person, as far as it fits."""
    return cut(name, _LONGEST_NAME)


def why(reason: str) -> str:
    """What a person said, as far as it fits."""
    return cut(reason, _LONGEST_REASON)


def suspension_document(suspension: Suspension) -> dict[str, object]:
    """Write a suspension as a JSON object."""
    return {
        "by": who(suspension.by),
        "reason": why(suspension.reason),
        "since": stamp(suspension.since),
        "until": stamp(suspension.until),
        "is_warned": suspension.is_warned,
    }


def suspension_from(document: object) -> Suspension:
    """Read what ``suspension_document`` wrote."""
    fields = mapping(document)
    return Suspension(
        by=text_in(fields, "by"),
        reason=text_in(fields, "reason"),
        since=instant_from(text_in(fields, "since")),
        until=instant_from(text_in(fields, "until")),
        is_warned=flag_in(fields, "is_warned"),
    )


def write_suspension(suspension: Suspension | None) -> str:
    """Write a suspension, or that there is none."""
    return NEVER if suspension is None else write_json(suspension_document(suspension))


def read_suspension(text: str) -> Suspension | None:
    """Read what ``write_suspension`` wrote."""
    return None if text == NEVER else suspension_from(json.loads(text))


def write_deviations(deviations: Mapping[str, Deviation]) -> str:
    """Write what was accepted. Nothing of a value is cut: it is compared."""
    return write_json(
        {
            name: {
                "value": deviation.value,
                "by": who(deviation.by),
                "reason": why(deviation.reason),
                "until": stamp(deviation.until),
            }
            for name, deviation in deviations.items()
        }
    )


def read_deviations(text: str) -> dict[str, Deviation]:
    """Read what ``write_deviations`` wrote."""
    return {name: _deviation_from(mapping(document)) for name, document in mapping(json.loads(text)).items()}


def _deviation_from(fields: Mapping[str, object]) -> Deviation:
    return Deviation(
        value=text_in(fields, "value"),
        by=text_in(fields, "by"),
        reason=text_in(fields, "reason"),
        until=instant_from(text_in(fields, "until")),
    )


def write_approval(approval: Approval | None) -> str:
    """Write an approval, or that there is none."""
    if approval is None:
        return NEVER
    restores = approval.restores.value if approval.restores else NEVER
    return write_json(
        {"operation_id": str(approval.operation_id), "plan_hash": approval.plan_hash, "restores": restores}
    )


def read_approval(text: str) -> Approval | None:
    """Read what ``write_approval`` wrote."""
    if text == NEVER:
        return None
    fields = mapping(json.loads(text))
    restores = text_in(fields, "restores")
    stage = Stage(restores) if restores != NEVER else None
    return Approval(UUID(text_in(fields, "operation_id")), text_in(fields, "plan_hash"), stage)


def write_lease(lease: Lease | None) -> str:
    """Write a lease, or that there was none."""
    if lease is None:
        return NEVER
    return write_json({"owner": str(lease.owner), "fence": lease.fence, "expires_at": stamp(lease.expires_at)})


def read_lease(text: str) -> Lease | None:
    """Read what ``write_lease`` wrote."""
    if text == NEVER:
        return None
    fields = mapping(json.loads(text))
    expires_at = instant_from(text_in(fields, "expires_at"))
    return Lease(UUID(text_in(fields, "owner")), count_in(fields, "fence"), expires_at)


def write_moments(moments: Mapping[str, tuple[datetime, ...]]) -> str:
    """Write moments by name."""
    return write_json({name: [stamp(moment) for moment in found] for name, found in moments.items()})


def read_moments(text: str) -> dict[str, tuple[datetime, ...]]:
    """Read what ``write_moments`` wrote."""
    found: dict[str, tuple[datetime, ...]] = {}
    for name, moments in mapping(json.loads(text)).items():
        if not isinstance(moments, list):
            raise TypeError("a list of moments expected")
        found[name] = tuple(instant_from(moment) for moment in moments)
    return found
