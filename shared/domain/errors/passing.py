"""What passes: try again later."""

from shared.domain.errors.kinds import TransientError


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
