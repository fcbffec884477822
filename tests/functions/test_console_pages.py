"""The console's pages: all of it text, nothing of it secret, a strict policy, and one page of the table for each."""

import html
import json
import re
import shlex
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import typer

from cli.tree import app
from functions.console.answering import HEADERS
from functions.console.orders import ORDERS
from functions.console.shares import WIDTH, shares
from functions.console.static_files import FOLDER, address
from shared.application.commands import COMMANDS
from shared.application.handlers import handle_verify
from shared.application.recheck import handle_recheck
from shared.domain.decisions import Deviation, Suspension
from shared.domain.fleet import Fleet, FleetPause, Freeze
from shared.domain.history import EventKind, Thread
from shared.domain.messages import Cause, Parked
from shared.domain.operators import Role
from shared.domain.resources import Item
from shared.domain.tenants import Stage, Verdict
from tests.fakes import CANARY, NOW, TENANT_ID, new_message, new_policy, new_tenant, new_world
from tests.functions.browsing import HOME, Browser, tags
from tests.functions.calling import READER, Answer, Api
from tests.functions.site import hooked
from tests.on_twin import OnTwin, on_twin

TENANT = f"{HOME}/tenants/{TENANT_ID}"
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>'\"{{ 7 * 7 }}\u202e"
RECORDS = (
    HOME,
    TENANT,
    f"{TENANT}/timeline",
    *(f"{HOME}/{page}" for page in ("tenants", "items", "items/redirect", "activity", "parked", "parked/p1")),
)
LOOKS = (f"{TENANT}/now", *(f"{TENANT}/ask/{name}?setting=Default/X%20y" for name in ORDERS))
PAGES = (*RECORDS, *LOOKS, *(f"{HOME}/fleet/ask/{name}" for name in ("freeze", "release", "pause", "resume")))
ELSEWHERE = (f"{HOME}/sign-in", f"{HOME}/nothing", f"{HOME}/tenants/no-id", f"{HOME}/callback?code=x&state=y")


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch) -> OnTwin:
    on = on_twin()
    Api(on.world).install(monkeypatch)
    return on


@pytest.fixture
def browser(on: OnTwin) -> Browser:
    assert on
    return Browser().sign_in()


def fill(on: OnTwin, text: str = "a word") -> None:
    """A record, a fleet and a history in which a text stands wherever anybody may write one."""
    suspension = Suspension(text, text, NOW, NOW.replace(year=2027))
    on.keep(
        Stage.ACTIVE,
        company_name=text,
        contact=text,
        account_id=text,
        reason=text,
        failure="throttled",
        verdict=Verdict.DRIFTED,
        items={Item.REDIRECT.value: f"altered ({text})"},
        findings={text: f"warning: {text}"},
        refused={text: text},
        hold=suspension,
        pause=suspension,
        deviations={text: Deviation(text, text, text, suspension.until)},
        checked_at=NOW,
    )
    world: Any = on.world
    world.wishes.fleet = Fleet(Freeze(text, text, NOW), {"eu": FleetPause(suspension)})
    on.world.history.append(TENANT_ID, [Thread(NOW, text, UUID(int=5)).event(EventKind.STEP, text, text, text)])
    on.world.journal.park(Parked("p1", text, text, text, NOW, tenant_id=str(TENANT_ID)))
    list(handle_recheck(on.world, new_policy()))


@pytest.mark.parametrize("path", [*PAGES, *ELSEWHERE])
def test_a_hostile_text_stays_text_on_every_page(on: OnTwin, browser: Browser, path: str) -> None:
    fill(on, HOSTILE)
    answer = browser.get(path)
    assert answer.status in (200, 400, 401, 404, 409), answer.text
    assert "<script>alert" not in answer.text
    assert "<img src=x" not in answer.text
    assert ">49<" not in answer.text
    found = tags(answer)
    assert all("src" in given for tag, given in found if tag == "script")
    assert not [given for _, given in found if {"style", "onclick", "onerror", "onload"} & given.keys()]
    assert not [tag for tag, _ in found if tag in ("style", "iframe", "object", "base")]


