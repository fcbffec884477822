"""One tenant as the API shows it. What came from outside is masked once more: Exchange may repeat a GUID anywhere."""

from collections.abc import Sequence
from hashlib import sha256
from typing import TypeVar

from pydantic import BaseModel

from functions.answers import EventAnswer, Timeline
from functions.answers_tenants import (
    DeviationAnswer,
    FindingAnswer,
    GuidanceAnswer,
    ItemAnswer,
    ProofAnswer,
    TenantAnswer,
    TenantLine,
)
from shared.application.ports import Policy, World
from shared.domain.findings import Weight
from shared.domain.fleet import is_paused
from shared.domain.guidance import guidance
from shared.domain.history import Event
from shared.domain.moments import wanted_now
from shared.domain.proof import Proof, masked
from shared.domain.report import item_states
from shared.domain.resources import Item
from shared.domain.tenants import LEAVING, Stage, Tenant
from shared.domain.values import Secret

SALT = "loop-check-salt"
"""The name of the deployment's key that loop-check GUIDs are marked with."""

_Shown = TypeVar("_Shown", bound=BaseModel)
_DIGITS = 8


def without_secret(shown: _Shown, tenant: Tenant) -> _Shown:
    """An answer in which the tenant's loop-check GUID is masked wherever it stands."""
    return type(shown).model_validate(masked(shown.model_dump(by_alias=True), tenant.loop_check))


def line_view(tenant: Tenant) -> TenantLine:
    """A tenant in a list."""
    return without_secret(TenantLine.model_validate(tenant), tenant)


def tenant_view(tenant: Tenant, world: World, policy: Policy, client_id: str) -> TenantAnswer:
    """A tenant's whole record. Of the loop-check GUID there is a mark that tells two of them apart."""
    fleet, now = world.wishes.get().fleet, world.clock()
    shown = TenantAnswer(
        **TenantLine.model_validate(tenant).model_dump(),
        contact=tenant.contact,
        generation=tenant.generation,
        fail_policy=tenant.fail_policy,
        failure=tenant.failure,
        loop_check=_mark(tenant.loop_check, world.keys.get(SALT)),
        items=_items(tenant, wanted_now(tenant, fleet, now, policy.draining).stage),
        objects=tenant.owned,
        refused=tenant.refused,
        findings=tuple(_finding(code, text) for code, text in tenant.findings.items()),
        deviations=_deviations(tenant),
        paused_by_fleet=is_paused(tenant, fleet, now),
        quiet_since=tenant.quiet_since,
        guidance=GuidanceAnswer.model_validate(guidance(tenant, client_id)),
    )
    return without_secret(shown, tenant)


def timeline_view(events: Sequence[Event], cursor: str | None) -> Timeline:
    """A page of what happened."""
    return Timeline(events=tuple(map(EventAnswer.model_validate, events)), cursor=cursor)


def proof_view(tenant: Tenant, proof: Proof) -> ProofAnswer:
    """The proof of an off-boarding, with the names of whose it is."""
    shown = ProofAnswer(
        tenant_id=tenant.tenant_id,
        account_id=tenant.account_id,
        initial_domain=tenant.initial_domain,
        generation=proof.generation,
        begun_at=proof.begun_at,
        finished_at=proof.finished_at,
        is_proved=proof.finished_at is not None and not proof.read_back,
        before=proof.before,
        had_sealer=proof.had_sealer,
        removed=proof.removed,
        left=proof.left,
        read_back=proof.read_back,
    )
    return without_secret(shown, tenant)


def _mark(loop_check: Secret, salt: Secret) -> str:
    digest = sha256((salt.reveal + loop_check.reveal.lower()).encode()).hexdigest()
    return f"mmid:{digest[:_DIGITS]}"


def _items(tenant: Tenant, stage: Stage) -> tuple[ItemAnswer, ...]:
    """What is wanted of each item at this moment, and its last state."""
    wanted = dict.fromkeys(Item, "gone") if stage in LEAVING else item_states((), stage)
    unseen = "gone" if stage is Stage.OFFBOARDED else "unknown"
    return tuple(
        ItemAnswer.model_validate(
            {"name": item, "desired": wanted[item], "observed": tenant.items.get(item.value, unseen)}
        )
        for item in Item
    )


def _finding(code: str, text: str) -> FindingAnswer:
    """Read a finding as the record keeps it."""
    weight, _, sentence = text.partition(": ")
    if weight not in frozenset(Weight):
        return FindingAnswer(code=code, weight=Weight.WARNING, sentence=text)
    return FindingAnswer(code=code, weight=Weight(weight), sentence=sentence)


def _deviations(tenant: Tenant) -> tuple[DeviationAnswer, ...]:
    return tuple(
        DeviationAnswer(setting=name, value=each.value, by=each.by, reason=each.reason, until=each.until)
        for name, each in sorted(tenant.deviations.items())
    )
