from collections.abc import Generator, Iterator

import pytest

from tests.azurite import Azurite, running_azurite


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Generator[None]:
    """Keep the groups: pytest-xdist 3.8 notes them where pytest 9.2 no longer looks (pytest-dev/pytest-xdist#1386)."""
    yield
    for item in items:
        grouped, known = vars(item).get("_nodeid"), getattr(item, "id", None)
        if grouped and known:
            item._id = type(known).parse(grouped)


@pytest.fixture(scope="session")
def azurite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Azurite]:
    """A storage account for this pytest worker."""
    with running_azurite(tmp_path_factory.mktemp("azurite")) as account:
        yield account
