import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from local.azurite import Azurite
from tests.host.running import Place, RunningHost, new_place, running_host

NAMES = ["official", "embedded"] if sys.version_info >= (3, 13) else ["embedded"]
LEASE = 2


def pytest_itemcollected(item: pytest.Item) -> None:
    """All that needs the long-lived host of a seat runs in one pytest worker, what starts its own in another."""
    found = getattr(item, "callspec", None)
    if found is not None and "seat" in found.params:
        group = "host" if "host" in getattr(item, "fixturenames", ()) else "own"
        item.add_marker(pytest.mark.host)
        item.add_marker(pytest.mark.xdist_group(f"{group}-{found.params['seat']}"))


@pytest.fixture(scope="session", params=NAMES)
def seat(request: pytest.FixtureRequest) -> str:
    """Who runs the functions."""
    return str(request.param)


@pytest.fixture(scope="session")
def host(seat: str, azurite: Azurite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHost]:
    """The probe app on a host with short leases, for all tests that do not end it."""
    folder = tmp_path_factory.mktemp(seat)
    with (
        new_place(folder, azurite.empty_account()) as place,
        running_host(
            place, seat, "--lease-seconds", str(LEASE), settings={"AzureFunctionsWebHost__hostid": "probe"}
        ) as running,
    ):
        yield running


@pytest.fixture
def new_app(azurite: Azurite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Place]]:
    """Makes places for hosts: from a folder of an app, or from one script."""
    with ExitStack() as stack:

        def make(app: Path | str | None = None) -> Place:
            folder = tmp_path_factory.mktemp("app")
            if isinstance(app, str):
                source = folder / "source"
                source.mkdir()
                (source / "function_app.py").write_text(app, "utf-8")
                (source / "host.json").write_text('{"version": "2.0"}', "utf-8")
                app = source
            given = [] if app is None else [app]
            return stack.enter_context(new_place(folder, azurite.empty_account(), *given))

        yield make
