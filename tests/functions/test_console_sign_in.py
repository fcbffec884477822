"""Who gets into the console: by the key of a trial, or by Entra and the checks of every token; and by what cookie."""

from datetime import timedelta
from urllib.parse import quote, urlsplit

import pytest

from shared.adapters.sealed_flow import LIFETIME as WAY
from shared.domain.operators import Role
from shared.domain.signed_in import LIFETIME
from shared.domain.tenants import Stage
from tests.entra_people import VENDOR, Entra, new_entra, today
from tests.fakes import TENANT_ID, Clock, new_tenant, new_world
from tests.functions.browsing import HOME, Browser, forms
from tests.functions.calling import KEY, ORIGIN, WORKER, Api

DOOR = f"{HOME}/sign-in"
LOOPBACK = "http://127.0.0.1:7071"


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Api:
    api = Api(new_world()).install(monkeypatch)
    api.world.tenants.add(new_tenant(Stage.OFFBOARDED))
    return api


@pytest.fixture
def entra(monkeypatch: pytest.MonkeyPatch) -> Entra:
    entra = new_entra()
    world = new_world(clock=Clock(today()))
    Api(world, operators=entra.operators(), sign_in=entra.sign_in()).install(monkeypatch, operator_key=None)
    return entra


def test_the_key_of_a_trial_opens_the_page_that_was_asked_for(api: Api) -> None:
    assert api
    browser = Browser()
    wanted = f"{HOME}/tenants?region=eu"
    page = browser.get(browser.get(wanted).headers["location"])
    assert forms(page)[DOOR]["next"] == wanted
    answer = browser.submit(DOOR, key=KEY)
    assert (answer.status, answer.headers["location"]) == (303, wanted)
    assert "operator key" in browser.get(wanted).text


@pytest.mark.parametrize("key", ["", "guess", KEY[:-1], f"{KEY}.", "ä"])
def test_another_key_opens_nothing(api: Api, key: str) -> None:
    assert api
    browser = Browser()
    browser.get(DOOR)
    answer = browser.submit(DOOR, key=key)
    assert answer.status == 401
    assert "set-cookie" not in answer.headers
    assert KEY not in answer.text
    assert browser.get(HOME).status == 303


def test_without_a_key_in_the_settings_no_key_opens_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    Api(new_world()).install(monkeypatch, operator_key=None)
    for key in (KEY, "", "None"):
        browser = Browser()
        page = browser.get(DOOR)
        assert "password" not in page.text
        assert browser.send(DOOR, {"key": key}).status == 401
    assert Browser().get(f"{DOOR}/entra").status == 404


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/api/console",
        "/api/consolex",
        "/api/tenants",
        "javascript:alert(1)",
        "/api/console/\\evil",
        "/api/console/\r\nSet-Cookie: x=1",
    ],
)
def test_signing_in_leads_nowhere_but_into_the_console(api: Api, elsewhere: str) -> None:
    assert api
    browser = Browser()
    page = browser.get(f"{DOOR}?next={quote(elsewhere, safe='')}")
    assert forms(page)[DOOR]["next"] == HOME
    assert browser.send(DOOR, {"key": KEY, "next": elsewhere}).headers["location"] == HOME


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_hosts(api: Api) -> None:
    assert api
    answer = Browser().send(DOOR, {"key": KEY})
    name, _, rest = answer.headers["set-cookie"].partition("=")
    said = {part.strip().lower() for part in rest.split(";")[1:]}
    assert name == "__Host-keeper"
    assert {"httponly", "secure", "samesite=lax", "path=/"} <= said
    assert not any(part.startswith("domain") for part in said)
    (age,) = (int(part.partition("=")[2]) for part in said if part.startswith("max-age"))
    assert 0 < age <= LIFETIME / timedelta(seconds=1)


def test_on_a_loopback_address_without_tls_the_cookie_is_one_that_browsers_take(api: Api) -> None:
    assert api
    answer = Browser(LOOPBACK).send(DOOR, {"key": KEY})
    assert answer.headers["set-cookie"].startswith("keeper=")
    assert "secure" not in answer.headers["set-cookie"].lower()
    assert "httponly" in answer.headers["set-cookie"].lower()


def test_nothing_secret_is_in_the_cookie_and_it_ends_after_eight_hours(api: Api) -> None:
    browser = Browser()
    browser.send(DOOR, {"key": KEY})
    assert KEY not in browser.cookies["__Host-keeper"]
    clock = api.world.clock
    assert isinstance(clock, Clock)
    clock.advance(hours=8)
    assert browser.get(HOME).status == 303


def test_another_sites_form_signs_nobody_in(api: Api) -> None:
    assert api
    for heads in (
        {"origin": "https://evil.example"},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
    ):
        answer = Browser().send(DOOR, {"key": KEY}, **heads)
        assert (answer.status, "set-cookie" in answer.headers) == (403, False)


