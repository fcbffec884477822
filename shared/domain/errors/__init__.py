"""Two kinds of error: try again later, or a person must act.

::

    KeeperError
    ├─ TransientError          try again, after ``retry_after`` where the other side named a time
    │   ├─ Throttled           429, or a read's 503 with Retry-After
    │   ├─ Unavailable         5xx, timeouts, broken connections, answers that make no sense
    │   ├─ Ambiguous           a write went out and no answer came back: read again before anything else
    │   ├─ Conflict            Exchange changed under us (a name already taken, an object gone)
    │   ├─ RecordChanged       the tenant record changed under us
    │   ├─ Busy                another worker has the tenant, or has taken it over
    │   ├─ NotYet              nobody is to ask before a certain moment
    │   └─ RolePropagating     access was granted and has not reached every server yet
    └─ PermanentError          repeating it changes nothing
        ├─ NeedsConsent        the tenant's administrator has not consented, or has withdrawn it
        ├─ NeedsPermission     the application was consented to without the permission that it needs
        ├─ NeedsRole           the application has no role that allows the cmdlet
        ├─ TenantGone          Entra does not know the tenant any more
        ├─ Blocked             Microsoft refuses the configuration in this tenant (restricted or dehydrated)
        ├─ NeedsHuman          what was found is for a person to judge
        ├─ Rejected            Exchange understood and refused: our mistake, or a contract that moved
        ├─ VendorCredential    our own credential is refused: every tenant is affected
        ├─ SinkGone            a receiver of notifications wants none any more
        ├─ UnknownTenant       no record of that tenant
        ├─ UnknownParked       no parked message of that id
        ├─ UnknownProof        no off-boarding of that tenant has begun
        ├─ NotAllowed          the tenant's stage does not allow what was asked
        ├─ PlanMoved           the tenant is not any more what the approved plan was made from
        ├─ InvalidMessage      bytes that no version of us would have queued
        ├─ InvalidSignup       a signup that says something impossible
        ├─ InvalidRequest      a question that cannot be answered: an unknown filter, a cursor that is none of ours
        ├─ TooLarge            a body that is larger than anything agreed on
        ├─ UnsupportedMedia    a body that does not say that it is JSON
        ├─ Unauthentic         a webhook or an operator that did not prove who it is
        ├─ Forbidden           the caller proved who it is, and its role does not allow what was asked
        └─ InvalidSettings     the application's own settings are incomplete or wrong

The parent says what to do, the leaf says what happened. A leaf's ``code`` is stable: API answers, parked
messages and runbooks use it. No message may carry a token, a key or the loop-check GUID.
"""

from shared.domain.errors.kinds import (
    KeeperError,
    PermanentError,
    TransientError,
)
from shared.domain.errors.lasting import (
    Blocked,
    NeedsConsent,
    NeedsHuman,
    NeedsPermission,
    NeedsRole,
    Rejected,
    SinkGone,
    TenantGone,
    VendorCredential,
)
from shared.domain.errors.passing import (
    Ambiguous,
    Busy,
    Conflict,
    NotYet,
    RecordChanged,
    RolePropagating,
    Throttled,
    Unavailable,
)
from shared.domain.errors.refusals import (
    Forbidden,
    InvalidMessage,
    InvalidRequest,
    InvalidSettings,
    InvalidSignup,
    NotAllowed,
    PlanMoved,
    TooLarge,
    Unauthentic,
    UnknownParked,
    UnknownProof,
    UnknownTenant,
    UnsupportedMedia,
)

__all__ = [
    "Ambiguous",
    "Blocked",
    "Busy",
    "Conflict",
    "Forbidden",
    "InvalidMessage",
    "InvalidRequest",
    "InvalidSettings",
    "InvalidSignup",
    "KeeperError",
    "NeedsConsent",
    "NeedsHuman",
    "NeedsPermission",
    "NeedsRole",
    "NotAllowed",
    "NotYet",
    "PermanentError",
    "PlanMoved",
    "RecordChanged",
    "Rejected",
    "RolePropagating",
    "SinkGone",
    "TenantGone",
    "Throttled",
    "TooLarge",
    "TransientError",
    "Unauthentic",
    "Unavailable",
    "UnknownParked",
    "UnknownProof",
    "UnknownTenant",
    "UnsupportedMedia",
    "VendorCredential",
]
