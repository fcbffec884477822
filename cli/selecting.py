"""From what the command line says to tenants; a fleet is read page by page and never held."""

import re
from collections.abc import Iterator

from cli.answers import Fleet
from cli.answers_tenants import TenantLine
from cli.api import Api
from cli.errors import AmbiguousName, Refused, TooMuchChange, UnknownName, Usage
from cli.inert import one_line
from cli.options import Selection

_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_DOMAIN = re.compile(r"[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+", re.ASCII)


def selected(api: Api, selection: Selection) -> Iterator[TenantLine]:
    """Give the tenants that are meant.

    Raises:
        Usage: Nothing says which, or two things do.
        UnknownName: There is no such tenant.
        AmbiguousName: There are several.
        CommandError: The API cannot be asked.
    """
    check(selection)
    if selection.is_fleet:
        yield from api.tenants(**selection.filters())
        return
    for name in dict.fromkeys(each.lower() for each in selection.tenants or ()):
        yield named(api, name)


def check(selection: Selection) -> None:
    """Refuse a selection that says nothing, or two things.

    Raises:
        Usage: It does.
    """
    if selection.is_empty:
        raise Usage("name tenants, choose with --region, --stage or --verdict, or say --all")
    if selection.tenants and (selection.everybody or selection.filters()):
        raise Usage("either name tenants or choose with a selector, not both")


def named(api: Api, name: str) -> TenantLine:
    """Find a tenant by its id or its initial domain.

    Raises:
        UnknownName: There is none.
        AmbiguousName: There are several.
        Usage: It is neither an id nor a domain.
    """
    if _GUID.fullmatch(name.lower()):
        try:
            return api.get(TenantLine, f"/api/tenants/{name.lower()}")
        except Refused as refused:
            if refused.code == "unknown_tenant":
                raise UnknownName(f"there is no tenant {name}") from None
            raise
    if not _DOMAIN.fullmatch(name.lower()):
        raise Usage(f"{one_line(name)[:80]!r}: a tenant's id or its initial domain is expected")
    # The API finds beginnings; only the whole domain is meant here.
    found = [line for line in api.tenants(search=name.lower()) if line.initial_domain.lower() == name.lower()]
    if not found:
        raise UnknownName(f"there is no tenant {name}")
    if len(found) > 1:
        raise AmbiguousName(f"{len(found)} tenants have the domain {name}: {', '.join(t.tenant_id for t in found[:5])}")
    return found[0]


def size(api: Api, selection: Selection) -> int:
    """How many tenants there are where the selected ones are: in their region, or in the whole fleet.

    Raises:
        TooMuchChange: Nobody has counted them yet, and a share of nobody knows what is too much.
    """
    fleet = api.get(Fleet, "/api/fleet")
    if fleet.counted_at is None:
        raise TooMuchChange("the fleet has not been counted yet; the timer does it", "keeper status")
    return fleet.tenants if selection.region is None else fleet.counts.region.get(selection.region.value, 0)
