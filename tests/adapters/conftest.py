"""What the tests of stores share: a storage account of their own."""

import pytest

from local.azurite import Azurite
from shared.adapters.storage_account import StorageAccount
from tests.adapters.storage import own_account


@pytest.fixture
def account(azurite: Azurite) -> StorageAccount:
    """An account that nobody has used."""
    return own_account(azurite.connection_string)
