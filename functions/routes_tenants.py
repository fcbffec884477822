"""Tenants over HTTP: what is known of each, and what it would take."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from functions.answers import Timeline
from functions.answers_plans import PlanAnswer
from functions.answers_tenants import ProofAnswer, TenantAnswer, TenantPage
from functions.openapi import refusals
from functions.operators import Reader
from functions.queries import PageQuery, PlanQuery, TenantsQuery
from functions.views_plans import plan_view
from functions.views_tenants import line_view, proof_view, tenant_view, timeline_view, without_secret
from shared.application.planning import plan_for
from shared.bootstrap import application
from shared.domain.errors import UnknownProof

router = APIRouter(prefix="/api/tenants", tags=["tenants"])


@router.get("", responses=refusals())
def list_tenants(_: Reader, query: Annotated[TenantsQuery, Query()]) -> TenantPage:
    """Read a page of tenants in the order of their ids."""
    tenants, cursor = application().world.tenants.page(query.filters(), query.cursor, query.limit)
    return TenantPage(tenants=tuple(map(line_view, tenants)), cursor=cursor)


@router.get("/{tenant_id}", responses=refusals(404))
def get_tenant(_: Reader, tenant_id: UUID) -> TenantAnswer:
    """Read one tenant: what is wanted, what was seen, item by item, and what to tell the customer."""
    app = application()
    tenant = app.world.tenants.get(tenant_id).tenant
    return tenant_view(tenant, app.world, app.policy, app.settings.client_id)


@router.get("/{tenant_id}/plan", responses=refusals(404, 409, 502))
def get_plan(_: Reader, tenant_id: UUID, query: Annotated[PlanQuery, Query()]) -> PlanAnswer:
    """Observe now and say what a command would do; nothing is written."""
    app = application()
    sight, findings = plan_for(tenant_id, query.purpose, app.world, app.policy)
    return plan_view(sight, findings)


@router.get("/{tenant_id}/timeline", responses=refusals(404))
def get_timeline(_: Reader, tenant_id: UUID, query: Annotated[PageQuery, Query()]) -> Timeline:
    """Read a page of what happened to a tenant, newest first."""
    world = application().world
    tenant = world.tenants.get(tenant_id).tenant
    return without_secret(timeline_view(*world.history.page(tenant_id, query.cursor, query.limit)), tenant)


@router.get("/{tenant_id}/proof", responses=refusals(404))
def get_proof(_: Reader, tenant_id: UUID, response: Response) -> ProofAnswer:
    """Download the proof of a tenant's newest off-boarding, as far as it has come."""
    world = application().world
    tenant = world.tenants.get(tenant_id).tenant
    proof = world.proofs.get(tenant_id)
    if proof is None:
        raise UnknownProof("no off-boarding of this tenant has begun")
    response.headers["Content-Disposition"] = f'attachment; filename="offboarding-{tenant_id}.json"'
    return proof_view(tenant, proof)
