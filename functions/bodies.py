"""What operators send: JSON bodies, strict; nothing that is not named here, and nothing of another type."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from functions.instants import Moment

_STRICT = ConfigDict(extra="forbid", strict=True, frozen=True, str_strip_whitespace=True)
_LINE = r"^[^\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]+$"
"""Nothing that steers a terminal, breaks a line or turns the direction of writing."""

Reason = Annotated[str, Field(min_length=1, max_length=500, pattern=_LINE)]
PlanHash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
SettingName = Annotated[str, Field(min_length=1, max_length=160, pattern=_LINE)]


class Plain(BaseModel):
    """A command that needs nothing; a reason is kept."""

    model_config = _STRICT
    reason: Reason | None = None


class Planned(BaseModel):
    """A command that may name the plan that was read for it."""

    model_config = _STRICT
    reason: Reason | None = None
    plan_hash: PlanHash | None = None


class Suspending(BaseModel):
    """A hold, which ends by itself."""

    model_config = _STRICT
    reason: Reason
    until: Moment


class Pausing(BaseModel):
    """A pause, which ends by itself and may name the plan that was read for it."""

    model_config = _STRICT
    reason: Reason
    until: Moment
    plan_hash: PlanHash | None = None


class Accepting(BaseModel):
    """A deviation that is accepted for a while: the object's name, a slash and the setting's."""

    model_config = _STRICT
    setting: SettingName
    reason: Reason
    until: Moment


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
    until: Moment


class FleetResuming(BaseModel):
    """The end of such a pause."""

    model_config = _STRICT
    scope: Literal["all", "au", "eu", "us"]