def test_the_hostile_text_is_shown_where_it_is_somebodys_word(on: OnTwin, browser: Browser) -> None:
    fill(on, HOSTILE)
    for path in (HOME, f"{HOME}/tenants", TENANT, f"{TENANT}/timeline", f"{HOME}/parked/p1"):
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in browser.get(path).text, path


@pytest.mark.parametrize("path", [*PAGES, *ELSEWHERE])
def test_every_answer_has_the_strict_policy_and_is_kept_by_nobody(on: OnTwin, browser: Browser, path: str) -> None:
    fill(on)
    for visitor in (browser, Browser()):
        heads = visitor.get(path).headers
        assert {name: heads.get(name.lower()) for name in HEADERS} == HEADERS
        policy = heads["content-security-policy"]
        assert policy.startswith("default-src 'none'; ")
        assert "unsafe" not in policy
        assert "*" not in policy


@pytest.mark.parametrize("path", PAGES)
def test_who_did_not_sign_in_is_led_to_the_door_and_back_again(on: OnTwin, path: str) -> None:
    fill(on, "a word of a customer's")
    stranger = Browser()
    answer = stranger.get(path)
    assert answer.status == 303
    assert answer.headers["location"].startswith(f"{HOME}/sign-in?next=%2Fapi%2Fconsole")
    assert "a word of a customer" not in answer.text
    as_json = stranger.get(path, accept="application/json")
    assert as_json.refusal == (401, "unauthentic")


def test_a_part_of_a_page_leads_the_whole_page_to_the_door(on: OnTwin) -> None:
    assert on
    answer = Browser().get(TENANT, **{"hx-request": "true"})
    assert answer.status == 401
    assert answer.headers["hx-redirect"].startswith(f"{HOME}/sign-in?next=")


def test_no_page_holds_a_secret_wherever_exchange_or_a_record_repeats_it(on: OnTwin, browser: Browser) -> None:
    fill(on, f"saw {CANARY} {CANARY.upper()}")
    on.world.tenants.put(on.world.tenants.get(TENANT_ID), replace(on.record(), pause=None, hold=None))
    handle_verify(new_message(Cause.OPERATOR), on.world, new_policy())
    on.administrator("New-TransportRule", Name=f"about {CANARY}", SetSCL="5")
    for path in (TENANT, f"{TENANT}/timeline", f"{TENANT}/now", f"{TENANT}/ask/remediate"):
        answer = browser.get(path)
        assert answer.status == 200, answer.text
        assert CANARY not in answer.text.lower(), path
        assert CANARY not in browser.get(path, accept="application/json").text.lower(), path


