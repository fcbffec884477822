"""The demo's customers, and what their administrators do to them."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID, uuid5

from local.demo.items import ITEMS

_NAMESPACE = UUID("c8a6c1de-8a31-4c6e-9f7e-2b1d6a0f4e55")


@dataclass(frozen=True, slots=True)
class Customer:
    """One of the demo's tenants."""

    region: str
    name: str
    damage: tuple[tuple[str, str, Mapping[str, object]], ...]

    @property
    def tenant_id(self) -> str:
        """Its directory's id."""
        return str(uuid5(_NAMESPACE, self.name))

    @property
    def domain(self) -> str:
        """Its initial domain."""
        return f"{self.name}.onmicrosoft.com"


_FROM, _, _LOOP_CHECK, _REDIRECT = ITEMS[:4]

CUSTOMERS = (
    Customer(
        "au",
        "wattle",
        (
            ("deletes the Redirect rule", "Remove-TransportRule", {"Identity": _REDIRECT}),
            ("drops the IPv6 entries", "Set-InboundConnector", {"Identity": _FROM, "EFSkipIPs": "IPv4 only"}),
        ),
    ),
    Customer(
        "eu",
        "linden",
        (
            ("disables the From connector", "Set-InboundConnector", {"Identity": _FROM, "Enabled": False}),
            ("deletes the Loop Check rule", "Remove-TransportRule", {"Identity": _LOOP_CHECK}),
        ),
    ),
    Customer(
        "us",
        "aspen",
        (
            ("removes the ARC sealer", "Set-ArcConfig", {"Identity": "Default", "ArcTrustedSealers": "without ours"}),
            ("empties the skip list", "Set-InboundConnector", {"Identity": _FROM, "EFSkipIPs": []}),
        ),
    ),
)


LEAVER = Customer("eu", "banksia", ())
"""The customer who comes, stays for a while, and leaves."""
