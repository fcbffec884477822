"""Two copies of a directory, of which one lags: a write is read back at once from the one, later from the other.

Source: exchange contract §2.10 (consecutive calls reach different servers, seen live; lags of up to a minute and more,
shipping clients), §5.3 S1.
"""

from copy import deepcopy
from dataclasses import replace
from datetime import timedelta

from local.twin.positions import Replicas
from local.twin.state import Past, TenantState

LAG = timedelta(seconds=60)
"""How far the second copy is behind."""


def is_remembered(tenant: TenantState) -> bool:
    """Whether anybody may ask for what was there before a write: a copy that lags, or a fault that is to come."""
    return tenant.switches.replicas is Replicas.LAGGING or any(fault.stale for fault in tenant.faults)


def before_write(tenant: TenantState) -> Past:
    """Take a picture of what a write is about to change."""
    pictures = deepcopy((tenant.inbound, tenant.outbound, tenant.rules, tenant.arc))
    return Past(tenant.clock(), *pictures)


def read_from(tenant: TenantState, *, is_stale: bool) -> TenantState:
    """The copy that answers the next read: they take turns.

    The second one shows what was there before every write of the last minute; a stale read, before the last write.
    """
    tenant.reads += 1
    unseen = tenant.past[-1] if is_stale and tenant.past else _unseen(tenant)
    if unseen is None:
        return tenant
    return replace(tenant, inbound=unseen.inbound, outbound=unseen.outbound, rules=unseen.rules, arc=unseen.arc)


def _unseen(tenant: TenantState) -> Past | None:
    """What the lagging copy still shows, where it is its turn."""
    if tenant.switches.replicas is Replicas.ONE or tenant.reads % 2:
        return None
    now = tenant.clock()
    return next((past for past in tenant.past if now - past.until < LAG), None)
