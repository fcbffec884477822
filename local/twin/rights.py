"""Which cmdlets a directory role carries.

Source: exchange contract §1.4: what a security reader may and may not read was seen live; the rest follows from the
Exchange roles that Microsoft365DSC lists for each cmdlet. Role ids: §3.2, documented.
"""

from collections.abc import Mapping
from types import MappingProxyType

from local.twin.positions_of_entra import DirectoryRole

TEMPLATES: Mapping[DirectoryRole, str] = MappingProxyType(
    {
        DirectoryRole.EXCHANGE_ADMINISTRATOR: "29232cdf-9323-42fd-ade2-1d097af3e4de",
        DirectoryRole.GLOBAL_READER: "f2ef992c-3afb-46b9-b7cf-a126ee74c451",
        DirectoryRole.SECURITY_READER: "5d6b6bb7-de71-4623-b4af-96380a352509",
    }
)
"""Each role's template id, the same everywhere; the one that may do more stands first."""
_SECURITY_READS = frozenset({"get-transportrule", "get-arcconfig", "get-accepteddomain"})


def may_run(role: DirectoryRole, cmdlet: str) -> bool:
    """Whether a role carries a cmdlet.

    Args:
        role: The role.
        cmdlet: The cmdlet's name, in any case.
    """
    match role:
        case DirectoryRole.EXCHANGE_ADMINISTRATOR:
            return True
        case DirectoryRole.GLOBAL_READER:
            return cmdlet.lower().startswith("get-")
        case DirectoryRole.SECURITY_READER:
            return cmdlet.lower() in _SECURITY_READS
        case DirectoryRole.NONE:
            return False
