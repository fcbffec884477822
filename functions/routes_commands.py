"""Commands over HTTP: one route for each, so that its body, its role and its name are known before it is called."""

from collections.abc import Callable, Mapping
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from functions.answers import Accepted
from functions.bodies import Accepting, Pausing, Plain, Planned, Revoking, Suspending
from functions.openapi import refusals
from functions.operators import needing
from functions.reading import described, sent
from functions.shell import deliver
from functions.views import accepted_view
from shared.application.commands import Order, command
from shared.bootstrap import application
from shared.domain.operators import Operator, Role

router = APIRouter(prefix="/api/tenants/{tenant_id}", tags=["commands"])

BODIES: Mapping[str, type[BaseModel]] = {
    "verify": Plain,
    "remediate": Planned,
    "activate": Planned,
    "deactivate": Planned,
    "pause": Pausing,
    "resume": Planned,
    "hold": Suspending,
    "accept": Accepting,
    "revoke": Revoking,
    "offboard": Planned,
}
"""What each command is sent with."""
ROLES: Mapping[str, Role] = {name: Role.ADMIN if name == "offboard" else Role.OPERATE for name in BODIES}
"""Who may."""


def ordered(name: str, by: str, tenant_id: UUID, asked: BaseModel) -> Accepted:
    """Give a command and send what follows from it.

    Args:
        name: The command.
        by: Who asks.
        tenant_id: Of which tenant.
        asked: Its body, of the form that the command has.
    """
    app = application()
    order = Order(name, by=by, **asked.model_dump(exclude_none=True))
    outcome = command(order, tenant_id, app.world, app.policy)
    deliver(outcome.deliveries)
    return accepted_view(outcome)


def _route(name: str, body: type[BaseModel], role: Role) -> Callable[..., Accepted]:
    def ask(
        caller: Annotated[Operator, Depends(needing(role))],
        tenant_id: UUID,
        asked: Annotated[BaseModel, Depends(sent(body))],
    ) -> Accepted:
        return ordered(name, caller.name, tenant_id, asked)

    ask.__name__ = f"{name}_tenant"
    ask.__doc__ = f"Ask for: {name}. The answer's id leads through everything that follows. It needs {role}."
    return ask


for _name, _body in BODIES.items():
    router.add_api_route(
        f"/{_name}",
        _route(_name, _body, ROLES[_name]),
        methods=["POST"],
        status_code=202,
        responses=refusals(404, 409, 502),
        openapi_extra=described(_body),
    )
