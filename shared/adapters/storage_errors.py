"""What a failure of the storage account means to us; nothing of the original is quoted, it may hold a signature."""

from collections.abc import Iterator
from contextlib import contextmanager

from azure.core.exceptions import AzureError, ClientAuthenticationError, DeserializationError, HttpResponseError

from shared.domain.errors import KeeperError, Unavailable, VendorCredential

_REFUSED = (401, 403)


@contextmanager
def storage_errors(what: str) -> Iterator[None]:
    """Turn whatever the storage account fails with into an error of ours.

    Args:
        what: What was asked for, in words; it stands in the message.

    Raises:
        Unavailable: It is away, too slow, asks for fewer calls, or answers what makes no sense.
        VendorCredential: It refuses our key or identity.
    """
    try:
        yield
    except (AzureError, DeserializationError) as error:
        raise _meaning(what, error) from None


def code_of(error: HttpResponseError) -> str:
    """The service's own name for what happened, such as ``TableNotFound``; empty where it gave none."""
    code = getattr(error, "error_code", None) or ""
    return str(getattr(code, "value", code))[:64]


def _meaning(what: str, error: Exception) -> KeeperError:
    status = error.status_code if isinstance(error, HttpResponseError) else None
    said = f"{status} {code_of(error)}".strip() if isinstance(error, HttpResponseError) and status else "no answer"
    if status in _REFUSED or (isinstance(error, ClientAuthenticationError) and not _is_passing(error)):
        return VendorCredential(f"storage: {what}: {said}; check our access to the storage account")
    return Unavailable(f"storage: {what}: {said} ({type(error).__name__}); try again later")


def _is_passing(error: ClientAuthenticationError) -> bool:
    """Whether the identity could only not be asked for; the class is not imported, it would cost a quarter second."""
    return type(error).__name__ == "CredentialUnavailableError"
