"""Print docs/reference/cli.md, made from the command line itself.

Run ``python tools/cli_page.py > docs/reference/cli.md``.
"""

import sys
from collections.abc import Iterator
from enum import EnumType
from inspect import Parameter, signature
from pathlib import Path
from typing import Any, get_args

from typer import Typer
from typer.models import ArgumentInfo, OptionInfo

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from cli.connection import VARIABLES  # noqa: E402 - this is a script
from cli.exits import MEANINGS  # noqa: E402
from cli.tree import app  # noqa: E402
from tools.tables import table  # noqa: E402

_HEAD = """\
# keeper

Made from `cli/` by `python tools/cli_page.py > docs/reference/cli.md`; do not edit it by hand. A session over a damaged
fleet is in [keeper-session.md](../keeper-session.md).

`pip install .[cli]` installs it; `python -m cli` is the same. It is a client of the HTTP API and of nothing else.
`keeper --install-completion` teaches the shell its commands and options.

Data go to stdout and everything else to stderr. Where stdout is no terminal, or `NO_COLOR` is set, there is no colour.
`-o json` is one document, `{"schema_version", "type", "rows", "summary"?}`, or the value's own fields beside
`schema_version` and `type`; `-o jsonl` is one object a row. A tenant is named by its id or its initial domain.

What moves mail shows its plan and asks first, and the order is bound to the plan that was shown: whoever has moved
since is refused, and nothing is done. Who cannot be planned for is shown with why, and asked all the same. With `--yes`
nobody reads a plan: none is made, and nothing holds the order up. Where nobody can be asked, `--yes` must have said it.
`--scope` is one order to everybody and has no plan.

An order to a fleet goes in waves: the canary's tenants first, then twice as many each time, and each wave only when the
one before is healthy. It is refused where more than `--max-change-pct` of the region's tenants, or of the whole fleet,
would change; a first wave is always allowed. `apply` binds each order to its plan, with `--yes` as well.
"""
_FOOT = """\
## Codes

What `keeper explain CODE` says of each is in [errors.md](errors.md).
"""


def page() -> str:
    """Return the page."""
    parts = [_HEAD, "## Environment\n", *table(("variable", "meaning"), ((f"`{n}`", t) for n, t in VARIABLES.items()))]
    parts += ["", "## Exit codes\n", *table(("code", "meaning"), ((str(n), text) for n, text in MEANINGS.items()))]
    parts += ["", "## Commands\n", *_commands(app, "keeper"), _FOOT]
    return "\n".join(parts)


def _commands(group: Typer, name: str) -> Iterator[str]:
    for command in group.registered_commands:
        assert command.callback is not None
        parameters = [each for each in signature(command.callback).parameters.values() if each.name != "context"]
        arguments = [each for each in parameters if isinstance(_info(each), ArgumentInfo)]
        yield f"### {name} {command.name}{''.join(f' {_argument(each)}' for each in arguments)}\n"
        yield " ".join((command.callback.__doc__ or "").split()) + "\n"
        rows = [_option(each) for each in parameters if isinstance(_info(each), OptionInfo)]
        if rows:
            yield from table(("option", "meaning", "default"), rows)
            yield ""
    for nested in group.registered_groups:
        assert nested.typer_instance is not None
        yield from _commands(nested.typer_instance, f"{name} {nested.name}")


def _info(parameter: Parameter) -> Any:  # noqa: ANN401 - an option's or an argument's declaration
    return parameter.annotation.__metadata__[0]


def _argument(parameter: Parameter) -> str:
    shown = (_info(parameter).metavar or parameter.name).upper().removesuffix("...")
    several = "..." if "list" in str(parameter.annotation) else ""
    return f"{shown}{several}" if parameter.default is Parameter.empty else f"[{shown}{several}]"


def _option(parameter: Parameter) -> tuple[str, str, str]:
    info, kind = _info(parameter), parameter.annotation.__origin__
    # Inside Annotated the first name stands where a default would.
    given = [each for each in (info.default, *(info.param_decls or ())) if isinstance(each, str)]
    names = given or [f"--{parameter.name.replace('_', '-')}"]
    words = next((each for each in (kind, *get_args(kind)) if isinstance(each, EnumType)), None)
    value = "" if kind is bool else " " + ("\\|".join(words) if words else parameter.name.upper())
    return f"`{', '.join(sorted(names, key=len))}{value}`", info.help or "", _default(parameter)


def _default(parameter: Parameter) -> str:
    shown = _info(parameter).show_default
    if isinstance(shown, str):
        return shown
    if parameter.default is Parameter.empty:
        return "needed"
    return "" if parameter.default in (None, "", False) else f"`{parameter.default}`"


if __name__ == "__main__":
    print(page(), end="")
