"""What the API answers about one tenant: its record, and the proof of its off-boarding."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel

from functions.answers import OF_RECORD, SuspensionAnswer
from shared.domain.findings import Weight
from shared.domain.regions import Region
from shared.domain.resources import Item
from shared.domain.tenants import FailPolicy, Stage, Verdict


class TenantLine(BaseModel):
    """A tenant in a list."""

    model_config = OF_RECORD
    tenant_id: UUID
    account_id: str
    company_name: str
    region: Region
    initial_domain: str
    stage: Stage
    verdict: Verdict
    reason: str
    pause: SuspensionAnswer | None
    hold: SuspensionAnswer | None
    moving_from: Region | None
    created_at: datetime
    checked_at: datetime | None
    next_check_at: datetime


class TenantPage(BaseModel):
    """A page of tenants in the order of their ids."""

    tenants: tuple[TenantLine, ...]
    cursor: str | None


class ItemAnswer(BaseModel):
    """One of the six items: what is wanted, and what was seen last."""

    name: Item
    desired: Literal["on", "off", "gone"]
    observed: str


class FindingAnswer(BaseModel):
    """What was noticed beside the six items."""

    model_config = OF_RECORD
    code: str
    weight: Weight
    sentence: str


class DeviationAnswer(BaseModel):
    """A value that a person accepted in place of the desired one."""

    setting: str
    value: str
    by: str
    reason: str
    until: datetime


class GuidanceAnswer(BaseModel):
    """What to send to the customer, word for word."""

    model_config = OF_RECORD
    sentence: str
    commands: tuple[str, ...]


class TenantAnswer(TenantLine):
    """A tenant's whole record; of the loop-check GUID a mark alone, the same for the same GUID."""

    contact: str
    generation: int
    fail_policy: FailPolicy
    failure: str
    loop_check: str
    items: tuple[ItemAnswer, ...]
    objects: Mapping[str, UUID]
    refused: Mapping[str, str]
    findings: tuple[FindingAnswer, ...]
    deviations: tuple[DeviationAnswer, ...]
    paused_by_fleet: bool
    quiet_since: datetime | None
    guidance: GuidanceAnswer


class ProofAnswer(BaseModel):
    """What an off-boarding found, removed and read back; it stands for itself."""

    tenant_id: UUID
    account_id: str
    initial_domain: str
    generation: int
    begun_at: datetime
    finished_at: datetime | None
    is_proved: bool
    before: tuple[Mapping[str, Any], ...]
    had_sealer: bool
    removed: tuple[str, ...]
    left: Mapping[str, str]
    read_back: tuple[str, ...]
