"""Print docs/keeper-session.md: a session of ``keeper`` over a damaged fleet, as it went on the local product.

Run ``python tools/keeper_session.py > docs/keeper-session.md``. Times are replaced; everything else is as it was said.
"""

import os
import re
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from local.demo.items import ITEMS  # noqa: E402 - this is a script

if TYPE_CHECKING:
    from local.demo.command import Stage

_NAMESPACE = UUID("1f0f3f5e-50a5-4f44-9a60-5e1c1f6a7b20")
_PATIENCE_S = 60.0
_PAUSE_S = 0.2
_FROM, _, _LOOP_CHECK, _REDIRECT = ITEMS[:4]

CUSTOMERS = {"banksia": "au", "linden": "eu", "rowan": "eu", "aspen": "us"}
DAMAGE = (
    ("banksia", "Set-InboundConnector", {"Identity": _FROM, "RequireTls": False}),
    ("linden", "Disable-TransportRule", {"Identity": _REDIRECT}),
    ("aspen", "Remove-TransportRule", {"Identity": _LOOP_CHECK}),
)

_HEAD = """\
# A session with keeper

Recorded on the local product by `python tools/keeper_session.py > docs/keeper-session.md`, and compared with a new
recording by a test; do not edit it by hand. Times are replaced. What begins with `!` went to stderr.

Four tenants are active and healthy when a script of ours is suspected of doing harm. An operator freezes the repairs,
so that nothing is written that nobody has read, and looks.
"""
_PARTS = (
    ("", "freeze --reason 'a script is suspected' --yes"),
    (
        "Three administrators change something meanwhile. The timer sees it; while all is frozen nothing is repaired.",
        "",
    ),
    ("", "status"),
    ("Who is it, and what would be written? The plan is saved.", "status --verdict drifted"),
    ("", "plan --verdict drifted --out heal.plan"),
    (
        "It was read and holds no surprise. Just this is applied.",
        "apply heal.plan --yes --wait --reason 'it was read'",
    ),
    ("Everything is as it is wanted, and repairs go on.", "status"),
    ("", "release --yes"),
)


def record(product: "Stage", folder: Path) -> str:
    """Play the session, and give the page.

    Args:
        product: The local product, with nobody in it.
        folder: Where the commands run.
    """
    for number, name in enumerate(CUSTOMERS):
        _join(product, name, seed=number)
    for name in CUSTOMERS:
        product.client.wait_for(_id(name), _PATIENCE_S, stage="staged", verdict="healthy")
        product.client.ask(_id(name), "activate")
    for name in CUSTOMERS:
        product.client.wait_for(_id(name), _PATIENCE_S, stage="active", verdict="healthy")
    return "\n".join([_HEAD, *_parts(product, folder)])


def _parts(product: "Stage", folder: Path) -> Iterator[str]:
    for text, command in _PARTS:
        if text:
            yield text + "\n"
        if not command:
            _damage(product)
            continue
        yield _played(product, folder, command)
        if command.startswith("apply"):
            _until_counted(product, healthy=len(CUSTOMERS))


def _id(name: str) -> str:
    return str(uuid5(_NAMESPACE, name))


def _join(product: "Stage", name: str, seed: int) -> None:
    domain = f"{name}.onmicrosoft.com"
    product.control.create_tenant(_id(name), domain, seed=seed)
    body = {"account_id": "acme", "tenant_id": _id(name), "region": CUSTOMERS[name], "initial_domain": domain}
    product.client.sign_up(body).raise_for_status()


def _damage(product: "Stage") -> None:
    for name, cmdlet, parameters in DAMAGE:
        product.control.administrator(_id(name), cmdlet, parameters)
    _until_counted(product, healthy=len(CUSTOMERS) - len(DAMAGE), drifted=len(DAMAGE))


def _until_counted(product: "Stage", **verdicts: int) -> None:
    """Wait until the timer has counted so many of each verdict."""
    deadline = time.monotonic() + _PATIENCE_S
    while (found := product.client.call("GET", "/api/fleet")["counts"]["verdict"]) != verdicts:
        assert time.monotonic() < deadline, f"the fleet is {found}, and {verdicts} is expected"
        time.sleep(_PAUSE_S)


def _played(product: "Stage", folder: Path, command: str) -> str:
    """Run a command as an operator does, and write down what is seen."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "KEEPER_URL": product.client.api,
        "KEEPER_OPERATOR_KEY": product.client.operator_key,
    }
    ran = subprocess.run(
        [sys.executable, "-m", "cli", *shlex.split(command)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    said = ran.stdout.splitlines()
    if command.startswith("apply"):
        # Who is healthy first is chance.
        said[1:] = sorted(said[1:])
    lines = [f"$ keeper {command}", *said, *(f"! {line}" for line in ran.stderr.splitlines())]
    told = [*lines, f"$ echo $?\n{ran.returncode}"] if ran.returncode else lines
    return "```console\n" + _without_times("\n".join(told)) + "\n```\n"


def _without_times(text: str) -> str:
    text = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\dZ", "2027-01-31 12:00Z", text)
    # Who was looked at longest ago is chance.
    return re.sub(r"(?<=oldest  )[0-9a-f-]{36}", _id("rowan"), text)


def main() -> None:
    """Start the local product, play the session, print the page."""
    from local.demo.command import stage  # noqa: PLC0415 - it starts nothing that the test needs

    with tempfile.TemporaryDirectory() as folder, stage(Path(folder)) as product:
        print(record(product, Path(folder)), end="")


if __name__ == "__main__":
    main()
