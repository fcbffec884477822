"""Scenes for the evaluator: what the product made of a tenant of the twin, beside another customer of the filter."""

from dataclasses import replace
from functools import cache

from local.twin.mailflow.assumptions import Assumptions
from local.twin.mailflow.filter import FILTERS
from local.twin.mailflow.flows import Scene
from local.twin.mailflow.organisation import Organisation, organisation, texts
from local.twin.mailflow.way import World
from local.twin.state import TenantState
from shared.application.reconcile import reconcile
from shared.domain.tenants import Stage
from tests.fakes import CANARY, NOW, SKIP_IPS, TENANT_ID, new_policy, new_tenant
from tests.on_twin import OnTwin, on_twin

DOMAIN = "contoso.example"
TENANT = str(TENANT_ID)
NEIGHBOUR = "b0b0b0b0-0000-4000-8000-000000000002"
NEIGHBOURS_STAMP = "another-customers-value"
EU = FILTERS[1]


def provisioned(stage: Stage = Stage.ACTIVE, rules: int = 0) -> OnTwin:
    """A tenant that the product has provisioned, with so many rules of its own."""
    world = on_twin(rules=rules)
    tenant = new_tenant(stage)
    for _ in range(2):
        report = reconcile(tenant, world.world, new_policy(settling_seconds=0))
        assert report.failure is None, report.reason
        tenant = report.tenant
    return world


def taken(directory: TenantState) -> Organisation:
    """A tenant as mail meets it."""
    return organisation(directory, frozenset({directory.domain, DOMAIN}))


@cache
def neighbour() -> Organisation:
    """Another customer, active, with a value of its own in Loop Check."""
    other = taken(provisioned().directory)
    rules = tuple(
        {**rule, "HeaderContainsWords": [NEIGHBOURS_STAMP]} if CANARY in texts(rule, "HeaderContainsWords") else rule
        for rule in other.rules
    )
    return replace(other, tenant_id=NEIGHBOUR, domains=frozenset({"fabrikam.example"}), rules=rules)


_LIKELY = Assumptions()


def scene(customer: Organisation, assumptions: Assumptions = _LIKELY, meets: frozenset[str] = frozenset()) -> Scene:
    """A customer beside the neighbour."""
    stamps = {customer.tenant_id: CANARY, NEIGHBOUR: NEIGHBOURS_STAMP}
    world = World((customer, neighbour()), stamps, SKIP_IPS, NOW, assumptions)
    return Scene(world, customer.tenant_id, NEIGHBOUR, DOMAIN, "fabrikam.example", EU, meets)


def scene_of(world: OnTwin, assumptions: Assumptions = _LIKELY, meets: frozenset[str] = frozenset()) -> Scene:
    """The twin's tenant beside the neighbour, as things stand now."""
    return scene(taken(world.directory), assumptions, meets)
