"""What the project says of itself is so: commands exist, locks agree, data is whole, sizes are kept."""

import json
import re
import sys
from pathlib import Path

import pytest

from shared.adapters.settings import from_environment
from shared.adapters.storage_account import StorageAccount
from shared.adapters.storage_settings import ConnectionString
from shared.domain.errors import InvalidSettings
from shared.domain.regions import parse_region_data

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text()
MAKEFILE = (ROOT / "Makefile").read_text()


def pins(name: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for package, version in re.findall(r"^([a-z0-9.-]+)==([^ ;\\]+)", (ROOT / name).read_text(), re.MULTILINE):
        found.setdefault(package, set()).add(version)
    return found


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md"])
def test_every_make_command_that_the_docs_name_exists(document: str) -> None:
    named = set(re.findall(r"`make ([a-z-]+)", (ROOT / document).read_text()))
    targets = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))
    assert named
    assert named <= targets


def test_every_local_program_that_the_readme_names_exists() -> None:
    programs = set(re.findall(r"python -m local ([a-z]+)", README))
    assert programs
    assert all((ROOT / "local" / program / "command.py").exists() for program in programs)


def test_ci_runs_the_readmes_test_command() -> None:
    assert "`make test`" in README
    assert "make test" in (ROOT / ".ci" / "run").read_text().splitlines()


def test_what_is_deployed_is_what_was_tested() -> None:
    deployed, tested = pins("requirements.txt"), pins("requirements-dev.txt")
    assert deployed
    assert all(tested[package] == versions for package, versions in deployed.items())


def test_the_example_settings_are_accepted_as_they_stand() -> None:
    values = json.loads((ROOT / "local.settings.example.json").read_text())["Values"]
    settings = from_environment({**values, "KEEPER_REGIONS": str(ROOT / values["KEEPER_REGIONS"])})
    assert isinstance(settings.storage, ConnectionString)
    StorageAccount.from_connection_string(settings.storage.secret.reveal)
    assert parse_region_data(Path(settings.regions).read_text(), production=settings.is_production).skip_ips
    with pytest.raises(InvalidSettings):
        parse_region_data(Path(settings.regions).read_text(), production=True)


def test_every_locked_package_has_a_hash() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        blocks = re.split(r"\n(?=[a-z])", (ROOT / name).read_text().strip())
        assert all("--hash=sha256:" in block for block in blocks if "==" in block)


def test_the_worker_is_pinned_where_azure_runs_it() -> None:
    requirements = (ROOT / "requirements.txt").read_text()
    assert re.search(r"^azure-functions-runtime==1\.3\.0 ; python_full_version >= '3\.13'", requirements, re.MULTILINE)
    assert re.search(r"^azure-functions==1\.\S+ ; python_full_version < '3\.13'", requirements, re.MULTILINE)
    assert re.search(r"^azure-functions==2\.\S+ ; python_full_version >= '3\.13'", requirements, re.MULTILINE)


def test_no_module_outgrows_its_readers() -> None:
    sources = [path for folder in ("shared", "functions", "local", "cli") for path in (ROOT / folder).rglob("*.py")]
    assert sources
    too_long = {str(path.relative_to(ROOT)): n for path in sources if (n := path.read_text().count("\n")) > 210}
    assert too_long == {}


def test_nothing_that_runs_in_azure_names_the_local_programs() -> None:
    for folder in ("shared", "functions"):
        for path in (ROOT / folder).rglob("*.py"):
            assert not re.search(r"\b(twin|azurite|local host)\b", path.read_text(), re.IGNORECASE), path


def test_the_interpreter_is_one_that_the_project_names() -> None:
    assert (3, 11) <= sys.version_info[:2] <= (3, 13)
