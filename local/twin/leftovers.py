"""What the admin centre's validation of a connector leaves behind.

Source: exchange contract §2.0 (seen live), S22.
"""

from uuid import UUID, uuid5

from local.twin.positions import Leftovers
from local.twin.state import Row, TenantState


def leftovers(tenant: TenantState, container: str) -> list[Row]:
    """Copies of a tenant's outbound connectors, without smart hosts and TLS, named after them."""
    if tenant.switches.leftovers is Leftovers.NONE:
        return []
    names = [f"{row['Name']}_Test_2026-05-01T10:00:00.000Z" for row in tenant.outbound]
    rows = [
        {**row, "Name": name, "SmartHosts": [], "TlsSettings": ""}
        for row, name in zip(tenant.outbound, names, strict=True)
    ]
    for row in rows:
        row["Guid"] = row["ExchangeObjectId"] = str(uuid5(UUID(row["Guid"]), "leftover"))
        tenant.describe(row, container)
    return rows
