"""Debian's chromium; where it is not installed, these tests skip and say so."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.serving import Served, serving
from tests.loop.conftest import product  # noqa: F401 - the running product, for the one story
from tools.chromium import launched, program

Opening = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for all tests of a module.

    While it is open the thread has a running event loop, so that no other test of the worker could run one of its own.
    """
    if program() is None:
        pytest.skip("chromium is not installed: see tools/debian-packages.txt")
    with sync_playwright() as playwright, launched(playwright) as running:
        yield running


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """The console on loopback, over a fleet in memory, for all tests of a module."""
    with serving() as running:
        yield running


@pytest.fixture
def opening(browser: Browser) -> Iterator[Opening]:
    """Opens pages of a new visitor; each fails the test when a policy is broken or a script does."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def opened(base_url: str, **options: object) -> Page:
        context = browser.new_context(base_url=base_url, **options)  # type: ignore[arg-type]
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if _is_complaint(said.text) else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def _is_complaint(text: str) -> bool:
    return "Content Security Policy" in text or "Refused to" in text
