"""An organisation that still shares Microsoft's templates: some writes are refused until it gets objects of its own.

Source: exchange contract §2.6 (hydration), §1.8 (texts seen live). Which of the writes fail is not settled.
"""

from local.twin.catalogue import Values
from local.twin.refusals import Encoding, Refused
from local.twin.results import Result
from local.twin.state import TenantState
from local.twin.switches import Dehydrated

ENABLE = "Enable-OrganizationCustomization"
_REFUSED = Refused(
    400,
    "Microsoft.Exchange.Configuration.Tasks.InvalidOperationInDehydratedContextException",
    "The command you tried to run isn't currently allowed in your organization. To run this command, you first need to "
    f"run the command: {ENABLE}.",
    Encoding.NESTED,
)


def check_hydrated(tenant: TenantState, cmdlet: str) -> None:
    """Let a write through, or not.

    Raises:
        Refused: The organisation has no objects of its own yet.
    """
    if cmdlet.startswith("Get-") or cmdlet == ENABLE or tenant.switches.dehydrated is Dehydrated.NO:
        return
    if tenant.switches.dehydrated is Dehydrated.EVERYTHING or cmdlet == "Set-ArcConfig":
        raise _REFUSED


def enable_customization(tenant: TenantState, _: Values) -> Result:
    """``Enable-OrganizationCustomization``: once, and for ever.

    Raises:
        Refused: It was done before, or never needed.
    """
    if tenant.switches.dehydrated is Dehydrated.NO:
        text = "This operation is not required. Organization is already enabled for customization."
        raise Refused(400, "System.InvalidOperationException", text)
    tenant.switches.turn({"dehydrated": "no"})
    return Result()
