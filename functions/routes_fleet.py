"""The whole fleet over HTTP: how it stands, the brake, and a pause of the mail flow."""

import logging
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from functions.answers import Accepted, FleetAnswer, Timeline
from functions.bodies import FleetPausing, FleetResuming, Freezing, Nothing
from functions.openapi import refusals
from functions.operators import Administrator, Reader
from functions.queries import PageQuery
from functions.reading import described, sent
from functions.shell import deliver
from functions.views import fleet_view
from functions.views_tenants import timeline_view
from shared.application.commands import LONGEST_SUSPENSION
from shared.application.fleet import fleet_turn
from shared.application.wishing import FLEET, checked_until, freeze, pause_fleet, release, resume_fleet
from shared.bootstrap import application
from shared.domain.decisions import Suspension
from shared.domain.errors import TransientError

_LOG = logging.getLogger("keeper.http")

router = APIRouter(prefix="/api/fleet", tags=["fleet"])


@router.get("", responses=refusals())
def get_fleet(_: Reader) -> FleetAnswer:
    """Read how many tenants there are of each kind, and what is wanted of all of them."""
    return fleet_view(application().world)


@router.get("/timeline", responses=refusals())
def get_fleet_timeline(_: Reader, query: Annotated[PageQuery, Query()]) -> Timeline:
    """Read a page of what was decided on the whole fleet, newest first."""
    return timeline_view(*application().world.history.page(FLEET, query.cursor, query.limit))


@router.post("/freeze", status_code=202, responses=refusals(409), openapi_extra=described(Freezing))
def freeze_fleet(caller: Administrator, asked: Annotated[Freezing, Depends(sent(Freezing))]) -> Accepted:
    """Let all repairs stand still until a person releases them; verification goes on."""
    freeze(caller.name, asked.reason, application().world)
    return Accepted(status="repairs stand still")


@router.post("/release", status_code=202, responses=refusals(409), openapi_extra=described(Nothing))
def release_fleet(caller: Administrator, _: Annotated[Nothing, Depends(sent(Nothing))]) -> Accepted:
    """Let repairs go on: each tenant's at its next turn."""
    release(caller.name, application().world)
    return Accepted(status="repairs go on")


@router.post("/pause", status_code=202, responses=refusals(409), openapi_extra=described(FleetPausing))
def pause(caller: Administrator, asked: Annotated[FleetPausing, Depends(sent(FleetPausing))]) -> Accepted:
    """Let the mail of every active tenant of a scope pass by MailMarshal Cloud for a while."""
    app = application()
    now = app.world.clock()
    until = checked_until(asked.until, now, LONGEST_SUSPENSION)
    pause_fleet(asked.scope, Suspension(caller.name, asked.reason, now, until), app.world)
    try:
        deliver(fleet_turn(app.world, app.policy))
    except TransientError as error:
        # Here and not message by message: a turn that is not sent to its end stays open, and the timer sends it all.
        _LOG.warning("left to the timer", extra={"code": error.code, "reason": str(error)})
    return Accepted(status=f"pause of {asked.scope} was asked for")


@router.post("/resume", status_code=202, responses=refusals(409), openapi_extra=described(FleetResuming))
def resume(caller: Administrator, asked: Annotated[FleetResuming, Depends(sent(FleetResuming))]) -> Accepted:
    """End a scope's pause: its tenants come back one after another, from the timer's next turn on."""
    resume_fleet(asked.scope, caller.name, application().world)
    return Accepted(status=f"resume of {asked.scope} was asked for")
