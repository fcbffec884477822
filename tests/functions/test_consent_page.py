"""An administrator's way to Entra and back: to the one tenant that signed up, and told what to do next."""

import base64
import json
import re
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from html import unescape
from urllib.parse import parse_qs, quote, urlsplit

import pytest
import standardwebhooks

from functions.consent import consent
from functions.pages import Page, shown
from functions.signup import signup
from local.host.routes import RouteTable, parse_route
from local.twin.wire import Request
from shared.domain.errors import Unavailable
from shared.domain.messages import Queue
from shared.domain.tenants import Record, Stage, Verdict
from tests.fakes import CANARY, NOW, TENANT_ID
from tests.functions.calling import ORIGIN, Answer, Api, answer_of, visit
from tests.on_twin import ROOT as TWIN
from tests.on_twin import OnTwin, on_twin

CLIENT_ID = "3f2b7c1e-0000-4000-8000-00000000aaaa"
LINK = f"/api/consent/{TENANT_ID}"

pytestmark = pytest.mark.usefixtures("api")


@pytest.fixture
def on() -> OnTwin:
    return on_twin()


@pytest.fixture
def api(on: OnTwin, monkeypatch: pytest.MonkeyPatch) -> Api:
    return Api(on.world).install(monkeypatch, login_url=TWIN, exchange_url=TWIN)


def state_of(answer: Answer) -> str:
    return parse_qs(urlsplit(answer.headers["location"]).query)["state"][0]


def came_back(on: OnTwin, **instead: str) -> Answer:
    """The whole way: to Entra, which answers at once, and back."""
    out = visit(consent, LINK)
    path = out.headers["location"].removeprefix(TWIN)
    back = on.twin.handle(Request("GET", path, {}, b"")).headers["Location"]
    query = {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()}
    assert back.startswith(f"{ORIGIN}/api/consent/callback?")
    said = {**query, **instead}
    return visit(consent, "/api/consent/callback?" + "&".join(f"{name}={quote(text)}" for name, text in said.items()))


def text_of(answer: Answer) -> str:
    return unescape(re.sub("<[^>]+>", " ", answer.text))


def check_page(answer: Answer, status: int) -> None:
    """A page that runs nothing, loads nothing, is kept nowhere and is embedded by nobody."""
    assert answer.status == status
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["x-content-type-options"] == "nosniff"
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
    assert [policy.pop(name) for name in ("default-src", "base-uri", "form-action", "frame-ancestors")] == [
        "'none'"
    ] * 4
    (style,) = re.findall("<style>(.*)</style>", answer.text)
    digest = base64.b64encode(sha256(style.encode()).digest()).decode()
    assert policy == {"style-src": f"'sha256-{digest}'"}
    assert not re.search(
        r"<script|javascript:|\son\w+=|<img|<link|<iframe|<form|http-equiv", answer.text, re.IGNORECASE
    )
    assert CANARY not in answer.text


def test_an_administrator_is_sent_to_the_consent_page_of_the_tenant_that_signed_up(on: OnTwin) -> None:
    on.keep(Stage.AWAITING_CONSENT)
    answer = visit(consent, LINK.upper().replace("/API/CONSENT", "/api/consent"))
    place = urlsplit(answer.headers["location"])
    assert (answer.status, answer.text) == (302, "")
    assert f"{place.scheme}://{place.netloc}{place.path}" == f"{TWIN}/{TENANT_ID}/v2.0/adminconsent"
    query = parse_qs(place.query)
    assert query.keys() == {"client_id", "scope", "redirect_uri", "state"}
    assert (query["client_id"], query["scope"]) == ([CLIENT_ID], [f"{TWIN}/.default"])
    assert query["redirect_uri"] == [f"{ORIGIN}/api/consent/callback"]
    assert answer.headers["cache-control"] == "no-store"


def test_the_public_address_of_the_settings_comes_before_the_requests_own(
    on: OnTwin, monkeypatch: pytest.MonkeyPatch
) -> None:
    on.keep(Stage.AWAITING_CONSENT)
    Api(on.world).install(monkeypatch, public_url="https://public.example")
    place = visit(consent, LINK).headers["location"]
    assert parse_qs(urlsplit(place).query)["redirect_uri"] == ["https://public.example/api/consent/callback"]