def test_every_page_is_the_same_as_json(on: OnTwin, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(on)
    api = Api(on.world).install(monkeypatch)
    same = {
        HOME: "/api/fleet",
        f"{HOME}/tenants?region=eu": "/api/tenants?region=eu",
        TENANT: f"/api/tenants/{TENANT_ID}",
        f"{TENANT}/timeline": f"/api/tenants/{TENANT_ID}/timeline",
        f"{TENANT}/now": f"/api/tenants/{TENANT_ID}/plan?for=verify",
        f"{HOME}/items/redirect": "/api/tenants?item=redirect",
        f"{HOME}/activity": "/api/activity",
        f"{HOME}/parked": "/api/poison",
    }
    for page, route in same.items():
        sign = "&" if "?" in page else "?"
        for answer in (browser.get(page, accept="application/json"), browser.get(f"{page}{sign}as=json")):
            assert (answer.status, answer.json) == (200, api.get(route, READER).json), page


@pytest.mark.parametrize("path", [*PAGES, f"{HOME}/tenants?region=eu&verdict=drifted&stage=active&search=x"])
def test_every_page_names_a_command_that_the_command_line_takes(on: OnTwin, browser: Browser, path: str) -> None:
    fill(on)
    answer = browser.get(path)
    shown = [html.unescape(line) for line in re.findall(r"<code data-copy>keeper ([^<]+)", answer.text)]
    assert shown
    for line in shown:
        parsed(shlex.split(line))


def parsed(arguments: list[str]) -> None:
    """Read a command line as ``keeper`` does, up to where it would run."""
    command: Any = typer.main.get_command(app)
    parent = None
    while True:
        parent = command.make_context(command.name, arguments, parent=parent)
        if not hasattr(command, "resolve_command"):
            return
        _, command, arguments = command.resolve_command(parent, [*parent._protected_args, *parent.args])


@pytest.mark.parametrize("line", ["dance", "status --colour red", "poison", "hold x", "freeze --reason"])
def test_a_command_line_that_is_none_is_noticed(line: str) -> None:
    with pytest.raises(Exception, match=r".+"):
        parsed(line.split())


def test_the_pages_of_a_tenant_show_what_is_there_what_is_on_and_what_does_its_work(
    on: OnTwin, browser: Browser
) -> None:
    on.keep(Stage.STAGED, items={Item.LOOP_CHECK.value: "misplaced", Item.REDIRECT.value: "unknown"})
    rows = re.findall(r'<tr><th scope="row">(MailMarshal[^<]+)</th>(.*?)</tr>', browser.get(TENANT).text)
    words = {name: re.findall(r"</svg>([a-z]+)</span>", row) for name, row in rows}
    assert words[Item.LOOP_CHECK] == ["yes", "no", "no"]
    assert words[Item.REDIRECT] == ["unknown", "unknown", "unknown"]


def test_a_look_now_draws_the_rules_in_their_order_with_ours_marked(on: OnTwin, browser: Browser) -> None:
    on.keep(Stage.STAGED)
    handle_verify(new_message(Cause.OPERATOR), on.world, new_policy())
    names = [str(rule["Name"]) for rule in on.state()["transport_rules"]]
    answer = browser.get(f"{TENANT}/now")
    shown = re.findall(r'<span class="place">(\d+)</span> <bdi>([^<]+)</bdi>', answer.text)
    assert [(int(place), name) for place, name in shown] == list(enumerate(names))


def test_a_hostile_rule_of_the_tenant_is_text_in_its_place(on: OnTwin, browser: Browser) -> None:
    on.keep(Stage.STAGED)
    on.administrator("New-TransportRule", Name="<img src=x onerror=alert(2)>", SetSCL="5")
    answer = browser.get(f"{TENANT}/now")
    assert "&lt;img src=x onerror=alert(2)&gt;" in answer.text
    assert "<img src=x" not in answer.text


def test_a_look_that_cannot_be_had_says_why_and_hangs_nothing_else(on: OnTwin, browser: Browser) -> None:
    on.keep(Stage.STAGED)
    on.directory.switches.turn({"consent": False})
    answer = browser.get(f"{TENANT}/now")
    assert answer.status == 409
    assert "needs_consent" in answer.text
    assert browser.get(TENANT).status == 200


@pytest.mark.parametrize("query", ["region=xx", "verdict=%3Cscript%3E", "item=none", "unknown=1"])
def test_a_filter_that_is_none_is_refused_on_a_page(on: OnTwin, browser: Browser, query: str) -> None:
    assert on
    answer = browser.get(f"{HOME}/tenants?{query}")
    assert (answer.status, answer.headers["content-type"]) == (400, "text/html; charset=utf-8")


def test_filters_that_a_form_leaves_empty_filter_nothing(on: OnTwin, browser: Browser) -> None:
    on.keep(Stage.STAGED)
    answer = browser.get(f"{HOME}/tenants?search=&region=&stage=&verdict=&item=&stale=")
    assert "contoso.onmicrosoft.com" in answer.text


def test_what_was_not_looked_at_lately_is_found(on: OnTwin, browser: Browser) -> None:
    on.keep(Stage.STAGED, checked_at=NOW)
    assert "contoso" not in browser.get(f"{HOME}/tenants?stale=2").text.partition('id="found"')[2]
    on.clock.advance(hours=3)
    assert "contoso" in browser.get(f"{HOME}/tenants?stale=2").text.partition('id="found"')[2]


def test_a_page_of_five_thousand_tenants_is_one_page_of_the_table_and_one_row_of_numbers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = new_world()
    for number in range(5000):
        world.tenants.add(new_tenant(Stage.ACTIVE, UUID(int=number + 1), items={Item.REDIRECT.value: "missing"}))
    list(handle_recheck(world, new_policy()))
    calls: Counter[str] = Counter()

    def counted(call: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever the port gives
        calls["calls"] += 1
        return call()

    Api(hooked(world, counted)).install(monkeypatch)
    browser = Browser().sign_in(Role.READ)
    most = {
        HOME: 5,
        f"{HOME}/tenants": 2,
        f"{HOME}/tenants?verdict=unknown": 2,
        f"{HOME}/tenants/{UUID(int=7)}": 5,
        f"{HOME}/items": 4,
        f"{HOME}/items/redirect": 5,
        f"{HOME}/activity": 2,
        f"{HOME}/parked": 2,
    }
    for path, bound in most.items():
        calls.clear()
        answer = browser.get(path)
        assert answer.status == 200
        assert calls["calls"] <= bound, path
        assert answer.text.count('scope="row"') <= 50
    assert "5000" in browser.get(HOME).text
    first, second = (browser.get(path) for path in (f"{HOME}/tenants", _next(browser.get(f"{HOME}/tenants"))))
    assert not set(_ids(first)) & set(_ids(second))


def _next(answer: Answer) -> str:
    (found,) = re.findall(r'<a href="([^"]+)">Next page</a>', answer.text)
    return str(found).replace("&amp;", "&")


def _ids(answer: Answer) -> list[str]:
    found = re.findall(r"/tenants/([0-9a-f-]{36})\"", answer.text)
    assert len(found) == 50
    return found


def test_a_bar_is_whole_and_nothing_that_is_there_vanishes_in_it() -> None:
    parts = shares({"healthy": 4990, "drifted": 9, "unknown": 1, "none": 0})
    assert [part.name for part in parts] == ["healthy", "drifted", "unknown"]
    assert min(part.width for part in parts) > WIDTH / 500
    assert abs(sum(part.width for part in parts) - WIDTH) < 0.1
    assert shares({}) == ()


def test_static_files_are_kept_for_ever_under_a_name_that_says_what_is_in_them(on: OnTwin) -> None:
    assert on
    for name in ("console.css", "console.js", "htmx.min.js", "mark.svg"):
        answer = Browser().get(address(name))
        assert answer.text == (FOLDER / name).read_text("utf-8")
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["x-content-type-options"] == "nosniff"
    for name in ("console.css", "..%2Fvisitors.py", "htmx.min.js.origin.txt", "console.0000000000000000.css"):
        assert Browser().get(f"{HOME}/static/{name}").status == 404


def test_what_is_vendored_is_what_its_origin_says() -> None:
    origin = (FOLDER / "htmx.min.js.origin.txt").read_text("utf-8")
    content = (FOLDER / "htmx.min.js").read_bytes()
    assert re.search(r"^sha256 +([0-9a-f]{64})$", origin, re.MULTILINE)[1] == sha256(content).hexdigest()  # type: ignore[index]
    assert "htmx.org 2.0.11" in origin
    assert b'version:"2.0.11"' in content


def test_htmx_is_told_to_evaluate_nothing_and_to_write_no_style(browser: Browser) -> None:
    (config,) = re.findall(r"name=\"htmx-config\" content='([^']+)'", browser.get(f"{HOME}/parked").text)
    said = json.loads(config)
    assert (said["allowEval"], said["allowScriptTags"], said["includeIndicatorStyles"]) == (False, False, False)
    assert said["selfRequestsOnly"] is True
    assert said["historyCacheSize"] == 0


def test_every_command_of_the_api_has_its_words() -> None:
    assert set(ORDERS) == set(COMMANDS)


def test_every_template_is_used_and_none_is_marked_safe() -> None:
    folder = Path(FOLDER).parent / "templates"
    texts = {path.name: path.read_text("utf-8") for path in folder.iterdir()}
    code = "".join(path.read_text("utf-8") for path in Path(FOLDER).parent.glob("*.py"))
    for name, text in texts.items():
        assert "|safe" not in text.replace(" ", "")
        assert "autoescape" not in text
        others = code + "".join(other for key, other in texts.items() if key != name)
        assert f'"{name}"' in others, name
