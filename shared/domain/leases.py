"""The lease on a tenant: one worker at a time, and a fence that tells a worker that slept too long.

Exchange cannot check a fence, so the worker does, before every write. Source: reliability page §2 (lease, fencing).
"""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from shared.domain.decisions import Lease
from shared.domain.errors import Busy
from shared.domain.tenants import Tenant


def leased(tenant: Tenant, owner: UUID, now: datetime, length: timedelta) -> Tenant:
    """Take a tenant for one piece of work.

    Raises:
        Busy: Another worker has it.
    """
    lease = tenant.lease
    if lease is not None and now < lease.expires_at:
        raise Busy("another worker is at work on the tenant")
    return replace(tenant, lease=Lease(owner, lease.fence + 1 if lease else 1, now + length))


def kept(tenant: Tenant, mine: Lease, now: datetime, length: timedelta) -> Tenant:
    """Make sure before a write that the tenant is still ours; past its half the lease is renewed.

    Raises:
        Busy: The lease is over, or another worker has taken the tenant.
    """
    lease = tenant.lease
    if lease is None or not is_held(tenant, mine) or now >= lease.expires_at:
        raise Busy("the lease on the tenant is over: nothing is written any more")
    if lease.expires_at - now > length / 2:
        return tenant
    return replace(tenant, lease=replace(lease, expires_at=now + length))


def check_rest(lease: Lease | None, now: datetime, length: timedelta) -> None:
    """Make sure at the last moment before a write that it ends before the lease does, however long it may take.

    Raises:
        Busy: Too little of the lease is left: storage has kept us waiting since we looked.
    """
    if lease is None or lease.expires_at - now < length / 3:
        raise Busy("too little of the lease is left for a write: nothing is written")


def released(tenant: Tenant, mine: Lease, now: datetime) -> Tenant:
    """Give a tenant back; one that another worker has taken stays as it is."""
    return replace(tenant, lease=replace(mine, expires_at=now)) if is_held(tenant, mine) else tenant


def is_held(tenant: Tenant, mine: Lease) -> bool:
    """Whether nobody else has taken a tenant since we did."""
    lease = tenant.lease
    return lease is not None and (lease.owner, lease.fence) == (mine.owner, mine.fence)
