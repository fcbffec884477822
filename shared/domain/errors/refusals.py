"""What is refused of those who ask: messages, signups, operators, settings."""

from shared.domain.errors.kinds import PermanentError


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
