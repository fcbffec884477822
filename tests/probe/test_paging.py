"""The next page is asked for as Exchange says, with the cookies of the first or without, and of no other host."""

import json
from pathlib import Path

import pytest

from tests.in_process import Received, Sent
from tests.probe.scene import ROOT, Handle, new_bench

PATH = "/adminapi/beta/6f1c2e9a-5b7d-4c3e-8a1f-0d2b4c6e8a10/InvokeCommand?%24skiptoken=wombat-77"


def paged(link: str, seen: list[Received]) -> object:
    """An Exchange that names another place for the rest of a list."""

    def around(handle: Handle) -> Handle:
        def handled(received: Received) -> Sent:
            if "skiptoken" in received.url:
                seen.append(received)
            status, headers, body = handle(received)
            if received.headers.get("prefer") == "odata.maxpagesize=1" and "skiptoken" not in received.url:
                return status, headers, json.dumps({**json.loads(body), "@odata.nextLink": link}).encode()
            return status, headers, body

        return handled

    return around


def test_a_link_is_followed_with_cookies_and_without(tmp_path: Path) -> None:
    bench = new_bench(tmp_path)
    assert bench.probe() == 0
    followed = [received for received in bench.seen if "skiptoken" in received.url]
    assert ["X-BackEndCookie" in received.headers.get("cookie", "") for received in followed] == [True, False]
    assert all(received.headers["x-anchormailbox"] for received in followed)
    answer = bench.answers()[7]
    assert "a page of one by Prefer: 1 objects, with a link to the rest" in answer
    assert "the next with anchor and cookies: goes on with" in answer
    assert "the next with anchor alone: HTTP 400" in answer


@pytest.mark.parametrize("link", ["https://elsewhere.example" + PATH, "http://127.0.0.1:8443" + PATH, ""])
def test_the_token_goes_to_no_other_host(link: str, tmp_path: Path) -> None:
    bench, seen = new_bench(tmp_path), []  # type: ignore[var-annotated]
    assert bench.probe(paged(link, seen)) == 0  # type: ignore[arg-type]
    assert seen == []
    assert all(received.url.startswith(ROOT) for received in bench.seen)
    assert "the next with anchor alone: not settled" in bench.answers()[7]
