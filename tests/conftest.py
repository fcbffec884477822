from collections.abc import Iterator

import pytest

from local.azurite import Azurite, running_azurite


@pytest.fixture(scope="session")
def azurite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Azurite]:
    """A storage account for this pytest worker."""
    with running_azurite(tmp_path_factory.mktemp("azurite")) as account:
        yield account