@pytest.mark.parametrize(
    "name",
    [
        "common",
        "organizations",
        "consumers",
        "contoso.onmicrosoft.com",
        "..%2f..%2fcommon",
        "%2e%2e%2fcommon",
        "%252e%252e%252fcommon",
        f"{TENANT_ID}%2f..%2fcommon",
        f"{TENANT_ID}%00",
        f"{TENANT_ID}%0d%0aLocation:%20https://evil.example",
        f"%7B{TENANT_ID}%7D",
        f"urn:uuid:{TENANT_ID}",
        TENANT_ID.hex,
        "00000000-0000-0000-0000-000000000000",
        "9188040d-6c67-4c5b-b112-36a304b66dad",
        "7f1c2e9a-5b7d-4c3e-8a1f-0d2b4c6e8a11",
        "%EF%BC%96f1c2e9a-5b7d-4c3e-8a1f-0d2b4c6e8a10",
        "%3Cscript%3Ealert(1)%3C%2Fscript%3E",
        "",
        "x" * 4096,
    ],
)
def test_a_name_that_is_no_tenant_of_ours_leads_nowhere(on: OnTwin, name: str) -> None:
    on.keep(Stage.AWAITING_CONSENT)
    answer = visit(consent, f"/api/consent/{name}")
    check_page(answer, 404)
    assert "location" not in answer.headers
    assert answer.text == visit(consent, "/api/consent/common").text


def test_consent_that_proves_access_is_thanked_for_and_the_provision_begins(on: OnTwin, api: Api) -> None:
    on.keep(Stage.AWAITING_CONSENT)
    on.directory.switches.turn({"consent": False})
    answer = came_back(on)
    check_page(answer, 200)
    assert "access is proved" in text_of(answer)
    assert [delivery.queue for delivery in api.sent.deliveries] == [Queue.PROVISION]


def test_consent_without_a_role_says_what_to_run(on: OnTwin, api: Api) -> None:
    on.keep(Stage.AWAITING_CONSENT)
    on.directory.switches.turn({"consent": False, "role": "none"})
    answer = came_back(on)
    check_page(answer, 200)
    assert "assign it the role Exchange Administrator" in text_of(answer)
    (commands,) = re.findall("<pre>(.*)</pre>", answer.text, re.DOTALL)
    assert f'New-ServicePrincipal -AppId "{CLIENT_ID}"' in unescape(commands)
    assert [delivery.queue for delivery in api.sent.deliveries] == [Queue.PROVISION]


def test_a_tenant_that_is_not_the_one_that_signed_up_is_for_us_to_look_at(on: OnTwin) -> None:
    on.keep(Stage.AWAITING_CONSENT, initial_domain="fabrikam.onmicrosoft.com")
    answer = came_back(on)
    check_page(answer, 200)
    assert "is for us to look at" in text_of(answer)
    assert "fabrikam" not in answer.text
    assert on.record().verdict is Verdict.NEEDS_HUMAN


def test_entra_that_has_not_heard_of_it_yet_is_waited_for(on: OnTwin) -> None:
    on.keep(Stage.AWAITING_CONSENT)
    out = visit(consent, LINK)
    on.directory.switches.turn({"consent": False})
    answer = visit(consent, f"/api/consent/callback?admin_consent=True&state={state_of(out)}&tenant={TENANT_ID}")
    check_page(answer, 200)
    assert "access is proved" not in text_of(answer)
    assert "open the consent link" in text_of(answer)


@pytest.mark.parametrize(
    "error",
    [
        "access_denied",
        "consent_required",
        "temporarily_unavailable",
        "<b>x</b>",
        "x" * 999,
        "zeile\nzeile",
        "\u202e",
        "é",
    ],
)
def test_a_refusal_by_the_administrator_is_told_and_changes_nothing(on: OnTwin, api: Api, error: str) -> None:
    on.keep(Stage.AWAITING_CONSENT)
    before = on.record()
    state = state_of(visit(consent, LINK))
    answer = visit(consent, f"/api/consent/callback?error={quote(error)}&error_description=%3Ci%3E&state={state}")
    check_page(answer, 200)
    assert "was not admitted" in text_of(answer)
    assert "<b>" not in answer.text
    assert (on.record(), api.sent.deliveries) == (before, [])
    ((event,), _) = on.world.history.page(TENANT_ID, None, 10)
    assert re.fullmatch(r"refused: [a-z_]{1,64}", event.after)


