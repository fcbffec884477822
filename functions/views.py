"""Records as the API shows them: everything an operator needs, and no secret."""

from shared.domain.messages import Parked
from shared.domain.tenants import Tenant


def tenant_view(tenant: Tenant) -> dict[str, object]:
    """A tenant record as JSON. The loop-check GUID is not in it."""
    return {
        "tenant_id": str(tenant.tenant_id),
        "account_id": tenant.account_id,
        "company_name": tenant.company_name,
        "contact": tenant.contact,
        "region": tenant.region.value,
        "initial_domain": tenant.initial_domain,
        "stage": tenant.stage.value,
        "generation": tenant.generation,
        "fail_policy": tenant.fail_policy.value,
        "verdict": tenant.verdict.value,
        "reason": tenant.reason,
        "items": dict(tenant.items),
        "objects": {name: str(guid) for name, guid in tenant.owned.items()},
        "created_at": tenant.created_at.isoformat(),
        "checked_at": tenant.checked_at.isoformat() if tenant.checked_at else None,
        "next_check_at": tenant.next_check_at.isoformat(),
    }


def parked_view(parked: Parked) -> dict[str, object]:
    """A parked message as JSON."""
    return {
        "id": parked.parked_id,
        "queue": parked.queue,
        "reason": parked.reason,
        "body": parked.body,
        "parked_at": parked.parked_at.isoformat(),
    }
