"""The tenant's accepted domains: the initial one, which every tenant keeps, and those that it has verified since.

Source: exchange contract §2.7 (properties seen live); nothing here writes them, because nobody does.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from uuid import UUID, uuid5

from local.twin.catalogue import Values
from local.twin.results import Result, listed
from local.twin.state import TenantState, blank

_CONTAINER = "CN=Accepted Domains,CN=Transport Settings"
_DOMAIN = re.compile(r"(?=.{4,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]")


class DomainType(StrEnum):
    """Where the recipients of a domain are: all of them here, or some of them elsewhere."""

    AUTHORITATIVE = "Authoritative"
    INTERNAL_RELAY = "InternalRelay"


Domains = Mapping[str, DomainType]
"""Further domains by name; the first one is the tenant's default."""


def usual(initial: str) -> Domains:
    """The further domains of a tenant of which nothing else is said: ``contoso.example``."""
    name = f"{initial.partition('.')[0]}.example"
    return {} if name == initial else {name: DomainType.AUTHORITATIVE}


def checked(given: Mapping[str, object], initial: str) -> Domains:
    """Domains as somebody named them.

    Raises:
        ValueError: One is no domain, or the initial one, or of no such type.
    """
    found = {name.lower(): DomainType(str(kind)) for name, kind in given.items()}
    if wrong := [name for name in found if not _DOMAIN.fullmatch(name) or name == initial.lower()]:
        raise ValueError(f"{wrong[0]!r} is no further domain")
    return found


def add_domains(tenant: TenantState, further: Domains) -> None:
    """Give a tenant its initial domain and the others; mail is sent from the first of the others, if there is one."""
    named = {tenant.domain: DomainType.AUTHORITATIVE, **further}
    default = next(iter(further), tenant.domain)
    for name, kind in named.items():
        row = {**blank("AcceptedDomain"), "DomainName": name, "Name": name, "DomainType": str(kind)}
        row |= {"InitialDomain": name == tenant.domain, "Default": name == default}
        row["Guid"] = row["ExchangeObjectId"] = str(uuid5(UUID(tenant.tenant_id), f"domain {name}"))
        tenant.describe(row, _CONTAINER)
        tenant.stamp(row, created=True)
        tenant.domains.append(row)


def get_domains(tenant: TenantState, values: Values) -> Result:
    """``Get-AcceptedDomain``."""
    return listed(tenant.domains, values, tenant.switches.unknown_identity)
