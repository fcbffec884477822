"""What an operator may ask for on the console, in words: one row for each command of the API."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException

from functions.answers_tenants import TenantAnswer
from functions.console.forms import Form
from functions.reading import faults_of
from functions.routes_commands import BODIES, ROLES
from shared.application.planning import PLANNED
from shared.domain.errors import InvalidRequest
from shared.domain.operators import Operator
from shared.domain.tenants import Stage


@dataclass(frozen=True, slots=True)
class Wording:
    """A command as people read it.

    Attributes:
        title: On its button.
        does: What comes of it, in one or two sentences.
        stages: Where its button is shown; the API decides once more.
    """

    title: str
    does: str
    stages: frozenset[Stage]


_STAYING = frozenset(Stage) - {Stage.OFFBOARDING, Stage.OFFBOARDED}
_RUNNING = frozenset({Stage.ACTIVE, Stage.PAUSED})

ORDERS: Mapping[str, Wording] = {
    "verify": Wording("Verify", "Looks at the tenant through the queue and changes nothing in it.", _STAYING),
    "remediate": Wording("Remediate", "Brings the tenant to what is wanted, by the steps below.", _STAYING),
    "activate": Wording(
        "Activate",
        "Switches the rules on: mail passes through MailMarshal Cloud from then on.",
        frozenset({Stage.STAGED}),
    ),
    "deactivate": Wording(
        "Deactivate", "Switches the rules off: mail passes by MailMarshal Cloud, unscanned. Everything stays.", _RUNNING
    ),
    "pause": Wording(
        "Pause", "Switches Redirect off for a while: mail passes by MailMarshal Cloud, unscanned.", _RUNNING
    ),
    "resume": Wording("Resume", "Ends a pause, a hold, or both.", _STAYING - {Stage.AWAITING_CONSENT}),
    "hold": Wording("Hold repairs", "Repairs nothing for a while; everything is still watched.", _STAYING),
    "accept": Wording("Accept", "Takes what was read as good for a while; any other value is drift again.", _STAYING),
    "revoke": Wording("Revoke", "Ends an accepted deviation: the value is drift again.", _STAYING),
    "offboard": Wording(
        "Off-board", "Switches our rules off, waits, removes what is ours, and proves that nothing is left.", _STAYING
    ),
}
"""Every command, in the order of the buttons."""

DURATIONS: Mapping[str, str] = {
    "1": "1 hour",
    "4": "4 hours",
    "24": "1 day",
    "72": "3 days",
    "168": "7 days",
    "719": "30 days",
}
"""How long a decision of a person's holds: hours, and what is shown. The longest is just below the API's own bound."""


def wording(name: str) -> Wording:
    """The words of a command.

    Raises:
        HTTPException: There is none of this name.
    """
    found = ORDERS.get(name)
    if found is None:
        raise HTTPException(404)
    return found


def is_planned(name: str) -> bool:
    """Whether a command moves mail or may, so that its plan is read first."""
    return name in PLANNED and name != "verify"


def fields(name: str) -> frozenset[str]:
    """What a command's form asks for."""
    return frozenset(BODIES[name].model_fields)


def body_of(name: str, form: Form, now: datetime) -> BaseModel:
    """The command's body from its form; what moves mail names the plan that was read.

    Raises:
        InvalidRequest: Something is missing or not of its form.
    """
    said: dict[str, object] = {field: form[field] for field in fields(name) & form.keys()}
    if is_planned(name) and "plan_hash" not in said:
        raise InvalidRequest("the plan that was read is missing: open the page of the command again")
    if "until" in fields(name):
        said["until"] = until(form, now).isoformat()
    try:
        return BODIES[name].model_validate(said)
    except ValidationError as error:
        raise InvalidRequest(faults_of(error.errors(include_input=False, include_url=False))) from None


def until(form: Form, now: datetime) -> datetime:
    """When a person's decision ends by itself.

    Raises:
        InvalidRequest: It is none of the durations that a form offers.
    """
    hours = form.get("hours", "")
    if hours not in DURATIONS:
        raise InvalidRequest("hours: one of the durations is expected")
    return now + timedelta(hours=int(hours))


def offered(tenant: TenantAnswer, operator: Operator) -> tuple[str, ...]:
    """The commands whose buttons a tenant's page shows to an operator."""
    # They belong to one setting, and stand beside it.
    hidden = {"accept", "revoke"}
    if tenant.pause is None and tenant.hold is None and tenant.stage is not Stage.PAUSED:
        hidden.add("resume")
    return tuple(
        name
        for name, each in ORDERS.items()
        if name not in hidden and tenant.stage in each.stages and operator.may(ROLES[name])
    )
