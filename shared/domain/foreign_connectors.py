"""What there is to say of connectors: the risk that ours has by design, and foreign ones that open another way.

Sources: Microsoft's message centre, MC1226222 (a connector of type OnPremises whose certificate is of no accepted
domain of the tenant is a problematic configuration); "Enhanced filtering for connectors",
https://learn.microsoft.com/exchange/mail-flow-best-practices/use-connectors-to-configure-mail-flow/enhanced-filtering-for-connectors
(which addresses a skip list may hold); "Malicious OAuth applications used to compromise email servers and spread spam",
Microsoft Security, 22 September 2022 (inbound connectors by strangers).
"""

from collections.abc import Iterator

from shared.domain.findings import Finding, Weight, named
from shared.domain.observation import Complete, Observation
from shared.domain.regions import distrust
from shared.domain.resources import Item, Kind
from shared.domain.values import Row, Unreadable, networks

_FROM = Item.FROM_CONNECTOR.value.casefold()
_TO = Item.TO_CONNECTOR.value.casefold()

_SHARED = (
    "the inbound connector knows MailMarshal Cloud by a certificate that all customers of a region share and that is "
    "of no accepted domain of this tenant, which Microsoft calls a problematic configuration (MC1226222); the vendor's "
    "design is so, and mail may be attributed to another tenant when a tenant is moved"
)


def of_connectors(observation: Observation) -> Iterator[Finding]:
    """List what connectors give to think about; nothing is concluded from what was not read."""
    inbound, outbound = _rows(observation, Kind.INBOUND_CONNECTOR), _rows(observation, Kind.OUTBOUND_CONNECTOR)
    if any(_name(row) == _FROM for row in inbound):
        yield Finding("attribution_shared_cert", Weight.NOTE, _SHARED)
    foreign = [row for row in inbound if _name(row) != _FROM and row.get("Enabled") is True]
    trusted = [row for row in foreign if str(row.get("ConnectorType")).casefold() == "onpremises"]
    if trusted:
        sentence = "inbound connectors whose mail Exchange takes for the customer's own; a stranger's sends as anybody"
        yield Finding("foreign_onpremises_connectors", Weight.WARNING, f"{sentence}: {named(trusted)}")
    skipping = [row for row in foreign if _skips_too_much(row)]
    if skipping:
        sentence = "inbound connectors that look through Microsoft's, private or far too many addresses"
        yield Finding("foreign_skip_lists", Weight.WARNING, f"{sentence}: {named(skipping)}")
    testing = [row for row in outbound if _name(row) != _TO and row.get("TestMode") is True]
    if testing:
        yield Finding("foreign_test_mode", Weight.NOTE, f"outbound connectors in test mode: {named(testing)}")


def _rows(observation: Observation, kind: Kind) -> tuple[Row, ...]:
    reading = observation.get(kind)
    return reading.rows if isinstance(reading, Complete) else ()


def _name(row: Row) -> str:
    return str(row.get("Name")).casefold()


def _skips_too_much(row: Row) -> bool:
    """Whether a skip list holds what hides the real sender; one that cannot be read says nothing."""
    try:
        blocks = networks(row.get("EFSkipIPs"))
    except Unreadable:
        return False
    return any(distrust(block, production=False) is not None for block in blocks)
