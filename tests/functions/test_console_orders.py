"""Orders given on the console: by whoever may, from a page that was shown, bound to the plan that was read."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from functions.console.orders import DURATIONS, is_planned
from functions.routes_commands import BODIES, ROLES
from shared.application.commands import LONGEST_SUSPENSION
from shared.application.handlers import handle_reconcile
from shared.domain.decisions import Suspension
from shared.domain.fleet import Fleet, FleetPause, Freeze
from shared.domain.messages import Cause, Fate, Parked, Queue, encode
from shared.domain.operators import Role
from shared.domain.resources import Item
from shared.domain.tenants import Stage
from tests.fakes import NOW, TENANT_ID, new_message, new_policy
from tests.functions.browsing import HOME, Browser, forms
from tests.functions.calling import Api
from tests.on_twin import OnTwin, on_twin

TENANT = f"{HOME}/tenants/{TENANT_ID}"
LOWER = {Role.OPERATE: Role.READ, Role.ADMIN: Role.OPERATE}
STAGES = {
    "activate": Stage.STAGED,
    "deactivate": Stage.ACTIVE,
    "pause": Stage.ACTIVE,
    "resume": Stage.PAUSED,
}
AFTER = {
    "activate": Stage.ACTIVE,
    "deactivate": Stage.STAGED,
    "pause": Stage.PAUSED,
    "resume": Stage.ACTIVE,
    "offboard": Stage.OFFBOARDING,
}
SIMPLE = [name for name in BODIES if name not in ("accept", "revoke")]


@pytest.fixture
def on() -> OnTwin:
    return on_twin()


@pytest.fixture
def api(on: OnTwin, monkeypatch: pytest.MonkeyPatch) -> Api:
    return Api(on.world).install(monkeypatch)


def keep(on: OnTwin, stage: Stage = Stage.STAGED) -> None:
    """A record, and the tenant provisioned."""
    on.keep(Stage.STAGED)
    handle_reconcile(new_message(Cause.OPERATOR), on.world, new_policy())
    record = on.world.tenants.get(TENANT_ID)
    suspension = Suspension("ann", "a change", NOW, NOW + timedelta(days=1)) if stage is Stage.PAUSED else None
    on.world.tenants.put(record, type(record.tenant)(**{**_fields(record.tenant), "stage": stage, "pause": suspension}))


def _fields(tenant: Any) -> dict[str, Any]:  # noqa: ANN401 - a record, field by field
    return {name: getattr(tenant, name) for name in tenant.__dataclass_fields__}


def asked(browser: Browser, name: str) -> Any:  # noqa: ANN401 - an answer
    """Open the page of a command and send its form, filled in as a person does."""
    page = browser.get(f"{TENANT}/ask/{name}")
    assert page.status == 200, page.text
    return browser.submit(f"{TENANT}/{name}", reason="as agreed", hours="24")


@pytest.mark.parametrize("name", SIMPLE)
def test_an_order_from_its_page_is_carried_out_under_the_persons_name(on: OnTwin, api: Api, name: str) -> None:
    keep(on, STAGES.get(name, Stage.STAGED))
    answer = asked(Browser().sign_in(name="Ann Example"), name)
    assert (answer.status, answer.headers["location"]) == (303, f"{TENANT}?said={name}")
    assert on.record().stage is AFTER.get(name, Stage.STAGED)
    assert len(api.sent.deliveries) == 1
    newest = on.world.history.page(TENANT_ID, None, 10)[0]
    assert any((event.subject, event.actor) == (name, "Ann Example") for event in newest)


@pytest.mark.parametrize("name", list(BODIES))
def test_a_role_that_is_not_enough_sees_no_button_no_page_and_gives_no_order(on: OnTwin, api: Api, name: str) -> None:
    keep(on, STAGES.get(name, Stage.STAGED))
    browser = Browser().sign_in(LOWER[ROLES[name]])
    page = browser.get(TENANT)
    assert f"{TENANT}/ask/{name}" not in page.text
    assert f"{TENANT}/{name}" not in forms(page)
    assert browser.get(f"{TENANT}/ask/{name}").status == 403
    token = forms(browser.get(TENANT))[f"{HOME}/sign-out"]["form_token"]
    answer = browser.send(f"{TENANT}/{name}", {"form_token": token, "plan_hash": "0" * 64, "reason": "x", "hours": "1"})
    assert answer.status == 403
    assert api.sent.deliveries == []


@pytest.mark.parametrize(
    "heads",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://keeper.example"},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"sec_fetch_site": "none"},
        {"origin": "", "sec_fetch_site": ""},
    ],
    ids=str,
)
def test_a_form_of_another_site_gives_no_order_even_with_the_right_token(
    on: OnTwin, api: Api, heads: dict[str, str]
) -> None:
    keep(on)
    browser = Browser().sign_in()
    form = forms(browser.get(f"{TENANT}/ask/activate"))[f"{TENANT}/activate"]
    assert browser.send(f"{TENANT}/activate", form, **heads).status == 403
    assert (on.record().stage, api.sent.deliveries) == (Stage.STAGED, [])


@pytest.mark.parametrize("origin", [{"origin": ""}, {"sec_fetch_site": ""}], ids=str)
def test_one_of_the_two_heads_is_enough_for_a_browser_that_sends_one(
    on: OnTwin, api: Api, origin: dict[str, str]
) -> None:
    keep(on)
    browser = Browser().sign_in()
    form = forms(browser.get(f"{TENANT}/ask/verify"))[f"{TENANT}/verify"]
    assert browser.send(f"{TENANT}/verify", form, **origin).status == 303
    assert len(api.sent.deliveries) == 1


def test_a_form_without_the_token_or_with_somebody_elses_gives_no_order(on: OnTwin, api: Api) -> None:
    keep(on)
    mine, other = Browser().sign_in(), Browser().sign_in(name="Mallory")
    form = forms(mine.get(f"{TENANT}/ask/activate"))[f"{TENANT}/activate"]
    theirs = forms(other.get(TENANT))[f"{HOME}/sign-out"]["form_token"]
    for token in ("", "guess", theirs, form["form_token"][:-1]):
        assert mine.send(f"{TENANT}/activate", {**form, "form_token": token}).status == 403
    assert Browser().send(f"{TENANT}/activate", form).status == 401
    assert (on.record().stage, api.sent.deliveries) == (Stage.STAGED, [])


@pytest.mark.parametrize("name", [name for name in SIMPLE if is_planned(name)])
def test_what_moves_mail_is_bound_to_the_plan_that_was_read(on: OnTwin, api: Api, name: str) -> None:
    stage = STAGES.get(name, Stage.STAGED)
    keep(on, stage)
    browser = Browser().sign_in()
    page = browser.get(f"{TENANT}/ask/{name}")
    assert "The plan, read from the tenant just now" in page.text
    on.administrator("Set-InboundConnector", Identity=Item.FROM_CONNECTOR.value, RequireTls=False)
    answer = browser.submit(f"{TENANT}/{name}", reason="as agreed", hours="24")
    assert (answer.status, "plan_moved" in answer.text) == (409, True)
    assert f'href="{TENANT}/ask/{name}"' in answer.text
    assert (on.record().stage, api.sent.deliveries) == (stage, [])
    form = {key: text for key, text in forms(page)[f"{TENANT}/{name}"].items() if key != "plan_hash"}
    assert browser.send(f"{TENANT}/{name}", {**form, "reason": "x", "hours": "1"}).status == 400
    assert on.record().stage is stage


def test_an_order_that_the_stage_does_not_allow_is_refused_on_a_page(on: OnTwin, api: Api) -> None:
    keep(on, Stage.OFFBOARDED)
    browser = Browser().sign_in()
    for name in SIMPLE:
        if name != "offboard":
            assert f"/ask/{name}" not in browser.get(TENANT).text
    assert browser.get(f"{TENANT}/ask/activate").status == 409
    assert api.sent.deliveries == []


@pytest.mark.parametrize(
    "form",
    [
        {"reason": "", "hours": "24"},
        {"reason": "two\nlines", "hours": "24"},
        {"reason": "turned \u202e round", "hours": "24"},
        {"reason": "x" * 501, "hours": "24"},
        {"reason": "x", "hours": "0"},
        {"reason": "x", "hours": "-1"},
        {"reason": "x", "hours": "999999999"},
        {"reason": "x"},
    ],
    ids=str,
)
def test_a_hold_that_is_not_of_its_form_is_refused(on: OnTwin, api: Api, form: dict[str, str]) -> None:
    keep(on)
    browser = Browser().sign_in()
    browser.get(f"{TENANT}/ask/hold")
    assert browser.submit(f"{TENANT}/hold", **form).status == 400
    assert (on.record().hold, api.sent.deliveries) == (None, [])


def test_every_duration_that_a_form_offers_is_one_that_the_api_takes(on: OnTwin, api: Api) -> None:
    keep(on)
    browser = Browser().sign_in()
    for hours in DURATIONS:
        browser.get(f"{TENANT}/ask/hold")
        assert browser.submit(f"{TENANT}/hold", reason="x", hours=hours).status == 303
    hold = on.record().hold
    assert hold is not None
    assert timedelta(days=29) < hold.until - NOW < LONGEST_SUSPENSION
    assert len(api.sent.deliveries) == len(DURATIONS)


def test_what_was_read_is_accepted_beside_its_drift_and_revoked_again(on: OnTwin, api: Api) -> None:
    keep(on)
    on.administrator("Set-InboundConnector", Identity=Item.FROM_CONNECTOR.value, RequireTls=False)
    on.clock.advance(hours=1)
    browser = Browser().sign_in(Role.OPERATE)
    look = browser.get(f"{TENANT}/now").text
    link = f"{TENANT}/ask/accept?setting=From%20MailMarshal%20Cloud%20Integrated/RequireTls"
    assert f'href="{link}"' in look
    browser.get(link)
    assert browser.submit(f"{TENANT}/accept", reason="as agreed", hours="24").status == 303
    assert [*on.record().deviations] == ["From MailMarshal Cloud Integrated/RequireTls"]
    browser.get(f"{TENANT}/ask/revoke?setting=From%20MailMarshal%20Cloud%20Integrated/RequireTls")
    assert browser.submit(f"{TENANT}/revoke").status == 303
    assert on.record().deviations == {}
    assert len(api.sent.deliveries) == 2


@pytest.mark.parametrize("raw", [b"\xff", b"a=1&a=2", b"a=" + b"x" * 17_000, b"&".join(b"%d=1" % n for n in range(30))])
def test_a_form_that_is_none_of_ours_is_refused(on: OnTwin, api: Api, raw: bytes) -> None:
    keep(on)
    browser = Browser().sign_in()
    answer = browser._call(
        "POST",
        f"{TENANT}/verify",
        {"content-type": "application/x-www-form-urlencoded", "origin": browser.origin, "accept": "text/html"},
        raw,
    )
    assert answer.status in (400, 413)
    assert api.sent.deliveries == []


def test_json_is_no_form(on: OnTwin, api: Api) -> None:
    keep(on)
    answer = Browser().sign_in().send(f"{TENANT}/verify", {}, content_type="application/json")
    assert (answer.status, api.sent.deliveries) == (415, [])


# Parked messages


@pytest.mark.parametrize(("name", "fate"), [("replay", Fate.REPLAYED), ("drop", Fate.DROPPED)])
def test_a_parked_message_is_decided_on_by_who_may(on: OnTwin, api: Api, name: str, fate: Fate) -> None:
    keep(on)
    on.world.journal.park(Parked("p1", Queue.VERIFY, "throttled: x", encode(new_message()).decode(), NOW))
    path = f"{HOME}/parked/p1"
    reader = Browser().sign_in(Role.READ)
    token = forms(reader.get(path))[f"{HOME}/sign-out"]["form_token"]
    assert f"{path}/{name}" not in forms(reader.get(path))
    assert reader.send(f"{path}/{name}", {"form_token": token}).status == 403
    operator = Browser().sign_in(Role.OPERATE, "Ann Example")
    operator.get(path)
    assert operator.submit(f"{path}/{name}").status == 303
    found = on.world.journal.find_parked("p1")
    assert found is not None
    assert (found.fate, found.decided_by) == (fate, "Ann Example")
    assert len(api.sent.deliveries) == (1 if name == "replay" else 0)
    assert f"{path}/{name}" not in forms(operator.get(path))


# The whole fleet


def test_an_administrator_freezes_releases_pauses_and_resumes_the_fleet(on: OnTwin, api: Api) -> None:
    keep(on, Stage.ACTIVE)
    browser = Browser().sign_in(name="Ada Admin")
    for name in ("freeze", "pause", "resume", "release"):
        assert browser.get(f"{HOME}/fleet/ask/{name}").status == 200
        answer = browser.submit(f"{HOME}/fleet/{name}", reason="as agreed", hours="4", scope="eu")
        assert (answer.status, answer.headers["location"]) == (303, f"{HOME}?said={name}")
        if name == "freeze":
            assert on.world.wishes.get().fleet.freeze == Freeze("Ada Admin", "as agreed", NOW)
        if name == "pause":
            assert on.world.wishes.get().fleet.pauses["eu"].suspension.until == NOW + timedelta(hours=4)
            assert len(api.sent.deliveries) == 1
    fleet = on.world.wishes.get().fleet
    assert fleet.freeze is None
    assert fleet.pauses["eu"].suspension.until == NOW
    assert [event.actor for event in on.world.history.page(UUID(int=0), None, 10)[0]] == ["Ada Admin"] * 4


@pytest.mark.parametrize("name", ["freeze", "release", "pause", "resume"])
def test_nobody_else_decides_on_the_fleet(on: OnTwin, api: Api, name: str) -> None:
    suspension = Suspension("ann", "x", NOW, NOW + timedelta(days=1))
    world: Any = on.world
    world.wishes.fleet = before = Fleet(
        None if name == "freeze" else Freeze("ann", "x", NOW), {"eu": FleetPause(suspension)}
    )
    browser = Browser().sign_in(Role.OPERATE)
    page = browser.get(HOME)
    assert "/fleet/ask/" not in page.text
    assert browser.get(f"{HOME}/fleet/ask/{name}").status == 403
    token = forms(page)[f"{HOME}/sign-out"]["form_token"]
    form = {"form_token": token, "reason": "x", "hours": "4", "scope": "eu"}
    assert browser.send(f"{HOME}/fleet/{name}", form).status == 403
    assert on.world.wishes.get().fleet == before
    assert api.sent.deliveries == []


@pytest.mark.parametrize(
    "form", [{"scope": "", "reason": "x"}, {"scope": "xx", "reason": "x"}, {"scope": "eu", "reason": ""}]
)
def test_a_decision_on_the_fleet_that_is_not_of_its_form_is_refused(on: OnTwin, api: Api, form: dict[str, str]) -> None:
    browser = Browser().sign_in()
    browser.get(f"{HOME}/fleet/ask/pause")
    assert browser.submit(f"{HOME}/fleet/pause", hours="4", **form).status == 400
    assert on.world.wishes.get().fleet == Fleet()
    assert api.sent.deliveries == []
