"""What an administrator may decide on the whole fleet: the pages that ask, and the forms."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from functions import routes_fleet as api
from functions.answers import Accepted
from functions.bodies import FleetPausing, FleetResuming, Freezing, Nothing
from functions.console.answering import Page, moved, shown
from functions.console.forms import Form
from functions.console.keeper_lines import fleet_order
from functions.console.orders import DURATIONS, until
from functions.console.visitors import Reader, Sender, check_role
from functions.reading import faults_of
from shared.bootstrap import application
from shared.domain.errors import InvalidRequest
from shared.domain.operators import Operator, Role

router = APIRouter(prefix="/api/console/fleet")


@dataclass(frozen=True, slots=True)
class FleetWording:
    """A decision on the fleet as people read it, and the route that takes it.

    Attributes:
        title: On its button.
        does: What comes of it.
        body: What it is sent with.
        route: What takes it.
    """

    title: str
    does: str
    body: type[BaseModel]
    route: Callable[[Operator, object], Accepted]


FLEET_ORDERS: Mapping[str, FleetWording] = {
    "freeze": FleetWording(
        "Freeze repairs",
        "Nothing is repaired anywhere until an administrator releases it; verification goes on.",
        Freezing,
        api.freeze_fleet,  # type: ignore[arg-type]  # each takes the body that stands beside it
    ),
    "release": FleetWording(
        "Release repairs",
        "Repairs go on: each tenant’s at its next turn.",
        Nothing,
        api.release_fleet,  # type: ignore[arg-type]  # as above
    ),
    "pause": FleetWording(
        "Pause the mail flow",
        "Redirect goes off in every active tenant of the scope: their mail passes by MailMarshal Cloud, unscanned, "
        "until the pause ends.",
        FleetPausing,
        api.pause,  # type: ignore[arg-type]  # as above
    ),
    "resume": FleetWording(
        "Resume the mail flow",
        "Ends a scope’s pause: its tenants come back one after another, from the timer’s next turn on.",
        FleetResuming,
        api.resume,  # type: ignore[arg-type]  # as above
    ),
}
"""Every decision, in the order of the buttons."""


def _wording(name: str) -> FleetWording:
    found = FLEET_ORDERS.get(name)
    if found is None:
        raise HTTPException(404)
    return found


@router.get("/ask/{name}")
def ask(request: Request, who: Reader, name: str) -> Response:
    """Say what a decision means, and for how many tenants, and ask whether it is meant."""
    words = _wording(name)
    check_role(who, Role.ADMIN)
    more = {"name": name, "words": words, "fields": frozenset(words.body.model_fields), "durations": DURATIONS}
    page = Page(
        "ask_fleet.html", words.title, fleet_order(name, words.body), "/api/fleet", api.get_fleet(who.operator), more
    )
    return shown(request, page, who, application().world.clock())


@router.post("/{name}")
def decide(sent: Sender, name: str) -> Response:
    """Take a decision."""
    words = _wording(name)
    check_role(sent.visitor, Role.ADMIN)
    words.route(sent.visitor.operator, _body(words.body, sent.form, application().world.clock()))
    return moved(f"/api/console?said={name}")


def _body(model: type[BaseModel], form: Form, now: datetime) -> BaseModel:
    said: dict[str, object] = {field: form[field] for field in model.model_fields.keys() & form.keys()}
    if "until" in model.model_fields:
        said["until"] = until(form, now).isoformat()
    try:
        return model.model_validate(said)
    except ValidationError as error:
        raise InvalidRequest(faults_of(error.errors(include_input=False, include_url=False))) from None