def test_signing_out_ends_it_and_a_copy_of_the_cookie_opens_nothing(api: Api) -> None:
    assert api
    browser, another = Browser().sign_in(), Browser().sign_in()
    browser.get(HOME)
    copy = Browser(cookies=dict(browser.cookies))
    assert copy.get(HOME).status == 200
    assert browser.submit(f"{HOME}/sign-out").status == 303
    assert browser.cookies == {}
    assert browser.get(HOME).status == copy.get(HOME).status == 303
    assert another.get(HOME).status == 200


def test_a_cookie_opens_none_of_the_apis_own_routes(api: Api) -> None:
    browser = Browser().sign_in()
    for path in ("/api/tenants", f"/api/tenants/{TENANT_ID}", "/api/fleet", "/api/poison", "/api/whoami"):
        answer = browser.get(path, accept="application/json")
        assert answer.refusal == (401, "unauthentic")
    assert browser.send(f"/api/tenants/{TENANT_ID}/verify", {}).refusal == (401, "unauthentic")
    assert api.sent.deliveries == []


def test_a_token_opens_none_of_the_consoles_pages(api: Api) -> None:
    assert api.call("GET", HOME, WORKER).status == 303
    assert api.call("GET", HOME, "", headers={"x-functions-key": KEY}).status == 303


@pytest.mark.parametrize(("role", "may_ask"), [(Role.READ, False), (Role.OPERATE, True), (Role.ADMIN, True)], ids=str)
def test_whom_entra_signs_in_gets_what_the_role_allows(entra: Entra, role: Role, *, may_ask: bool) -> None:
    login = entra.account("Ann Example", role.value)
    browser = Browser()
    sent = browser.get(f"{DOOR}/entra?next={HOME}/parked")
    assert sent.status == 303
    back = entra.visit(sent.headers["location"], login)
    query = "&".join(f"{name}={quote(value)}" for name, value in back.items())
    answer = browser.get(f"{HOME}/callback?{query}")
    assert (answer.status, answer.headers["location"]) == (303, f"{HOME}/parked")
    assert "Ann Example (oid " in browser.get(HOME).text
    assert (browser.get(f"{HOME}/tenants/{TENANT_ID}/ask/verify").status != 403) == may_ask


def test_entra_sends_the_browser_back_to_where_the_settings_say(monkeypatch: pytest.MonkeyPatch) -> None:
    entra = new_entra()
    for public, expected in (("", ORIGIN), ("https://console.example", "https://console.example")):
        world = new_world(clock=Clock(today()))
        Api(world, operators=entra.operators(), sign_in=entra.sign_in()).install(monkeypatch, public_url=public)
        address = Browser().get(f"{DOOR}/entra").headers["location"]
        assert f"redirect_uri={quote(expected + HOME + '/callback', safe='')}" in address


def test_who_has_no_role_is_told_so_and_not_let_in(entra: Entra) -> None:
    browser = Browser()
    address = browser.get(f"{DOOR}/entra").headers["location"]
    back = entra.visit(address, entra.account("Nobody Special"))
    answer = browser.get(f"{HOME}/callback?code={back['code']}&state={back['state']}")
    assert (answer.status, "forbidden" in answer.text) == (403, True)
    assert "__Host-keeper" not in browser.cookies


def test_the_answer_of_one_browser_opens_nothing_in_another(entra: Entra) -> None:
    login = entra.account("Ann Example", "Keeper.Admin")
    mine, other, late = Browser(), Browser(), Browser()
    back = entra.visit(mine.get(f"{DOOR}/entra").headers["location"], login)
    other.get(f"{DOOR}/entra")
    path = f"{HOME}/callback?code={back['code']}&state={back['state']}"
    for browser in (Browser(), other):
        assert browser.get(path).status == 401
        assert "__Host-keeper" not in browser.cookies
    late.cookies = {name: value[:-4] + "AAAA" for name, value in mine.cookies.items()}
    assert late.get(path).status == 401
    assert mine.get(path).status == 303


def test_the_way_to_entra_and_back_ends_after_a_quarter_of_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    entra, clock = new_entra(), Clock(today())
    sign_in, operators = entra.sign_in(), entra.operators()
    Api(new_world(clock=clock), operators=operators, sign_in=sign_in).install(monkeypatch)
    browser = Browser()
    back = entra.visit(
        browser.get(f"{DOOR}/entra").headers["location"], entra.account("Ann", "Keeper.Read", directory=VENDOR)
    )
    clock.advance(seconds=WAY / timedelta(seconds=1) + 1)
    assert browser.get(f"{HOME}/callback?code={back['code']}&state={back['state']}").status == 401


def test_the_code_and_the_verifier_are_on_no_page_and_in_no_address_of_ours(entra: Entra) -> None:
    browser = Browser()
    address = browser.get(f"{DOOR}/entra").headers["location"]
    back = entra.visit(address, entra.account("Ann Example", "Keeper.Read"))
    answer = browser.get(f"{HOME}/callback?code={back['code']}&state={back['state']}")
    assert urlsplit(answer.headers["location"]).query == ""
    refused = browser.get(f"{HOME}/callback?code={back['code']}&state={back['state']}")
    assert refused.status == 401
    assert back["code"] not in refused.text
