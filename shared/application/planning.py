"""Look at a tenant now and say what a command would do to it; nothing is written."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from uuid import UUID

from shared.application.attempt import check_moment
from shared.application.looks import Sight, seen
from shared.application.ports import Policy, World
from shared.application.provision import surveyed
from shared.domain.decisions import Suspension
from shared.domain.errors import InvalidRequest
from shared.domain.findings import Finding
from shared.domain.lifecycle import activated, deactivated, offboarding, paused, repairable, resumed, watchable
from shared.domain.moments import wanted_now
from shared.domain.removal import removal_plan, switching_off
from shared.domain.tenants import LEAVING, Tenant


def _paused(tenant: Tenant) -> Tenant:
    """A pause of nobody's: what it writes depends neither on who asks for it nor on when it ends."""
    return paused(tenant, Suspension("", "", tenant.created_at, tenant.created_at))


_WANTS: Mapping[str, Callable[[Tenant], Tenant]] = {
    "verify": watchable,
    "remediate": repairable,
    "activate": activated,
    "deactivate": deactivated,
    "pause": _paused,
    "resume": resumed,
    "offboard": offboarding,
}
PLANNED = tuple(_WANTS)
"""The commands that a plan can be made for; ``verify`` writes nothing, and its plan is what a repair would do."""


def plan_for(tenant_id: UUID, command: str, world: World, policy: Policy) -> tuple[Sight, tuple[Finding, ...]]:
    """Observe now and plan.

    Args:
        tenant_id: Whose.
        command: What the plan is for.
        world: The outside.
        policy: What the operator decides.

    Returns:
        The look with its steps and their hash, and what was found beside the six items; blockers stop a provision.

    Raises:
        InvalidRequest: No plan is made for such a command.
        NotAllowed: The tenant's stage does not allow the command.
        KeeperError: Exchange could not be read.
    """
    wants = _WANTS.get(command)
    if wants is None:
        raise InvalidRequest(f"for: one of {', '.join(PLANNED)} is expected")
    stored = world.tenants.get(tenant_id).tenant
    tenant = wants(stored)
    wanted = wanted_now(tenant, world.wishes.get().fleet, world.clock(), policy.draining)
    check_moment(stored, world.clock())
    survey = world.exchange.survey(wanted)
    if wanted.stage in LEAVING:
        sight = seen(wanted, survey.observation, world.clock(), policy)
        steps = (
            *switching_off(survey.observation, sight.tenant.owned),
            *removal_plan(survey.observation, sight.tenant.owned),
        )
        # A tenant that leaves has no differences: nothing is to be there.
        return replace(sight, drifts=(), steps=steps), sight.findings
    return surveyed(wanted, survey, world, policy)
