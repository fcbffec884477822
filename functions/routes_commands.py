"""Commands over HTTP: one route for each, so that its body, its role and its name are known before it is called."""

from collections.abc import Callable, Mapping
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Security
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
_DOES: Mapping[str, str] = {
    "verify": "Have the tenant looked at; nothing is written.",
    "remediate": "Have the tenant looked at, and mend what differs, whatever was refused or contested before.",
    "activate": "Let mail go through MailMarshal Cloud: Loop Check on, then Redirect.",
    "deactivate": "Let mail pass by MailMarshal Cloud; everything stays in place, rules off.",
    "pause": "Let mail pass by MailMarshal Cloud for a while; the pause ends by itself.",
    "resume": "End a pause and a hold.",
    "hold": "Watch the tenant and repair nothing for a while; mail keeps its way, and the hold ends by itself.",
    "accept": "Accept the value that a setting has now in place of the desired one, for a while.",
    "revoke": "Accept a deviation no longer.",
    "offboard": "Remove everything of ours, prove it, and let the tenant go.",
}


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
        caller: Annotated[Operator, Security(needing(role), scopes=[role])],
        tenant_id: UUID,
        asked: Annotated[BaseModel, Depends(sent(body))],
    ) -> Accepted:
        return ordered(name, caller.name, tenant_id, asked)

    ask.__name__ = f"{name}_tenant"
    ask.__doc__ = _DOES[name]
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
