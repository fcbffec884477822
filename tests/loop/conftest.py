"""The product as an operator has it: Azurite, the twin and the host as processes, joined by settings."""

from collections.abc import Iterator

import pytest

from local.demo.command import Stage, stage


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """One running product for all tests of this folder that do not stop it."""
    with stage(tmp_path_factory.mktemp("product")) as running:
        yield running
