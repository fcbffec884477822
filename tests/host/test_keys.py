import json
from pathlib import Path

import pytest

from local.host.failures import HostError
from local.host.keys import Keys, read_keys

KEYS = Keys("master", ("host",), {"signup": ("own",)})


@pytest.mark.parametrize(
    ("level", "function", "presented", "admitted"),
    [
        ("anonymous", "signup", "", True),
        ("function", "signup", "", False),
        ("function", "signup", "wrong", False),
        ("function", "signup", "own", True),
        ("function", "SignUp", "own", True),
        ("function", "other", "own", False),
        ("function", "other", "host", True),
        ("function", "other", "master", True),
        ("admin", "signup", "own", False),
        ("admin", "signup", "host", False),
        ("admin", "signup", "master", True),
        ("admin", "", "måster", False),
    ],
)
def test_who_may_call_what(level: str, function: str, presented: str, *, admitted: bool) -> None:
    assert KEYS.admit(level, function, presented) is admitted


@pytest.mark.parametrize("level", ["anonymous", "function", "admin"])
def test_without_a_master_key_everybody_may(level: str) -> None:
    assert read_keys(None, "").admit(level, "any", "")


def test_keys_come_from_a_file_and_the_command_lines_master_key_wins(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    path.write_text(json.dumps({"master": "m", "host": {"default": "h"}, "functions": {"Signup": {"default": "s"}}}))
    assert read_keys(path, "") == Keys("m", ("h",), {"signup": ("s",)})
    assert read_keys(path, "mine").master == "mine"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"master": ""}',
        '{"master": 1}',
        '{"master": "m", "host": {"default": ""}}',
        '{"master": "m", "host": ["h"]}',
        '{"master": "m", "functions": {"f": {"default": null}}}',
    ],
)
def test_a_file_that_would_lock_nothing_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "keys.json"
    path.write_text(text)
    with pytest.raises(HostError, match="is no file of keys of the form"):
        read_keys(path, "")


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(HostError, match="nowhere"):
        read_keys(tmp_path / "nowhere", "")


def test_keys_are_not_shown() -> None:
    assert "master" not in repr(KEYS).replace("master=", "")
    assert "own" not in repr(KEYS)
