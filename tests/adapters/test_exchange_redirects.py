"""The token goes to Exchange's own hosts and nowhere else."""

import pytest

from shared.adapters.redirects import next_hop

BASE = "https://outlook.office365.com"
FROM = f"{BASE}/adminapi/beta/t/InvokeCommand"


@pytest.mark.parametrize(
    ("location", "hop"),
    [
        ("https://eurprd01.outlook.office365.com/x?y=1", "https://eurprd01.outlook.office365.com/x?y=1"),
        ("https://a.b.outlook.office365.com:446/x", "https://a.b.outlook.office365.com/x"),
        ("https://OUTLOOK.office365.com:443/x", "https://outlook.office365.com:443/x"),
        ("/x", f"{BASE}/x"),
        ("//outlook.office365.com/x", f"{BASE}/x"),
        ("$batch", f"{BASE}/adminapi/beta/t/$batch"),
    ],
)
def test_a_hop_within_exchange_is_taken(location: str, hop: str) -> None:
    assert next_hop(BASE, FROM, location) == hop


@pytest.mark.parametrize(
    "location",
    [
        None,
        "",
        "http://outlook.office365.com/x",
        "https://evil.example/x",
        "https://xoutlook.office365.com/x",
        "https://outlook.office365.com.evil.example/x",
        "https://outlook.office365.com@evil.example/x",
        "https://evil.example@outlook.office365.com/x",
        "https://evil.example\\@outlook.office365.com/x",
        "https://evil.example\\.outlook.office365.com/x",
        "https://outlook.office365.com:8443/x",
        "https://outlook.office365.com:99999/x",
        "https://[::1/x",
        "//evil.example/x",
        "https:evil",
        "javascript:alert(1)",
        "https://outlook.office365.com/ x",
        "https://outlook.office365.com/\r\nx",
        "https://оutlook.office365.com/",
    ],
)
def test_any_other_is_refused(location: str | None) -> None:
    hop = next_hop(BASE, FROM, location)
    assert hop is None or hop.startswith(f"{BASE}/")
    if location != "https:evil":  # a path of Exchange's own, by RFC 3986 §5.2.2
        assert hop is None


@pytest.mark.parametrize(
    ("base", "location", "hop"),
    [
        ("http://127.0.0.1:8080", "http://127.0.0.1:9090/x", "http://127.0.0.1:9090/x"),
        ("http://127.0.0.1:8080", "http://127.0.0.2:8080/x", None),
        ("http://127.0.0.1:8080", "http://evil.127.0.0.1:8080/x", None),
        ("https://[::1]:8443", "https://[::1]:8443/x", "https://[::1]:8443/x"),
        ("https://localhost:8443", "https://eurprd01.localhost:8443/x", "https://eurprd01.localhost:8443/x"),
        ("https://localhost:8443", "http://localhost:8443/x", None),
    ],
)
def test_a_loopback_stays_where_it_is(base: str, location: str, hop: str | None) -> None:
    assert next_hop(base, f"{base}/y", location) == hop
