"""What stays as it is in a tenant, or with us, until a person acts."""

from shared.domain.errors.kinds import PermanentError


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


class SinkGone(PermanentError):
    """A receiver of notifications wants none any more (410)."""

    code = "sink_gone"
