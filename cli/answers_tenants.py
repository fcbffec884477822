"""What the API answers of tenants, as far as the command line relies on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cli.answers_plans import Finding


@dataclass(frozen=True, slots=True)
class Suspension:
    """A person's decision that ends by itself."""

    by: str
    reason: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class TenantLine:
    """A tenant in a list."""

    tenant_id: str
    account_id: str
    company_name: str
    region: str
    initial_domain: str
    stage: str
    verdict: str
    reason: str
    checked_at: datetime | None
    pause: Suspension | None = None
    hold: Suspension | None = None


@dataclass(frozen=True, slots=True)
class TenantPage:
    """A page of tenants in the order of their ids."""

    tenants: tuple[TenantLine, ...]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class Item:
    """One of the six items: what is wanted, and what was seen last."""

    name: str
    desired: str
    observed: str


@dataclass(frozen=True, slots=True)
class Deviation:
    """A value that a person accepted in place of the desired one."""

    setting: str
    value: str
    by: str
    reason: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Guidance:
    """What to send to the customer, word for word."""

    sentence: str
    commands: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tenant:
    """A tenant's whole record."""

    tenant_id: str
    account_id: str
    company_name: str
    region: str
    initial_domain: str
    stage: str
    verdict: str
    reason: str
    failure: str
    loop_check: str
    generation: int
    fail_policy: str
    created_at: datetime
    checked_at: datetime | None
    next_check_at: datetime
    moving_from: str | None
    pause: Suspension | None
    hold: Suspension | None
    paused_by_fleet: bool
    items: tuple[Item, ...]
    objects: Mapping[str, str]
    refused: Mapping[str, str]
    findings: tuple[Finding, ...]
    deviations: tuple[Deviation, ...]
    guidance: Guidance


@dataclass(frozen=True, slots=True)
class Proof:
    """What an off-boarding found, took away and read back, as far as it has come.

    Attributes:
        tenant_id: Whose.
        account_id: Whose account.
        initial_domain: Its domain.
        generation: Of the tenant, when the off-boarding was asked for.
        begun_at: When the first look found what there was.
        finished_at: When the last read was made; ``None`` before it.
        is_proved: Whether that read found nothing of ours.
        before: Our objects as they were, each with its ``kind``.
        had_sealer: Whether our ARC sealer was in the list.
        removed: What was taken away, in order: a sentence with its time.
        left: What has one of our names and is not ours, by its name and why.
        read_back: What the last read found of ours.
    """

    tenant_id: str
    account_id: str
    initial_domain: str
    generation: int
    begun_at: datetime
    finished_at: datetime | None
    is_proved: bool
    before: tuple[Mapping[str, object], ...]
    had_sealer: bool
    removed: tuple[str, ...]
    left: Mapping[str, str]
    read_back: tuple[str, ...]
