"""The trusted ARC sealers: one list for the whole organisation, which every write replaces.

Source: exchange contract §2.5 (one comma-joined string; no object before the first write; one space clears).
"""

from local.twin.catalogue import Values
from local.twin.positions import ArcShape
from local.twin.refusals import not_found
from local.twin.results import Result
from local.twin.state import Row, TenantState, blank


def get_arc(tenant: TenantState) -> Result:
    """``Get-ArcConfig``."""
    return Result(arc_rows(tenant))


def set_arc(tenant: TenantState, values: Values) -> Result:
    """``Set-ArcConfig``: the list is what was sent, and nothing of what was there."""
    identity = str(values["Identity"])
    if identity.casefold() not in ("default", f"{tenant.tenant_id}\\default".casefold()):
        raise not_found(identity)
    sealers = values["ArcTrustedSealers"]
    assert isinstance(sealers, list)
    tenant.arc = [part.strip() for word in sealers for part in word.split(",") if part.strip()]
    return Result()


def arc_rows(tenant: TenantState) -> list[Row]:
    """The one object, or none where nothing was ever configured."""
    shape = tenant.switches.arc_shape
    if tenant.arc is None and shape is not ArcShape.ALWAYS_THERE:
        return []
    sealers = tenant.arc or []
    row = {**blank("ArcConfig"), "ArcTrustedSealers": sealers if shape is ArcShape.LIST else ",".join(sealers)}
    return [{**row, "Name": "Default", "Identity": "Default", "Guid": tenant.tenant_id}]
