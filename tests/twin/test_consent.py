"""The page on which an administrator consents, and where it sends the browser."""

from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.twin.redirects import BYTES, joined
from local.twin.wire import Response
from tests.twin.desk import CREDENTIALS, DOMAIN, TENANT_ID, Desk, new_desk

CLIENT = CREDENTIALS["client_id"]
OTHER_ID = "6f1d3c5a-0000-4000-8000-000000000002"
BACK = "https://keeper.example/api/consented"
SCOPE = "https://outlook.office365.com/.default"
ASKED = {"client_id": CLIENT, "scope": SCOPE, "redirect_uri": BACK, "state": "a b+c&d=%41"}


@pytest.fixture
def desk() -> Desk:
    """A tenant that has not consented, and whose application has nothing."""
    desk = new_desk()
    desk.tenant.switches.turn({"consent": False, "app_permission": False, "role": "none"})
    return desk


def show(desk: Desk, name: str = TENANT_ID, **changes: str | None) -> Response:
    """Open the page; a change to None leaves a parameter out."""
    asked = {key: value for key, value in {**ASKED, **changes}.items() if value is not None}
    return desk.send("GET", f"/{name}/v2.0/adminconsent?{urlencode(asked)}")


def said(response: Response, back: str = BACK) -> dict[str, str]:
    """What the browser brings back."""
    assert (response.status, response.body) == (302, b"")
    address, _, query = response.headers["Location"].partition("?")
    assert address == back
    return dict(parse_qsl(query, strict_parsing=True, keep_blank_values=True))


def number(response: Response) -> int:
    """Of Entra's refusal, which nobody is sent back with."""
    assert (response.status, "Location" in response.headers) == (400, False)
    assert response.headers["Content-Type"].startswith("text/html")
    return int(response.body.decode().partition("AADSTS")[2].partition(":")[0])


def granted(desk: Desk) -> tuple[bool, bool, str]:
    switches = desk.tenant.switches
    return switches.consent, switches.app_permission, switches.role


@pytest.mark.parametrize("name", [TENANT_ID, DOMAIN, "organizations", TENANT_ID.upper()])
def test_consent_gives_the_application_its_permission_and_no_role(desk: Desk, name: str) -> None:
    expected = {"admin_consent": "True", "tenant": TENANT_ID, "scope": SCOPE, "state": ASKED["state"]}
    assert said(show(desk, name)) == expected
    assert granted(desk) == (True, True, "none")
    assert desk.invoke(desk.token(), "Get-ArcConfig").status == 403


def test_the_role_that_an_application_had_stays_when_its_tenant_consents(desk: Desk) -> None:
    desk.tenant.switches.turn({"role": "exchange_administrator"})
    show(desk)
    assert desk.invoke(desk.token(), "Get-ArcConfig").status == 200


@pytest.mark.parametrize(
    ("scope", "permission"),
    [(f"openid {SCOPE}", True), ("https://graph.microsoft.com/Mail.Read", False)],
)
def test_an_application_gets_permissions_of_its_own_by_a_default_scope_alone(
    desk: Desk, scope: str, *, permission: bool
) -> None:
    assert said(show(desk, scope=scope))["scope"] == scope
    assert granted(desk) == (True, permission, "none")


def test_an_administrator_who_denies_is_sent_back_with_the_reason_and_nothing_is_granted(desk: Desk) -> None:
    desk.tenant.switches.turn({"consent_answer": "denies"})
    found = said(show(desk))
    text = found.pop("error_description")
    assert text.startswith("AADSTS65004: The resource owner or authorization server denied the request.\r\nTrace ID: ")
    assert text.endswith("Timestamp: 2026-03-01 08:00:00Z")
    assert found == {"admin_consent": "True", "error": "consent_required", "state": ASKED["state"]}
    assert granted(desk) == (False, False, "none")


def test_a_refusal_takes_back_nothing_that_was_granted(desk: Desk) -> None:
    show(desk)
    desk.tenant.switches.turn({"consent_answer": "denies"})
    show(desk)
    assert granted(desk) == (True, True, "none")


def test_another_tenant_may_be_named_which_is_there_or_not_and_nothing_is_granted(desk: Desk) -> None:
    desk.tenant.switches.turn({"consent_answer": "other_tenant"})
    nobodys = said(show(desk))["tenant"]
    assert desk.twin.tenant(nobodys) is None
    desk.twin.create_tenant(OTHER_ID, "other.example", 0, 0).switches.turn({"consent": False})
    found = said(show(desk))
    assert found == {"admin_consent": "True", "tenant": OTHER_ID, "scope": SCOPE, "state": ASKED["state"]}
    assert [tenant.switches.consent for tenant in (desk.tenant, desk.twin.tenant(OTHER_ID)) if tenant] == [False, False]


