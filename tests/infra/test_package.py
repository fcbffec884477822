"""What is packed for Azure is whole, holds nothing else, and is the same each time."""

import subprocess
import sys
import zipfile
from pathlib import Path

from tests.infra.bicep import ROOT
from tools import package


def test_the_package_indexes_by_itself(tmp_path: Path) -> None:
    """Every module that the functions import is in it: an app that lacks one loses all of its functions."""
    package.write(tmp_path / "keeper.zip", package.contents(ROOT))
    zipfile.ZipFile(tmp_path / "keeper.zip").extractall(tmp_path / "app")
    program = (
        "import function_app, functions.web, shared.bootstrap;"
        "from functions.console.rendering import rendered;"
        "rendered('sign_in.html', {'has_entra': True, 'has_key': True, 'wanted': '/'});"
        "print(len(function_app.app.get_functions()), function_app.__file__)"
    )
    run = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path / "app",
        env={},
        capture_output=True,
        text=True,
        check=True,
    )
    count, place = run.stdout.split()
    assert int(count) == 15
    assert Path(place).parent == tmp_path / "app"


def test_nothing_local_is_packed() -> None:
    names = [name for name, _ in package.contents(ROOT)]
    assert {name.split("/")[0] for name in names} - {"regions.json"} == {*package.FILES, *package.FOLDERS}
    assert not [name for name in names if "test" in name or "local" in name.split("/")]


def test_two_packages_are_the_same(tmp_path: Path) -> None:
    folder = tmp_path / "installed"
    (folder / "__pycache__").mkdir(parents=True)
    (folder / "module.py").write_text("")
    (folder / "__pycache__" / "module.pyc").write_bytes(b"")
    for name in ("one.zip", "two.zip"):
        rows = [*package.contents(ROOT), *package.installed(folder)]
        package.write(tmp_path / name, iter(rows if name == "one.zip" else rows[::-1]))
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    assert ".python_packages/lib/site-packages/module.py" in zipfile.ZipFile(tmp_path / "one.zip").namelist()
    assert not [name for name in zipfile.ZipFile(tmp_path / "one.zip").namelist() if "pycache" in name]
