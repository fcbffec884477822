"""A tenant as mail meets it: its domains, connectors and rules, copied from the twin's state."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from local.twin.mailflow.message import is_within
from local.twin.state import TenantState

Row = Mapping[str, object]


@dataclass(frozen=True)
class Organisation:
    """One tenant.

    Attributes:
        tenant_id: Its id.
        domains: Its accepted domains, in lower case.
        inbound, outbound: Its connectors.
        rules: Its transport rules, in the order of priority.
        sealers: The ARC sealers that it trusts, in lower case.
    """

    tenant_id: str
    domains: frozenset[str]
    inbound: tuple[Row, ...]
    outbound: tuple[Row, ...]
    rules: tuple[Row, ...]
    sealers: frozenset[str]

    def owns(self, domain: str) -> bool:
        """Whether a domain is one of the tenant's."""
        return domain in self.domains

    def outbound_named(self, name: str) -> Row | None:
        """An outbound connector by its name, in any case."""
        return next((row for row in self.outbound if text(row, "Name").casefold() == name.casefold()), None)


def organisation(tenant: TenantState, domains: frozenset[str]) -> Organisation:
    """Take a picture of a tenant; the rows are the twin's own and are not to be changed."""
    return Organisation(
        tenant.tenant_id,
        frozenset(domain.casefold() for domain in domains),
        tuple(tenant.inbound),
        tuple(tenant.outbound),
        tuple(tenant.rules),
        frozenset(sealer.casefold() for sealer in tenant.arc or ()),
    )


def text(row: Row, name: str) -> str:
    """A property that is a text; empty where it is unset."""
    value = row.get(name)
    return value if isinstance(value, str) else ""


def texts(row: Row, name: str) -> list[str]:
    """A property that is a list of texts; a bare text is a list of one."""
    value = row.get(name)
    if isinstance(value, str):
        return [value]
    return [part for part in value if isinstance(part, str)] if isinstance(value, list) else []


def covers(sender_domains: list[str], domain: str) -> bool:
    """Whether an inbound connector's ``SenderDomains`` (``smtp:*;1``) hold a domain."""
    patterns = [word.partition(";")[0].rpartition(":")[2] for word in sender_domains]
    return any(is_within(domain, pattern) for pattern in patterns)


def in_force(rule: Row, now: datetime) -> bool:
    """Whether a rule acts now: on, enforced, and within its dates (exchange contract §2.4.1)."""
    starts, ends = moment(rule.get("ActivationDate")), moment(rule.get("ExpiryDate"))
    is_on = rule.get("State") == "Enabled" and text(rule, "Mode").casefold() == "enforce"
    return is_on and (starts is None or starts <= now) and (ends is None or now < ends)


def moment(value: object) -> datetime | None:
    """A date of a rule, in UTC where it says no zone; none where there is none."""
    if not isinstance(value, str) or not value:
        return None
    found = datetime.fromisoformat(value)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
