"""Parked messages over HTTP: read them, send one once more, or drop it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from functions.answers import Accepted, ParkedPage
from functions.bodies import Nothing
from functions.openapi import refusals
from functions.operators import Reader, Worker
from functions.queries import PageQuery
from functions.reading import described, sent
from functions.shell import deliver
from functions.views import accepted_view, parked_view
from shared.application import poison
from shared.bootstrap import application
from shared.domain.messages import Fate

router = APIRouter(prefix="/api/poison", tags=["poison"])

ParkedId = Annotated[str, Path(max_length=128)]


@router.get("", responses=refusals())
def list_parked(_: Reader, query: Annotated[PageQuery, Query()]) -> ParkedPage:
    """Read a page of the messages that nobody could work on and nobody has decided on, newest first."""
    parked, cursor = application().world.journal.parked(query.cursor, query.limit)
    return ParkedPage(parked=tuple(map(parked_view, parked)), cursor=cursor)


@router.post("/{parked_id}/replay", status_code=202, responses=refusals(404, 409), openapi_extra=described(Nothing))
def replay(caller: Worker, parked_id: ParkedId, _: Annotated[Nothing, Depends(sent(Nothing))]) -> Accepted:
    """Send a parked message once more; it is decided on once it is sent."""
    app = application()
    world = app.world
    outcome = poison.replay(parked_id, caller.name, world)
    deliver(outcome.deliveries)
    for posting in outcome.postings:
        app.queues.post(posting)
    poison.decide(parked_id, Fate.REPLAYED, caller.name, world)
    return accepted_view(outcome)


@router.post("/{parked_id}/drop", status_code=202, responses=refusals(404, 409), openapi_extra=described(Nothing))
def drop(caller: Worker, parked_id: ParkedId, _: Annotated[Nothing, Depends(sent(Nothing))]) -> Accepted:
    """Decide that nothing comes of a parked message."""
    poison.decide(parked_id, Fate.DROPPED, caller.name, application().world)
    return Accepted(status="dropped")
