"""Two copies of a directory, of which one lags: a write is read back at once from the one, later from the other.

Source: exchange contract §2.10 (consecutive calls reach different servers, seen live; lags of up to a minute and more,
shipping clients), §5.3 S1.
"""

from copy import deepcopy
from dataclasses import replace
from datetime import timedelta

from local.twin.state import Past, TenantState
from local.twin.switches import Replicas

LAG = timedelta(seconds=60)
"""How far the second copy is behind."""


def is_lagging(tenant: TenantState) -> bool:
    """Whether the tenant has a copy that lags."""
    return tenant.switches.replicas is Replicas.LAGGING


def before_write(tenant: TenantState) -> Past:
    """Take a picture of what a write is about to change."""
    pictures = deepcopy((tenant.inbound, tenant.outbound, tenant.rules, tenant.arc))
    return Past(tenant.clock(), *pictures)


def read_from(tenant: TenantState) -> TenantState:
    """The copy that answers the next read: they take turns.

    The second one shows what was there before every write of the last minute.
    """
    tenant.reads += 1
    if not is_lagging(tenant) or tenant.reads % 2:
        return tenant
    now = tenant.clock()
    unseen = next((past for past in tenant.past if now - past.until < LAG), None)
    if unseen is None:
        return tenant
    return replace(tenant, inbound=unseen.inbound, outbound=unseen.outbound, rules=unseen.rules, arc=unseen.arc)
