"""The organisation itself; one that still shares Microsoft's templates is refused some writes until it has its own.

Source: exchange contract §2.6 (hydration), §1.8 (texts seen live). Which of the writes fail is not settled.
"""

from datetime import timedelta
from uuid import UUID, uuid5

from local.twin.catalogue import Values
from local.twin.positions import Dehydrated, Hydration
from local.twin.refusals import SERVER, Encoding, Refused
from local.twin.results import Result
from local.twin.state import TenantState, blank

ENABLE = "Enable-OrganizationCustomization"
DELAY = timedelta(hours=1)
"""The longest time on record until the organisation has objects of its own."""
_REFUSED = Refused(
    400,
    "Microsoft.Exchange.Configuration.Tasks.InvalidOperationInDehydratedContextException",
    "The command you tried to run isn't currently allowed in your organization. To run this command, you first need to "
    f"run the command: {ENABLE}.",
    Encoding.NESTED,
)
_UNRELATED = Refused(
    400,
    "Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException",
    "The operation couldn't be performed because object 'Default Role Assignment Policy' couldn't be found on "
    f"'{SERVER}'.",
    Encoding.NUMBERED,
)


def check_hydrated(tenant: TenantState, cmdlet: str) -> None:
    """Let a write through, or not.

    Raises:
        Refused: The organisation has no objects of its own yet.
    """
    _hydrate(tenant)
    if cmdlet.startswith("Get-") or cmdlet == ENABLE or tenant.switches.dehydrated is Dehydrated.NO:
        return
    if tenant.switches.dehydrated is Dehydrated.EVERYTHING or cmdlet == "Set-ArcConfig":
        raise _REFUSED


def get_organisation(tenant: TenantState, _: Values) -> Result:
    """``Get-OrganizationConfig``: its name is the initial domain (§2.6; properties seen live)."""
    named = dict.fromkeys(("Name", "Identity"), tenant.domain)
    shown = {
        "Guid": str(uuid5(UUID(tenant.tenant_id), "organisation")),
        "DisplayName": tenant.domain.partition(".")[0],
        "IsDehydrated": tenant.switches.dehydrated is not Dehydrated.NO,
    }
    return Result([{**blank("OrganizationConfig"), **named, **shown}])


def enable_customization(tenant: TenantState, _: Values) -> Result:
    """``Enable-OrganizationCustomization``: once, and for ever; while it is under way, again is no error (unknown).

    Raises:
        Refused: It was done before, or never needed; or it is done and says something unrelated.
    """
    if tenant.switches.dehydrated is Dehydrated.NO:
        text = "This operation is not required. Organization is already enabled for customization."
        raise Refused(400, "System.InvalidOperationException", text)
    is_slow = tenant.switches.hydration is Hydration.AFTER_AN_HOUR
    tenant.hydrated_at = tenant.hydrated_at or tenant.clock() + (DELAY if is_slow else timedelta())
    _hydrate(tenant)
    if tenant.switches.hydration is Hydration.THROWS_THOUGH_IT_WORKS:
        raise _UNRELATED
    return Result()


def _hydrate(tenant: TenantState) -> None:
    """Let what was asked for take its effect, once its time has come."""
    if tenant.hydrated_at is not None and tenant.clock() >= tenant.hydrated_at:
        tenant.switches.turn({"dehydrated": "no"})
        tenant.hydrated_at = None