def test_an_answer_counts_once(on: OnTwin, api: Api) -> None:
    on.keep(Stage.AWAITING_CONSENT)
    state = state_of(visit(consent, LINK))
    back = f"/api/consent/callback?admin_consent=True&state={state}&tenant={TENANT_ID}"
    assert visit(consent, back).status == 200
    check_page(visit(consent, back), 401)
    assert len(api.sent.deliveries) == 1


def test_another_tenants_consent_does_not_count(on: OnTwin, api: Api) -> None:
    on.keep(Stage.AWAITING_CONSENT)
    check_page(came_back(on, tenant="7f1c2e9a-5b7d-4c3e-8a1f-0d2b4c6e8a11"), 401)
    assert api.sent.deliveries == []


@pytest.mark.parametrize("state", ["", "x", "x.y.z.w", "a,b", "%00", "%E2%80%AE", "9" * 5000])
def test_a_state_that_is_none_of_ours_does_not_count(on: OnTwin, api: Api, state: str) -> None:
    on.keep(Stage.AWAITING_CONSENT)
    for name in ("callback", "CALLBACK"):
        check_page(visit(consent, f"/api/consent/{name}?admin_consent=True&tenant={TENANT_ID}&state={state}"), 401)
    check_page(visit(consent, "/api/consent/callback"), 401)
    assert api.sent.deliveries == []


def test_a_state_is_too_old_after_half_an_hour(on: OnTwin) -> None:
    on.keep(Stage.AWAITING_CONSENT)
    state = state_of(visit(consent, LINK))
    on.clock.advance(minutes=30)
    check_page(visit(consent, f"/api/consent/callback?state={state}&tenant={TENANT_ID}"), 401)


def test_queues_that_are_away_are_no_administrators_concern(on: OnTwin, api: Api) -> None:
    on.keep(Stage.AWAITING_CONSENT)
    api.sent.until_away = 0
    check_page(came_back(on), 200)


def test_a_store_that_is_away_is_a_reason_to_come_again(on: OnTwin, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_: object, __: object) -> Record:
        raise Unavailable(f"away with {CANARY}", timedelta(seconds=7))

    monkeypatch.setattr(type(on.world.tenants), "get", away)
    answer = visit(consent, LINK)
    check_page(answer, 503)
    assert answer.headers["retry-after"] == "7"


def test_whatever_a_page_says_is_text() -> None:
    hostile = "<script>alert('x')</script>&amp;\""
    answer = answer_of(shown(Page(hostile, (hostile,), (hostile,))))
    check_page(answer, 200)
    assert text_of(answer).count(hostile) == 4


def test_the_host_prefers_the_page_to_the_api() -> None:
    methods = ("GET", "POST")
    table = RouteTable(
        [parse_route("operations", "{*path}", methods), parse_route("consent", "consent/{tenantId}", ("GET",))]
    )
    assert table.find("GET", f"consent/{TENANT_ID}") == ("consent", {"tenantId": str(TENANT_ID)})
    assert table.find("GET", "consent/callback") == ("consent", {"tenantId": "callback"})
    assert table.find("POST", "consent/callback") == ("operations", {"path": "consent/callback"})
    assert table.find("GET", "tenants/consent") == ("operations", {"path": "tenants/consent"})


def test_a_signup_is_answered_with_the_consent_link() -> None:
    body = json.dumps(
        {"account_id": "acme", "tenant_id": str(TENANT_ID), "region": "eu", "initial_domain": "contoso.onmicrosoft.com"}
    )
    moment = datetime.fromtimestamp(NOW.timestamp(), UTC)
    headers = {
        "content-type": "application/json",
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(NOW.timestamp())),
        "webhook-signature": standardwebhooks.Webhook("whsec_bG9jYWwgZGV2ZWxvcG1lbnQga2V5IG9ubHk=").sign(
            "msg_1", moment, body
        ),
    }
    answer = visit(signup, "/api/signup", "POST", headers=headers, body=body.encode())
    assert answer.status == 202
    assert answer.json == {
        "status": "signed up",
        "tenant_id": str(TENANT_ID),
        "consent_url": f"{ORIGIN}{LINK}",
    }
    assert visit(consent, answer.json["consent_url"].removeprefix(ORIGIN)).status == 302
