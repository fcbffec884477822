"""Debian's chromium, driven by Playwright; Playwright's own browsers are never downloaded."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Playwright

_OPTIONS = (
    # In containers the kernel lacks what the sandbox needs; what is opened here is our own.
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def program() -> str | None:
    """Where chromium is; ``None`` where it is not installed."""
    return shutil.which("chromium")


@contextmanager
def launched(playwright: Playwright) -> Iterator[Browser]:
    """A browser without a window."""
    browser = playwright.chromium.launch(executable_path=program(), args=list(_OPTIONS))
    try:
        yield browser
    finally:
        browser.close()
