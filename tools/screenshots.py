"""Draw the console's main pages, light and dark, of a fleet that the demo's own code makes: docs/console/*.png.

    python tools/screenshots.py docs/console

The repairs are frozen before the damage, so that there is something to see.
"""
# ruff: noqa: E402 - this is a script: the project must be on the path before it is imported

import io
import sys
import tempfile
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from azure.storage.queue import QueueClient
from playwright.sync_api import Browser, Page, sync_playwright
from rich.console import Console

from local.demo.command import Stage, stage
from local.demo.customers import CUSTOMERS
from local.demo.story import Story
from tools.chromium import launched
from tools.small_png import smaller

_SIZE = {"width": 1180, "height": 900}
_HOME = "/api/console"
_PATIENCE_S = 60.0


def damaged(running: Stage) -> None:
    """Make a fleet in which something is wrong, and stays wrong."""
    story = Story(Console(file=io.StringIO()), running.client, running.control)
    story.sign_up()
    story.activate()
    running.client.call("POST", "/api/fleet/freeze", {"reason": "a look at what the administrators did"})
    story.damage()
    for customer in CUSTOMERS:
        running.client.wait_for(customer.tenant_id, _PATIENCE_S, verdict="drifted")
    with QueueClient.from_connection_string(running.storage, "verify") as queue:
        queue.send_message(b64encode(b"a message of nobody's").decode())


def pages() -> Iterator[tuple[str, str]]:
    """The pages that are drawn: the picture's name, and where the page is."""
    tenant = f"{_HOME}/tenants/{CUSTOMERS[1].tenant_id}"
    yield "fleet", _HOME
    yield "tenants", f"{_HOME}/tenants"
    yield "tenant", tenant
    yield "look", f"{tenant}/now#differs"
    yield "rules", f"{tenant}/now#rules"
    yield "ask", f"{tenant}/ask/remediate"
    yield "item", f"{_HOME}/items/loop_check"
    yield "activity", f"{_HOME}/activity"
    yield "parked", f"{_HOME}/parked"


def signed_in(browser: Browser, running: Stage, scheme: str) -> Page:
    """A page of somebody who signed in by the trial's key."""
    context = browser.new_context(viewport=_SIZE, color_scheme="dark" if scheme == "dark" else "light")  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{running.client.api}{_HOME}/sign-in")
    page.get_by_label("Operator key").fill(running.client.operator_key)
    page.get_by_role("button", name="Sign in").click()
    return page


def draw(running: Stage, target: Path) -> None:
    """Draw every page, light and dark."""
    with sync_playwright() as playwright, launched(playwright) as browser:
        for scheme in ("light", "dark"):
            page = signed_in(browser, running, scheme)
            for name, address in pages():
                page.goto(running.client.api + address, wait_until="networkidle")
                made = smaller(page.screenshot(animations="disabled"))
                (target / f"{name}-{scheme}.png").write_bytes(made)
                print(f"{name}-{scheme}.png: {len(made) // 1024} KiB")


def main(target: Path) -> None:
    """Make the fleet and draw it."""
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as logs, stage(Path(logs)) as running:
        damaged(running)
        draw(running, target)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
