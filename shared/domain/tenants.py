"""A tenant: who it is, what is wanted of it, what was last seen of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from shared.domain.decisions import Deviation, Lease, Suspension
from shared.domain.errors import InvalidSignup
from shared.domain.regions import Region
from shared.domain.values import Secret


class Stage(StrEnum):
    """What is wanted of a tenant."""

    AWAITING_CONSENT = "awaiting_consent"
    """Signed up; the first complete provision makes it staged, or active where it was found configured and running."""
    STAGED = "staged"
    """Everything present, connectors on, rules off: as the article says the items are created."""
    ACTIVE = "active"
    """Everything present and on: mail passes through MailMarshal Cloud."""
    PAUSED = "paused"
    """Redirect is off for a while: mail passes by MailMarshal Cloud until the pause ends by itself."""
    OFFBOARDING = "offboarding"
    """Everything of ours is being removed."""
    OFFBOARDED = "offboarded"
    """A fresh read has shown that nothing of ours is left; the record stays, and only a new signup revives it."""


LEAVING = frozenset({Stage.OFFBOARDING, Stage.OFFBOARDED})
"""Stages in which nothing is put into the tenant any more."""


class Verdict(StrEnum):
    """What was seen of a tenant, last time somebody looked."""

    HEALTHY = "healthy"
    DRIFTED = "drifted"
    SETTLING = "settling"
    UNKNOWN = "unknown"
    CONTESTED = "contested"
    BLOCKED = "blocked"
    NEEDS_CONSENT = "needs_consent"
    NEEDS_ROLE = "needs_role"
    NEEDS_HUMAN = "needs_human"
    TENANT_GONE = "tenant_gone"


class FailPolicy(StrEnum):
    """What to do when Redirect is on over a broken path: let mail pass unscanned, or leave it and raise the alarm."""

    OPEN = "fail_open"
    CLOSED = "fail_closed"


@dataclass(frozen=True, slots=True)
class Approval:
    """A plan that a person has read, and that one operation may carry out as it was and not otherwise.

    Attributes:
        operation_id: The operation; messages carry it as their correlation id.
        plan_hash: What the plan was made from.
        restores: The stage that the tenant goes back to if the plan is refused; ``None`` where the order changed none.
    """

    operation_id: UUID
    plan_hash: str
    restores: Stage | None = None


@dataclass(frozen=True, slots=True)
class Tenant:
    """A customer's Entra directory in our care.

    Attributes:
        tenant_id: The directory's id.
        account_id: The vendor's account that owns it; no other may touch it.
        region: The regional instance of MailMarshal Cloud.
        initial_domain: ``….onmicrosoft.com``, which routes our calls inside Exchange.
        loop_check: The value of the ``X-MMCloud-ID`` header: secret and irreplaceable, kept, never made anew.
        stage: What is wanted.
        generation: Grows with every change of what is wanted; an older message is a no-op.
        fail_policy: What happens to mail when the path is broken.
        verdict: What was seen last.
        reason: One sentence to the verdict, for people.
        failure: The code of the error that kept us from looking or writing; empty where there was none.
        items: Each item's last state, by the item's name.
        owned: The Guid that Exchange gave each object of ours, by the object's name.
        written: When we last wrote each object, by its name; reads lag behind writes.
        refused: What Microsoft does not let us write, by the object's name, and the sentence for people. It is not
            tried again before a person asks for it, a day has passed, or the object is as it should be.
        findings: What else was noticed, by its code, and the sentence for people.
        pause: Why mail passes by MailMarshal Cloud, while it is paused.
        hold: Why nothing is repaired, while repairs are held.
        deviations: What a person accepted, by the object's name, a slash and the setting's.
        moving_from: The region that the objects still belong to, while a move is under way.
        quiet_since: Since when every look has found Redirect off; ``None`` while it is on.
        approval: The plan that the next operation is bound to.
        repairs: When each difference was repaired lately, by its name.
        foreign: How many objects that are not ours the last complete look found.
        lease: Who works on the tenant, or did so last.
        failures: How often in a row it could not be read or written for reasons that pass.
        not_before: Nobody asks its Exchange before this moment.
        unwell_since: Since when no look has found the tenant healthy; ``None`` while it is.
        checked_at: When the tenant was last read.
        spec: The edition of the region data by which it was last healthy; empty where it never was.
        next_check_at: When the timer asks for it again.
        created_at: When it signed up.
    """

    tenant_id: UUID
    account_id: str
    region: Region
    initial_domain: str
    loop_check: Secret
    stage: Stage
    generation: int
    created_at: datetime
    next_check_at: datetime
    fail_policy: FailPolicy = FailPolicy.OPEN
    company_name: str = ""
    contact: str = ""
    verdict: Verdict = Verdict.UNKNOWN
    reason: str = "not looked at yet"
    failure: str = ""
    items: Mapping[str, str] = field(default_factory=dict)
    owned: Mapping[str, UUID] = field(default_factory=dict)
    written: Mapping[str, datetime] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)
    findings: Mapping[str, str] = field(default_factory=dict)
    pause: Suspension | None = None
    hold: Suspension | None = None
    deviations: Mapping[str, Deviation] = field(default_factory=dict)
    moving_from: Region | None = None
    quiet_since: datetime | None = None
    approval: Approval | None = None
    repairs: Mapping[str, tuple[datetime, ...]] = field(default_factory=dict)
    foreign: int = 0
    lease: Lease | None = None
    failures: int = 0
    not_before: datetime | None = None
    unwell_since: datetime | None = None
    checked_at: datetime | None = None
    spec: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """A tenant as it is stored.

    Attributes:
        tenant: The tenant.
        etag: The edition that was read; a write on top of another edition is refused.
    """

    tenant: Tenant
    etag: str


def unseen(tenant: Tenant, wanted: str) -> Tenant:
    """The tenant after something else is wanted of it: what was seen before says nothing of that."""
    return replace(tenant, verdict=Verdict.SETTLING, reason=f"{wanted} is wanted, and not seen yet")


_REFUSED = frozenset(
    map(
        UUID,
        (
            "00000000-0000-0000-0000-000000000000",
            # The tenant of personal Microsoft accounts: https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference
            "9188040d-6c67-4c5b-b112-36a304b66dad",
        ),
    )
)


def parse_tenant_id(value: object) -> UUID:
    """Read a tenant id in its canonical form, and nothing that merely resembles one.

    Raises:
        InvalidSignup: It is no canonical GUID, or a directory that is nobody's.
    """
    try:
        tenant_id = UUID(value) if isinstance(value, str) and len(value) == len(str(UUID(int=0))) else None
    except ValueError:
        tenant_id = None
    if tenant_id is None or str(tenant_id) != str(value).lower() or tenant_id in _REFUSED:
        raise InvalidSignup("tenant_id: the GUID of a customer's directory is expected")
    return tenant_id
