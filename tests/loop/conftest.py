"""The product as an operator has it: Azurite, the twin and the host as processes, joined by settings."""

from collections.abc import Iterator

import pytest

from local.demo.command import Stage, stage


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """One running product for all tests of a module; it ends with them, and takes nothing from those of others."""
    with stage(tmp_path_factory.mktemp("product")) as running:
        yield running
