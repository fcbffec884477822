"""Microsoft's clouds: one row each, because a token of one opens nothing in another.

Source: exchange contract §1.15 (addresses), §3.5 (audience of a federated identity).
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cloud:
    """One cloud.

    Attributes:
        name: Microsoft's name for it.
        logins: Where Entra is; the first is today's.
        exchanges: Where Exchange's admin interface is; the first is today's. A token's scope is the address itself.
        graph: Where Microsoft Graph is.
        federation: The audience of an assertion by a managed identity.
    """

    name: str
    logins: tuple[str, ...]
    exchanges: tuple[str, ...]
    graph: str
    federation: str = "api://AzureADTokenExchange"


COMMERCIAL = Cloud(
    "commercial and GCC",
    ("https://login.microsoftonline.com",),
    ("https://outlook.office365.com",),
    "https://graph.microsoft.com",
)
CLOUDS = (
    COMMERCIAL,
    Cloud(
        "GCC High",
        ("https://login.microsoftonline.us",),
        ("https://outlook.office365.us",),
        "https://graph.microsoft.us",
        "api://AzureADTokenExchangeUSGov",
    ),
    Cloud(
        "DoD",
        ("https://login.microsoftonline.us",),
        ("https://outlook-dod.office365.us",),
        "https://dod-graph.microsoft.us",
        "api://AzureADTokenExchangeUSGov",
    ),
    Cloud(
        "21Vianet",
        ("https://login.partner.microsoftonline.cn", "https://login.chinacloudapi.cn"),
        ("https://partner.outlook.cn", "https://outlook.office365.cn"),
        "https://microsoftgraph.chinacloudapi.cn",
        "api://AzureADTokenExchangeChina",
    ),
)


def cloud_of(login_url: str, exchange_url: str) -> Cloud | None:
    """Find the cloud that both addresses belong to; ``None`` where they belong to none, or to two."""
    found = (cloud for cloud in CLOUDS if login_url in cloud.logins and exchange_url in cloud.exchanges)
    return next(found, None)
