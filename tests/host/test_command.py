import re
from pathlib import Path

import pytest

from local.host.command import parser_of_options

PAGE = (Path(__file__).parents[2] / "docs/reference/host.md").read_text("utf-8")


@pytest.mark.parametrize("option", ["--lease-seconds", "--grace-seconds", "--max-polling-seconds", "--port"])
@pytest.mark.parametrize("value", ["-1", "nan", "soon", "999999"])
def test_an_option_that_makes_no_sense_is_refused(option: str, value: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parser_of_options().parse_args([f"{option}={value}"])
    assert ended.value.code == 2
    assert f"argument {option}: invalid" in capsys.readouterr().err


def test_the_page_names_exactly_the_options_that_there_are() -> None:
    options = {name for action in parser_of_options()._actions for name in action.option_strings if name != "-h"}
    assert set(re.findall(r"^\| `(--[a-z-]+)", PAGE, re.MULTILINE)) == options - {"--help"}


def test_the_page_names_the_defaults() -> None:
    defaults = parser_of_options().parse_args([])
    for name, default in [("port", defaults.port), ("lease-seconds", 600), ("grace-seconds", 30)]:
        assert re.search(rf"^\| `--{name} [A-Z]+` \| {default} \|", PAGE, re.MULTILINE), name
