"""What to tell the customer, word for word, and what its administrator may run: by what stands in the way.

Source: exchange contract §1.4 (grants), §3.1 to §3.3 (consent, directory role, role group), §3.6 (clean-up by hand).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.domain.desired import ARC_SEALER
from shared.domain.tenants import LEAVING, Stage, Tenant, Verdict

EXCHANGE_ADMINISTRATOR = "29232cdf-9323-42fd-ade2-1d097af3e4de"
"""The directory role's template id, the same in every tenant (exchange contract §3.2, documented)."""


@dataclass(frozen=True, slots=True)
class Guidance:
    """What to do about a tenant that waits for its administrator.

    Attributes:
        sentence: For the customer, as it is to be sent.
        commands: What the administrator may run instead of clicking, line by line.
    """

    sentence: str = ""
    commands: tuple[str, ...] = ()


_ROLE = """
Our application has been admitted to your Microsoft 365 tenant and may not manage its Exchange yet. Please assign it the
role Exchange Administrator in the Entra admin center (Roles and administrators > Exchange Administrator > Add
assignments), or the role group that we describe.
"""
_CONSENT = """
Our application is not admitted to your Microsoft 365 tenant. Please open the consent link that we sent you, sign in as
a Global Administrator or Privileged Role Administrator, and accept.
"""
_PERMISSION = """
Our application was admitted to your Microsoft 365 tenant without the permission Exchange.ManageAsApp (Office 365
Exchange Online, application permission). Please open the consent link that we sent you once more, as a Global
Administrator or Privileged Role Administrator, and accept.
"""
_PROPAGATING = """
The role that you gave our application has not reached every server of Microsoft's yet. Nothing is to be done: it takes
from a few minutes to an hour, and we try again by ourselves. If it lasts longer, please check that the role Exchange
Administrator is assigned to our application.
"""
_LOST = """
Microsoft does not know your Microsoft 365 tenant any more, or has blocked it. Please tell us whether it still exists.
"""
_BY_HAND = """
Our application has no access to your Microsoft 365 tenant any more, so that we could not remove what we had made.
Please run these commands as an Exchange administrator, in this order, or give us access again for a day.
"""
_SENTENCES: Mapping[str, str] = {
    code: " ".join(text.split())
    for code, text in {
        "needs_consent": _CONSENT,
        "needs_permission": _PERMISSION,
        "needs_role": _ROLE,
        "role_propagating": _PROPAGATING,
        "tenant_gone": _LOST,
    }.items()
}
_CODES: Mapping[Verdict, str] = {
    Verdict.NEEDS_CONSENT: "needs_consent",
    Verdict.NEEDS_ROLE: "needs_role",
    Verdict.TENANT_GONE: "tenant_gone",
}
_WITHOUT_US = frozenset({Verdict.NEEDS_CONSENT, Verdict.NEEDS_ROLE})


def guidance(tenant: Tenant, client_id: str) -> Guidance:
    """What to send to the customer now; empty where nothing is to be done.

    Args:
        tenant: As it was seen last.
        client_id: The product's application id.
    """
    if tenant.stage is Stage.OFFBOARDING and tenant.verdict in _WITHOUT_US:
        return _by_hand(tenant)
    if tenant.stage in LEAVING:
        return Guidance()
    code = tenant.failure if tenant.failure in _SENTENCES else _CODES.get(tenant.verdict, "")
    commands = _role_commands(client_id) if code in ("needs_role", "role_propagating") else ()
    return Guidance(_SENTENCES.get(code, ""), commands)


def _role_commands(client_id: str) -> tuple[str, ...]:
    """Assign the directory role by Microsoft Graph, or make the narrow role group in Exchange."""
    roles = (
        '"Remote and Accepted Domains","Transport Rules","Transport Hygiene","View-Only Configuration",'
        '"Organization Configuration"'
    )
    assignment = f'-RoleDefinitionId "{EXCHANGE_ADMINISTRATOR}" -DirectoryScopeId "/"'
    return (
        "# Either: the directory role Exchange Administrator, with Microsoft Graph PowerShell",
        'Connect-MgGraph -Scopes "RoleManagement.ReadWrite.Directory","Application.Read.All"',
        f"$principal = Get-MgServicePrincipal -Filter \"appId eq '{client_id}'\"",
        f"New-MgRoleManagementDirectoryRoleAssignment -PrincipalId $principal.Id {assignment}",
        "# Or: a role group with no more than we need, with Exchange Online PowerShell as well",
        "Connect-ExchangeOnline",
        f'New-ServicePrincipal -AppId "{client_id}" -ObjectId $principal.Id -DisplayName "MailMarshal Provisioning"',
        f'New-RoleGroup -Name "MailMarshal Provisioning" -Roles {roles}',
        'Add-RoleGroupMember -Identity "MailMarshal Provisioning" -Member $principal.Id',
    )


_REMOVAL: Mapping[str, str] = {
    "MailMarshal Cloud Integrated Redirect": "TransportRule",
    "MailMarshal Cloud Integrated Loop Check": "TransportRule",
    "To MailMarshal Cloud Integrated": "OutboundConnector",
    "From MailMarshal Cloud Integrated": "InboundConnector",
}
"""Our objects in the order in which they may go, and the noun of their cmdlets."""


def _by_hand(tenant: Tenant) -> Guidance:
    """The list for an administrator who withdrew consent before we could clean up: Redirect first."""
    named = [(tenant.owned.get(name), name, noun) for name, noun in _REMOVAL.items()]
    rules = [f'Disable-TransportRule -Identity "{guid or name}" -Confirm:$false' for guid, name, noun in named[:2]]
    removal = [f'Remove-{noun} -Identity "{guid or name}" -Confirm:$false' for guid, name, noun in named]
    others = f'Where-Object {{ $_.Trim() -and $_.Trim().TrimEnd(".") -ne "{ARC_SEALER}" }}'
    sealers = (
        f'$left = @((Get-ArcConfig).ArcTrustedSealers -split "," | {others})',
        'Set-ArcConfig -Identity Default -ArcTrustedSealers $(if ($left) { $left } else { " " }) -Confirm:$false',
    )
    return Guidance(" ".join(_BY_HAND.split()), ("Connect-ExchangeOnline", *rules, *removal, *sealers))
