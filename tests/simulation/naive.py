"""A product as somebody in a hurry writes it: the simulation must catch it, or the simulation is broken."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from functions.shell import Handler
from shared.application.handlers import Outcome
from shared.application.ports import Policy, World
from shared.domain.desired import desired_state
from shared.domain.errors import KeeperError
from shared.domain.messages import Message, Queue
from shared.domain.observation import Complete, Observation
from shared.domain.resources import Kind, Resource
from shared.domain.steps import Step, Verb
from shared.domain.tenants import Stage, Tenant, Verdict
from shared.domain.values import Compare


def _names(observation: Observation, kind: Kind) -> set[object]:
    """Who could not read something takes it for absent."""
    reading = observation.get(kind)
    return {row.get("Name") for row in reading.rows} if isinstance(reading, Complete) else set()


def _stubborn(call: Callable[[], object]) -> None:
    """Whatever went wrong, once more will help."""
    for _ in range(3):
        try:
            call()
        except KeeperError:
            continue
        return


def _made(resource: Resource, tenant: Tenant, observation: Observation, world: World) -> None:
    settings: dict[str, object] = {s.name: s.value for s in resource.settings if s.compare is not Compare.UNSET}
    is_there = resource.kind is Kind.ARC_CONFIG or resource.name in _names(observation, resource.kind)
    verb = Verb.UPDATE if is_there else Verb.CREATE
    if not is_there:
        settings["Enabled"] = True
    step = Step(verb, resource.kind, resource.name, resource.name if is_there else "", settings)
    _stubborn(lambda: world.exchange.apply(tenant, step))
    if is_there and resource.kind is Kind.TRANSPORT_RULE:
        switch = Verb.ENABLE if tenant.stage is Stage.ACTIVE else Verb.DISABLE
        _stubborn(lambda: world.exchange.apply(tenant, Step(switch, resource.kind, resource.name, resource.name)))


def _unmade(resource: Resource, tenant: Tenant, world: World) -> None:
    if resource.kind is not Kind.ARC_CONFIG:
        step = Step(Verb.REMOVE, resource.kind, resource.name, resource.name)
        _stubborn(lambda: world.exchange.apply(tenant, step))


def naive(message: Message, world: World, policy: Policy) -> Outcome:
    """No lease, no second look, no Guid, no order."""
    record = world.tenants.get(message.tenant_id)
    tenant = record.tenant
    observation = world.exchange.observe(tenant)
    table = sorted(desired_state(tenant, policy.spec), key=lambda resource: resource.name.endswith("Loop Check"))
    for resource in table:
        if tenant.stage is Stage.OFFBOARDING:
            _unmade(resource, tenant, world)
        else:
            _made(resource, tenant, observation, world)
    after = {Stage.AWAITING_CONSENT: Stage.STAGED, Stage.OFFBOARDING: Stage.OFFBOARDED}.get(tenant.stage, tenant.stage)
    owned = {name: UUID(int=1) for name in tenant.owned}
    world.tenants.put(record, replace(tenant, stage=after, verdict=Verdict.HEALTHY, owned=owned, moving_from=None))
    return Outcome("done")


NAIVE: dict[Queue, Handler] = dict.fromkeys(Queue, naive)
