"""A plan as the API shows it: every setting old and new, what each step does to mail, and no secret."""

from collections.abc import Sequence

from functions.answers_plans import ChangeAnswer, DriftAnswer, PlanAnswer, RuleAnswer, StepAnswer
from functions.answers_tenants import FindingAnswer
from functions.views_tenants import without_secret
from shared.application.looks import Sight
from shared.domain.drift import Drift
from shared.domain.findings import Finding
from shared.domain.preflight import worst
from shared.domain.ranking import ranking
from shared.domain.steps import Step
from shared.domain.telling import changes_of, effect_of
from shared.domain.values import Secret

_LONGEST = 200


def plan_view(sight: Sight, findings: Sequence[Finding]) -> PlanAnswer:
    """A plan; what stands in the way of a provision is its verdict."""
    report, blocker = sight.report(), worst(findings)
    verdict, reason = report.verdict, report.reason
    if blocker is not None and blocker.verdict is not None:
        verdict, reason = blocker.verdict, blocker.sentence
    rules = ranking(sight.observation, sight.tenant.owned)
    shown = PlanAnswer(
        plan_hash=sight.plan_hash,
        verdict=verdict,
        reason=reason,
        steps=tuple(_step(step, sight.drifts) for step in sight.steps),
        drifts=tuple(map(_drift, sight.drifts)),
        findings=tuple(map(FindingAnswer.model_validate, findings)),
        items=report.items,
        rules=None if rules is None else tuple(map(RuleAnswer.model_validate, rules)),
    )
    return without_secret(shown, sight.tenant)


def _step(step: Step, drifts: Sequence[Drift]) -> StepAnswer:
    return StepAnswer(
        verb=step.verb,
        kind=step.kind,
        object=step.name,
        identity=step.identity,
        changes=tuple(map(ChangeAnswer.model_validate, changes_of(step, drifts))),
        effect=effect_of(step, drifts),
    )


def _drift(drift: Drift) -> DriftAnswer:
    return DriftAnswer(
        item=drift.item,
        object=drift.resource.name,
        fault=drift.fault,
        setting=drift.setting.name if drift.setting else None,
        desired=_plain(drift.setting.value) if drift.setting else None,
        observed=_plain(drift.observed) if drift.setting else None,
        effect=drift.effect,
        reason=drift.reason,
        changed_by=drift.changed_by,
    )


def _plain(value: object) -> str:
    if isinstance(value, Secret):
        return repr(value)
    if isinstance(value, list | tuple):
        return ", ".join(map(_plain, value))[:_LONGEST]
    return "" if value is None else str(value)[:_LONGEST]
