"""What a question may say beside its path. Any other name is refused: a misspelt filter would filter nothing."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from functions.instants import Moment
from shared.domain.regions import Region
from shared.domain.tenants import Stage, Verdict

_CLOSED = ConfigDict(extra="forbid", frozen=True)

Cursor = Annotated[str, Field(min_length=1, max_length=512, description="What the page before gave.")]
Limit = Annotated[int, Field(ge=1, le=1000)]
Search = Annotated[str, Field(min_length=1, max_length=128)]
Slug = Literal["from_connector", "to_connector", "loop_check", "redirect", "arc_sealer", "enhanced_filtering"]
Purpose = Literal["verify", "remediate", "activate", "deactivate", "pause", "resume", "offboard"]


class PageQuery(BaseModel):
    """Which page of a list."""

    model_config = _CLOSED
    cursor: Cursor | None = None
    limit: Limit = 100


class TenantsQuery(BaseModel):
    """Which tenants, and which page of them."""

    model_config = _CLOSED
    region: Region | None = None
    stage: Stage | None = None
    verdict: Verdict | None = None
    item: Annotated[Slug | None, Field(description="Only those in which this item is not as it should be.")] = None
    checked_before: Annotated[Moment | None, Field(description="Not looked at since.")] = None
    search: Annotated[Search | None, Field(description="An id, or how a domain, account or company begins.")] = None
    cursor: Cursor | None = None
    limit: Limit = 100

    def filters(self) -> dict[str, str]:
        """What was asked for, by its name."""
        wanted = {
            "region": self.region,
            "stage": self.stage,
            "verdict": self.verdict,
            "item": self.item,
            "checked_before": self.checked_before.isoformat() if self.checked_before else None,
            "search": self.search,
        }
        return {name: str(value) for name, value in wanted.items() if value is not None}


class PlanQuery(BaseModel):
    """For which command a plan is made."""

    model_config = _CLOSED
    purpose: Annotated[Purpose, Field(alias="for")] = "remediate"
