"""What the API answers about what a command would do."""

from collections.abc import Mapping

from pydantic import BaseModel

from functions.answers import OF_RECORD
from functions.answers_tenants import FindingAnswer
from shared.domain.drift import Fault
from shared.domain.resources import Effect, Item, Kind
from shared.domain.steps import Verb
from shared.domain.tenants import Verdict


class ChangeAnswer(BaseModel):
    """One setting of a step."""

    model_config = OF_RECORD
    setting: str
    old: str
    new: str


class StepAnswer(BaseModel):
    """One write that a command would make, and what it does to mail."""

    verb: Verb
    kind: Kind
    object: str
    identity: str
    changes: tuple[ChangeAnswer, ...]
    effect: str


class DriftAnswer(BaseModel):
    """One difference; where it is one of a setting, what is desired, what was read, and who changed the object last."""

    item: Item
    object: str
    fault: Fault
    setting: str | None
    desired: str | None
    observed: str | None
    effect: Effect
    reason: str
    changed_by: str


class RuleAnswer(BaseModel):
    """One transport rule of the tenant, in its place; ``item`` where it is one of ours."""

    model_config = OF_RECORD
    place: int
    name: str
    is_on: bool | None
    item: Item | None
    stops: bool


class PlanAnswer(BaseModel):
    """What a command would do to a tenant as it is now; nothing was written."""

    plan_hash: str
    verdict: Verdict
    reason: str
    steps: tuple[StepAnswer, ...]
    drifts: tuple[DriftAnswer, ...]
    findings: tuple[FindingAnswer, ...]
    items: Mapping[str, str]
    rules: tuple[RuleAnswer, ...] | None
