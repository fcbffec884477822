"""The command line that shows or asks for the same as a page: complete, so that it can be copied and run."""

import shlex
from collections.abc import Mapping
from uuid import UUID

from pydantic import BaseModel

_VERBS: Mapping[str, str] = {"remediate": "apply"}
"""Where the command line has a word of its own for a command of the API."""
_SELECTORS = ("region", "verdict", "stage")
"""The filters that the command line knows as well; it searches neither by item nor by age."""


def listing(filters: Mapping[str, str]) -> str:
    """The line that lists the tenants of a page."""
    chosen = [f"--{name} {shlex.quote(filters[name])}" for name in _SELECTORS if name in filters]
    return " ".join(("keeper status", *(chosen or ["--all"])))


def order(name: str, tenant_id: UUID, body: type[BaseModel], setting: str = "") -> str:
    """The line that gives a command to one tenant."""
    named = f" {shlex.quote(setting)}" if setting else ""
    return f"keeper {_VERBS.get(name, name)} {tenant_id}{named}{_answers(body)}"


def fleet_order(name: str, body: type[BaseModel]) -> str:
    """The line that takes a decision on the whole fleet."""
    scope = " --scope all" if "scope" in body.model_fields else ""
    return f"keeper {name}{scope}{_answers(body)}"


def _answers(body: type[BaseModel]) -> str:
    """What the page's form asks for, and the line must say."""
    fields = body.model_fields
    reason = ' --reason "…"' if "reason" in fields and fields["reason"].is_required() else ""
    return reason + (" --until 24h" if "until" in fields else "")
