"""What a failure of the storage account means to us."""

import pytest
from azure.core.exceptions import (
    AzureError,
    ClientAuthenticationError,
    DeserializationError,
    HttpResponseError,
    ServiceRequestError,
    ServiceResponseTimeoutError,
)
from azure.identity import CredentialUnavailableError

from shared.adapters.storage_errors import storage_errors
from shared.domain.errors import KeeperError, Unavailable, VendorCredential
from tests.fakes import CANARY


def answered(status: int) -> HttpResponseError:
    error = HttpResponseError(CANARY)
    error.status_code = status
    return error


@pytest.mark.parametrize(
    ("failure", "meaning"),
    [
        *((answered(status), Unavailable) for status in (200, 400, 404, 408, 409, 413, 429, 500, 503)),
        *((answered(status), VendorCredential) for status in (401, 403)),
        (ServiceRequestError(CANARY), Unavailable),
        (ServiceResponseTimeoutError(CANARY), Unavailable),
        (DeserializationError(CANARY), Unavailable),
        (AzureError(CANARY), Unavailable),
        (CredentialUnavailableError(CANARY), Unavailable),
        (ClientAuthenticationError(CANARY), VendorCredential),
    ],
    ids=lambda value: getattr(value, "__name__", None) or f"{type(value).__name__} {getattr(value, 'status_code', '')}",
)
def test_every_failure_has_one_meaning_and_quotes_nothing(failure: Exception, meaning: type[KeeperError]) -> None:
    with pytest.raises(meaning) as caught, storage_errors("read from tenants"):
        raise failure
    assert "read from tenants" in str(caught.value)
    assert CANARY not in str(caught.value)
    assert caught.value.__suppress_context__


def test_a_mistake_of_ours_stays_a_mistake() -> None:
    with pytest.raises(TypeError), storage_errors("read from tenants"):
        raise TypeError
