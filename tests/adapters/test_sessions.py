"""What a session takes from its environment: the same as requests does, once for each host, and nothing of a .netrc."""

from pathlib import Path

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.adapters.sessions import SettledSession
from tests.in_process import TwinTransport

PROXIED = {"HTTPS_PROXY": "http://proxy.example:3128", "NO_PROXY": ".internal.example,10.0.0.0/8"}
URLS = (
    "https://outlook.office365.com/adminapi/beta/x",
    "https://account.table.core.windows.net/tenants(PartitionKey='1')",
    "https://queues.internal.example/verify",
    "https://10.1.2.3/verify",
    "http://outlook.office365.com/plain",
)


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NETRC"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def test_a_proxy_of_the_environment_is_used_but_for_the_hosts_it_leaves_out(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**PROXIED, "REQUESTS_CA_BUNDLE": "/etc/ca.pem"}.items():
        monkeypatch.setenv(name, value)
    session = SettledSession()
    found = [session.merge_environment_settings(url, {}, True, None, None) for url in URLS for _ in range(2)]
    proxies = [each["proxies"].get("https") for each in found]
    assert proxies == [PROXIED["HTTPS_PROXY"]] * 4 + [None] * 4 + [PROXIED["HTTPS_PROXY"]] * 2
    assert {each["verify"] for each in found} == {"/etc/ca.pem"}


@settings(max_examples=50)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(URLS),
            st.booleans(),
            st.sampled_from([None, True, False, "/other.pem"]),
            st.sampled_from([None, "/client.pem"]),
        ),
        max_size=8,
    )
)
def test_every_request_has_the_settings_that_requests_would_give_it(
    asked: list[tuple[str, bool, bool | str | None, str | None]],
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in PROXIED.items():
            patch.setenv(name, value)
        ours, theirs = SettledSession(), requests.Session()
        for url, stream, verify, cert in asked:
            expected = theirs.merge_environment_settings(url, {}, stream, verify, cert)
            assert ours.merge_environment_settings(url, {}, stream, verify, cert) == expected


def test_a_netrc_file_does_not_take_the_place_of_what_a_request_carries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("default login somebody password something\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    transport, session = TwinTransport(lambda _: (200, {}, b"")), SettledSession()
    session.mount("https://", transport)
    session.get(URLS[1], headers={"Authorization": "SharedKey account:signature"})
    assert [each.headers["authorization"] for each in transport.seen] == ["SharedKey account:signature"]