def test_whose_administrator_answers_stands_in_the_hint_where_there_are_several(desk: Desk) -> None:
    desk.twin.create_tenant(OTHER_ID, "other.example", 0, 0)
    assert number(show(desk, "organizations")) == 50059
    assert said(show(desk, "organizations", login_hint="admin@other.example"))["tenant"] == OTHER_ID
    assert granted(desk) == (False, False, "none")
    assert said(show(desk, "Organizations", login_hint=f"admin@{DOMAIN}"))["tenant"] == TENANT_ID
    assert granted(desk) == (True, True, "none")


@pytest.mark.parametrize(
    ("name", "changes", "expected"),
    [
        (TENANT_ID, {"client_id": None}, 900144),
        (TENANT_ID, {"client_id": ""}, 900144),
        (TENANT_ID, {"scope": None}, 900144),
        (TENANT_ID, {"redirect_uri": None}, 900144),
        (TENANT_ID, {"client_id": "keeper"}, 700016),
        (TENANT_ID, {"client_id": "<script>"}, 700016),
        (TENANT_ID, {"client_id": f"{{{CLIENT}}}"}, 700016),
        (TENANT_ID, {"redirect_uri": "/api/consented"}, 90102),
        (TENANT_ID, {"redirect_uri": "https://"}, 90102),
        (TENANT_ID, {"redirect_uri": "https://[::1/"}, 90102),
        (TENANT_ID, {"redirect_uri": "https://a.example:no/"}, 90102),
        (TENANT_ID, {"redirect_uri": "https://a.example/#b"}, 90102),
        (TENANT_ID, {"redirect_uri": "https://a.example/\r\nSet-Cookie: a=b"}, 90102),
        (TENANT_ID, {"redirect_uri": "https://a.example/\u00e9"}, 90102),
        (TENANT_ID, {"redirect_uri": "http://a.example/"}, 50011),
        (TENANT_ID, {"redirect_uri": "javascript://a.example/"}, 50011),
        (OTHER_ID, {}, 90002),
        ("common", {}, 90002),
        ("organizations", {"login_hint": "admin@nobody.example"}, 90002),
        ("organizations", {"login_hint": "admin@"}, 90002),
    ],
    ids=str,
)
def test_what_is_asked_wrongly_is_a_page_with_a_number(
    desk: Desk, name: str, changes: dict[str, str | None], expected: int
) -> None:
    response = show(desk, name, **changes)
    assert number(response) == expected
    assert b"<script>" not in response.body
    assert granted(desk) == (False, False, "none")


def test_without_any_tenant_nobody_can_consent(desk: Desk) -> None:
    desk.twin._tenants.clear()
    assert number(show(desk, "organizations")) == 50059


def test_the_page_is_opened_and_nothing_is_posted_to_it(desk: Desk) -> None:
    assert desk.send("POST", f"/{TENANT_ID}/v2.0/adminconsent?{urlencode(ASKED)}").status == 405
    assert granted(desk) == (False, False, "none")


@pytest.mark.parametrize(
    ("address", "back"),
    [
        (BACK, f"{BACK}?"),
        (f"{BACK}?", f"{BACK}?"),
        (f"{BACK}?code=a%2Fb", f"{BACK}?code=a%2Fb&"),
        (f"{BACK}?code=a&", f"{BACK}?code=a&"),
        ("http://127.0.0.1:7071/api", "http://127.0.0.1:7071/api?"),
        ("http://localhost", "http://localhost?"),
    ],
)
def test_an_address_keeps_what_it_says_already(desk: Desk, address: str, back: str) -> None:
    assert show(desk, redirect_uri=address).headers["Location"].startswith(f"{back}admin_consent=True&tenant=")


def test_a_state_comes_back_only_where_there_was_one(desk: Desk) -> None:
    assert "state" not in said(show(desk, state=None))
    assert said(show(desk, state=""))["state"] == ""


def test_a_state_comes_back_byte_for_byte(desk: Desk) -> None:
    for state in ("%FF%00", "%C3%A9+%2B", "%0D%0A"):
        asked = urlencode({name: value for name, value in ASKED.items() if name != "state"})
        location = desk.send("GET", f"/{TENANT_ID}/v2.0/adminconsent?{asked}&state={state}").headers["Location"]
        assert location.rpartition("&state=")[2] == state


@given(st.dictionaries(st.text("ab&=?%+ \u00e9", min_size=1), st.text("ab&=?%+# \u00e9"), min_size=1))
def test_whatever_is_joined_to_an_address_can_be_read_from_it(parameters: dict[str, str]) -> None:
    address = joined(f"{BACK}?x=%2541", parameters)
    found = parse_qsl(urlsplit(address).query, keep_blank_values=True, encoding=BYTES)
    assert found == [("x", "%41"), *parameters.items()]
