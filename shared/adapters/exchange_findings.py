"""What each refusal of Exchange means and what a person is to do about it: constant tables. No I/O.

Source: exchange contract §1.8 (known failures), §1.9 (401 and 403), §2.1.4 (restricted tenants), §2.6 (hydration).
"""

from collections.abc import Mapping
from types import MappingProxyType

from shared.domain import errors
from shared.domain.errors import KeeperError

Finding = tuple[type[KeeperError], str]
"""An error, and the sentence that tells a person what to do."""

CONSENT: Finding = (errors.NeedsConsent, "the tenant's administrator must consent to the application again")
ROLE: Finding = (errors.NeedsRole, "assign the Exchange Administrator role to the application in the tenant")
SPREADING: Finding = (
    errors.RolePropagating,
    "the application's role has not reached this server; if it lasts for an hour, assign Exchange Administrator again",
)
BUSY: Finding = (errors.Throttled, "Exchange asks for fewer calls; wait, then try again")
DOWN: Finding = (errors.Unavailable, "Exchange could not answer; try again later")
NONSENSE: Finding = (errors.Unavailable, "Exchange's answer makes no sense; try again later")
UNCERTAIN: Finding = (errors.Ambiguous, "nobody knows whether the change was made; read again before anything else")
INCOMPLETE: Finding = (errors.Unavailable, "Exchange's answer is incomplete; try again later")
TAKEN: Finding = (errors.Conflict, "an object of that name is there already; read again")
GONE: Finding = (errors.Conflict, "the object is not there any more; read again")
IN_USE: Finding = (errors.Conflict, "a rule still uses the connector; read again")
MOVED: Finding = (errors.Conflict, "the rules have moved since they were read; read again")
SHARED: Finding = (
    errors.Blocked,
    "an administrator must run Enable-OrganizationCustomization once in the tenant and wait for an hour",
)
RESTRICTED: Finding = (
    errors.Blocked,
    "Microsoft keeps inbound connectors disabled in this tenant; open a support case with Microsoft to enable them",
)
UNKNOWN_PARAMETER: Finding = (
    errors.Rejected,
    "Exchange does not know a parameter, or the application's role withholds it; check the role, then the contract",
)
BAD_VALUE: Finding = (errors.Rejected, "Exchange does not take a value; report it to the product's developers")
REFUSED: Finding = (errors.Rejected, "Exchange refused the call; report it to the product's developers")

BY_TYPE: Mapping[str, Finding] = MappingProxyType(
    {
        "ADObjectAlreadyExistsException": TAKEN,
        "ADTransientException": DOWN,
        "AmbiguousParameterSetException": UNKNOWN_PARAMETER,
        "BackendCommunicationException": DOWN,
        "CmdletAccessDeniedException": ROLE,
        "CmdletProxyNotAvailableFailure": DOWN,
        "ConnectorIncorrectUsageConnectorStillReferencedException": IN_USE,
        "ErrorInboundConnectorAlreadyExistsException": TAKEN,
        "ErrorOutboundConnectorAlreadyExistsException": TAKEN,
        "InvalidOperationInDehydratedContextException": SHARED,
        "InvalidPriorityException": MOVED,
        "ManagementObjectAlreadyExistsException": TAKEN,
        "ManagementObjectNotFoundException": GONE,
        "OrganizationInboundConnectorProhibitedException": RESTRICTED,
        "ParameterBindingException": UNKNOWN_PARAMETER,
        "ParameterTransformationException": BAD_VALUE,
        "ServerBusyException": DOWN,
        "TransientException": DOWN,
        "UnableToWriteToAadException": DOWN,
    }
)
BY_STATUS: Mapping[int, Finding] = MappingProxyType({401: CONSENT, 404: GONE, 408: DOWN, 429: BUSY})
BY_TEXT: tuple[tuple[str, Finding], ...] = (
    ("maximum number of concurrent requests", BUSY),
    ("issue may be transient", DOWN),
    ("enable-organizationcustomization", SHARED),
    ("can't create or update inbound connectors", RESTRICTED),
    ("rule priority is invalid", MOVED),
    ("isn't supported in this scenario", ROLE),
    ("already exists", TAKEN),
    ("(parameter 'name')", TAKEN),
    ("couldn't be found", GONE),
)
"""Parts of English texts, in lower case: the last resort."""

STATUS_OF_CODE: Mapping[str, int] = MappingProxyType(
    {"Unauthorized": 401, "Forbidden": 403, "NotFound": 404, "TooManyRequests": 429, "ServiceUnavailable": 503}
)
"""What the envelope's code stands for where no status came with it: inside a 200, and in parts of a batch."""
