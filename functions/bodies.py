"""What operators send: JSON bodies, strict; nothing that is not named here, and nothing of another type.

A body is read after the caller has proved who it is, and from the very bytes: a strict instant is text there.
"""

import re
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, TypeVar

from fastapi import Request
from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from shared.domain.errors import InvalidRequest

Model = TypeVar("Model", bound=BaseModel)

_STRICT = ConfigDict(extra="forbid", strict=True, frozen=True, str_strip_whitespace=True)
_LINE = r"^[^\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]+$"
"""Nothing that steers a terminal, breaks a line or turns the direction of writing."""
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]")
_MOST_FAULTS = 5
_LONGEST_NAME = 64


def _written(value: object) -> object:
    """Refuse a number of seconds that is written as text."""
    if not isinstance(value, str) or not _INSTANT.match(value):
        raise ValueError("a date and a time with its zone is expected, such as 2030-01-31T18:00:00Z")
    return value


def _in_utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise ValueError("a moment that has a date everywhere is expected") from None


Reason = Annotated[str, Field(min_length=1, max_length=500, pattern=_LINE)]
Until = Annotated[AwareDatetime, Field(strict=False), BeforeValidator(_written), AfterValidator(_in_utc)]
PlanHash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
SettingName = Annotated[str, Field(min_length=1, max_length=160, pattern=_LINE)]


class Plain(BaseModel):
    """A command that needs nothing; a reason is kept."""

    model_config = _STRICT
    reason: Reason | None = None


class Planned(BaseModel):
    """A command that may be bound to a plan."""

    model_config = _STRICT
    reason: Reason | None = None
    plan_hash: PlanHash | None = None


class Suspending(BaseModel):
    """A pause or a hold, which ends by itself."""

    model_config = _STRICT
    reason: Reason
    until: Until


class Accepting(BaseModel):
    """A deviation that is accepted for a while: the object's name, a slash and the setting's."""

    model_config = _STRICT
    setting: SettingName
    reason: Reason
    until: Until


class Revoking(BaseModel):
    """A deviation that is accepted no longer."""

    model_config = _STRICT
    setting: SettingName
    reason: Reason | None = None


class Nothing(BaseModel):
    """What has nothing to say."""

    model_config = _STRICT


class Freezing(BaseModel):
    """Why repairs stand still."""

    model_config = _STRICT
    reason: Reason


class FleetPausing(BaseModel):
    """A pause of a region's mail flow, or of everybody's."""

    model_config = _STRICT
    scope: Literal["all", "au", "eu", "us"]
    reason: Reason
    until: Until


class FleetResuming(BaseModel):
    """The end of such a pause."""

    model_config = _STRICT
    scope: Literal["all", "au", "eu", "us"]


def sent(model: type[Model]) -> Callable[[Request], Coroutine[Any, Any, Model]]:
    """What reads a body; where every field may be left out, the body may be too.

    The reader raises ``InvalidRequest`` when it is not of its form.
    """

    async def read(request: Request) -> Model:
        try:
            return model.model_validate_json(await request.body() or b"{}")
        except ValidationError as error:
            raise InvalidRequest(faults_of(error.errors(include_input=False, include_url=False))) from None

    return read


def faults_of(errors: list[Any]) -> str:
    """Say what is not of its form, field by field, without what was sent."""
    said = [f"{'.'.join(map(str, each['loc']))[:_LONGEST_NAME] or 'body'}: {each['msg']}" for each in errors]
    return "not of its form: " + "; ".join(said[:_MOST_FAULTS])


def described(model: type[BaseModel]) -> dict[str, object]:
    """A body as OpenAPI describes it."""
    required = any(field.is_required() for field in model.model_fields.values())
    content = {"application/json": {"schema": model.model_json_schema()}}
    return {"requestBody": {"required": required, "content": content}}
