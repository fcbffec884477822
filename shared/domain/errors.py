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

from datetime import timedelta


class KeeperError(Exception):
    """Anything this product knows how to name."""

    code = "keeper_error"


class TransientError(KeeperError):
    """Try again later: after ``retry_after`` where the other side asked for a wait, which is ``None`` elsewhere."""

    code = "transient"

    def __init__(self, message: str, retry_after: timedelta | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Throttled(TransientError):
    """The service asks for fewer calls: HTTP 429, or 503 with Retry-After to a read."""

    code = "throttled"


class Unavailable(TransientError):
    """The service did not give an answer that means anything: 5xx, timeout, connection fault, nonsense."""

    code = "unavailable"


class Ambiguous(TransientError):
    """A write went out and its outcome is not known; only a new read can tell."""

    code = "ambiguous"


class Conflict(TransientError):
    """Exchange changed between our read and our write; the next read decides."""

    code = "conflict"


class RecordChanged(TransientError):
    """Somebody else wrote the tenant record first."""

    code = "record_changed"


class Busy(TransientError):
    """Another worker has the tenant, or has taken it over: nothing went wrong, and no attempt is counted."""

    code = "busy"


class NotYet(TransientError):
    """Nobody is to ask before a certain moment: nothing went wrong, and no attempt is counted."""

    code = "not_yet"


class RolePropagating(TransientError):
    """Access exists and has not reached the server that answered."""

    code = "role_propagating"


class PermanentError(KeeperError):
    """Repeating it changes nothing: a person must act."""

    code = "permanent"


class NeedsConsent(PermanentError):
    """The tenant's administrator has not consented to the application, or has withdrawn consent."""

    code = "needs_consent"


class NeedsPermission(PermanentError):
    """The application is in the tenant without ``Exchange.ManageAsApp``."""

    code = "needs_permission"


class NeedsRole(PermanentError):
    """The application's role in the tenant does not allow the cmdlet."""

    code = "needs_role"


class TenantGone(PermanentError):
    """Entra does not know the tenant."""

    code = "tenant_gone"


class Blocked(PermanentError):
    """Microsoft does not allow the configuration in this tenant until its support or an administrator acts."""

    code = "blocked"


class NeedsHuman(PermanentError):
    """What was found must be judged by a person."""

    code = "needs_human"


class Rejected(PermanentError):
    """Exchange understood the request and refused it."""

    code = "rejected"


class VendorCredential(PermanentError):
    """The product's own credential is refused; every tenant is affected and none is at fault."""

    code = "vendor_credential"


class UnknownTenant(PermanentError):
    """There is no record of the tenant."""

    code = "unknown_tenant"


class UnknownParked(PermanentError):
    """There is no parked message of that id."""

    code = "unknown_parked"


class UnknownProof(PermanentError):
    """There is no proof of an off-boarding of the tenant."""

    code = "unknown_proof"


class NotAllowed(PermanentError):
    """The tenant's stage does not allow what was asked."""

    code = "not_allowed"


class PlanMoved(PermanentError):
    """The tenant is not any more what the approved plan was made from."""

    code = "plan_moved"


class InvalidMessage(PermanentError):
    """Bytes that no version of this product would have queued."""

    code = "invalid_message"


class InvalidSignup(PermanentError):
    """A signup that is not of the agreed form or says something impossible."""

    code = "invalid_signup"


class InvalidRequest(PermanentError):
    """A question that is not of its form: an unknown filter, a cursor that is none of ours."""

    code = "invalid_request"


class TooLarge(PermanentError):
    """A body larger than anything that was agreed on."""

    code = "too_large"


class UnsupportedMedia(PermanentError):
    """A body that does not say that it is JSON."""

    code = "unsupported_media"


class Unauthentic(PermanentError):
    """A caller that did not prove who it is."""

    code = "unauthentic"


class Forbidden(PermanentError):
    """The caller's role does not allow it."""

    code = "forbidden"


class InvalidSettings(PermanentError):
    """The application's settings are incomplete or wrong; every problem is listed at once."""

    code = "invalid_settings"
