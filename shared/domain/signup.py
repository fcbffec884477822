"""What the vendor tells us of a customer, checked, and what a later signup changes."""

from dataclasses import dataclass, replace
from uuid import UUID

from shared.domain.errors import NotAllowed
from shared.domain.regions import Region
from shared.domain.tenants import Stage, Tenant, Verdict, unseen
from shared.domain.values import Secret


@dataclass(frozen=True, slots=True)
class Signup:
    """A new customer.

    Attributes:
        account_id: The vendor's account that signs it up, and that owns it from then on.
        tenant_id: The customer's directory.
        region: The regional instance that the customer is configured for.
        initial_domain: The directory's ``….onmicrosoft.com``.
        loop_check: The customer's ``X-MMCloud-ID``, where the vendor has one already.
        company_name: For people.
        contact: For people.
    """

    account_id: str
    tenant_id: UUID
    region: Region
    initial_domain: str
    loop_check: Secret | None = None
    company_name: str = ""
    contact: str = ""


def signed_up_again(tenant: Tenant, signup: Signup) -> Tenant:
    """Take over what a later signup says: another region is a move, and a tenant that has left comes back.

    Raises:
        NotAllowed: The tenant belongs to another account, is just leaving, is at another initial domain, or has a
            Loop Check by another GUID in place: overwriting that makes mail loop.
    """
    if tenant.account_id != signup.account_id:
        raise NotAllowed("the tenant belongs to another account")
    if tenant.stage is Stage.OFFBOARDING:
        raise NotAllowed("the tenant is being off-boarded; sign it up again when that is done")
    tenant = replace(
        tenant,
        company_name=signup.company_name or tenant.company_name,
        contact=signup.contact or tenant.contact,
    )
    is_empty = tenant.stage in (Stage.AWAITING_CONSENT, Stage.OFFBOARDED)
    if not is_empty and tenant.initial_domain != signup.initial_domain:
        raise NotAllowed("the tenant has another initial domain")
    tenant = _with_guid(replace(tenant, initial_domain=signup.initial_domain), signup.loop_check, is_empty=is_empty)
    if tenant.stage is Stage.OFFBOARDED:
        return replace(_revived(tenant), region=signup.region)
    return _with_region(tenant, signup)


def _with_guid(tenant: Tenant, guid: Secret | None, *, is_empty: bool) -> Tenant:
    if guid is None or guid == tenant.loop_check:
        return tenant
    if not is_empty:
        raise NotAllowed("another loop-check GUID is in place; off-board the tenant first, or keep to the one it has")
    return replace(tenant, loop_check=guid, generation=tenant.generation + 1)


def _with_region(tenant: Tenant, signup: Signup) -> Tenant:
    """Move: until it is done, the objects count as those of the region that they were made for."""
    if tenant.region is signup.region:
        return tenant
    moving = None if tenant.stage is Stage.AWAITING_CONSENT else tenant.moving_from or tenant.region
    tenant = unseen(tenant, signup.region) if moving else tenant
    return replace(tenant, region=signup.region, moving_from=moving, generation=tenant.generation + 1)


def _revived(tenant: Tenant) -> Tenant:
    return replace(
        tenant,
        stage=Stage.AWAITING_CONSENT,
        generation=tenant.generation + 1,
        verdict=Verdict.UNKNOWN,
        reason="signed up again; not looked at yet",
        failure="",
        items={},
        owned={},
        written={},
        refused={},
        findings={},
        deviations={},
        moving_from=None,
        quiet_since=None,
        spec="",
    )
