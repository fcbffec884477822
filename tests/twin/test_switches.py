"""What each switch changes on the wire; the ones with tests of their own are in their objects' tests."""

import json

import pytest

from local.twin.registry import registry
from local.twin.switches import positions
from local.twin.wire import Response
from tests.twin.desk import ADMIN, Desk, bearer, calling, new_desk, opened, refusal_in

READ = f"{ADMIN}/InvokeCommand"


@pytest.fixture
def desk() -> Desk:
    return new_desk()


@pytest.fixture
def token(desk: Desk) -> str:
    return desk.token()


def ask(desk: Desk, token: str, cmdlet: str, headers: dict[str, str] | None = None, **parameters: object) -> Response:
    return desk.send("POST", READ, calling(cmdlet, **parameters), {**bearer(token), **(headers or {})})


def make(desk: Desk, **more: object) -> None:
    address = {"EFSkipIPs": ["203.0.113.7/24", "2001:db8::1"]}
    desk.run("New-InboundConnector", Name="In", SenderDomains=["*"], **address, **more)


def test_every_switch_starts_at_its_first_position_and_takes_all_of_them(desk: Desk) -> None:
    for name, found in positions().items():
        assert name in registry()
        for position in reversed(found):
            desk.tenant.switches.turn({name: position})
            assert getattr(desk.tenant.switches, name) == position


@pytest.mark.parametrize(
    ("position", "body"), [("nul_bytes", b"\0" * 4096), ("empty", b""), ("json", b'{"error":{"code":"Forbidden"')]
)
def test_a_denial_has_the_body_that_the_tenant_gives_it(desk: Desk, token: str, position: str, body: bytes) -> None:
    desk.tenant.switches.turn({"denial_body": position, "role": "none"})
    response = ask(desk, token, "Get-ArcConfig")
    assert (response.status, response.body[: max(1, len(body))]) == (403, body)
    assert ("Content-Encoding" in response.headers) is (position == "nul_bytes")


def test_an_old_token_is_powerless_unless_the_role_counts_at_once(desk: Desk) -> None:
    desk.tenant.switches.turn({"role": "none"})
    token = desk.token()
    desk.tenant.switches.turn({"role": "exchange_administrator"})
    assert ask(desk, token, "Get-ArcConfig").status == 403
    desk.tenant.switches.turn({"old_tokens": "catch_up"})
    assert ask(desk, token, "Get-ArcConfig").status == 200


@pytest.mark.parametrize(
    ("position", "listed"),
    [
        ("as_written", ["203.0.113.7/24", "2001:db8::1"]),
        ("blocks", ["203.0.113.0/24", "2001:db8::1/128"]),
        ("ranges", ["203.0.113.0-203.0.113.255", "2001:db8::1-2001:db8::1"]),
    ],
)
def test_a_skip_list_reads_back_in_one_of_three_ways(desk: Desk, position: str, listed: list[str]) -> None:
    make(desk)
    desk.tenant.switches.turn({"skip_list_text": position})
    assert desk.one("InboundConnector", "In")["EFSkipIPs"] == listed


def test_values_come_normalised_with_annotations_or_plain(desk: Desk) -> None:
    make(desk)
    [row] = opened(desk.ask("Get-InboundConnector"))["value"]
    assert (row["SenderDomains"], "SenderDomains@odata.type" in row) == (["smtp:*;1"], True)
    desk.tenant.switches.turn({"read_back": "plain"})
    [row] = opened(desk.ask("Get-InboundConnector"))["value"]
    assert (row["SenderDomains"], [name for name in row if "@" in name]) == (["*"], [])


def test_one_word_of_a_rule_is_a_list_or_a_text(desk: Desk) -> None:
    header = {"HeaderContainsMessageHeader": "X-A", "HeaderContainsWords": ["b"]}
    desk.run("New-TransportRule", Name="Rule", DeleteMessage=True, **header)
    assert desk.one("TransportRule", "Rule")["HeaderContainsWords"] == ["b"]
    desk.tenant.switches.turn({"single_words": "texts"})
    assert desk.one("TransportRule", "Rule")["HeaderContainsWords"] == "b"


def test_sealers_are_a_text_or_a_list_and_their_object_may_always_be_there(desk: Desk) -> None:
    assert desk.run("Get-ArcConfig") == []
    desk.tenant.switches.turn({"arc_shape": "always_there"})
    assert desk.run("Get-ArcConfig")[0]["ArcTrustedSealers"] == ""
    desk.run("Set-ArcConfig", Identity="Default", ArcTrustedSealers=["a.example", "b.example"])
    assert desk.run("Get-ArcConfig")[0]["ArcTrustedSealers"] == "a.example,b.example"
    desk.tenant.switches.turn({"arc_shape": "list"})
    assert desk.run("Get-ArcConfig")[0]["ArcTrustedSealers"] == ["a.example", "b.example"]


def test_a_restricted_connector_is_left_off_without_a_word(desk: Desk) -> None:
    desk.tenant.switches.turn({"restricted_inbound": "disabled_silently"})
    new = {"Name": "In", "SenderDomains": ["*"], "ConnectorType": "OnPremises", "Enabled": True}
    assert desk.warnings("New-InboundConnector", **new) == []
    assert desk.one("InboundConnector", "In")["Enabled"] is False


def test_a_rule_is_on_or_off_when_nobody_says_which(desk: Desk) -> None:
    desk.run("New-TransportRule", Name="First", DeleteMessage=True)
    desk.tenant.switches.turn({"new_rules": "off"})
    desk.run("New-TransportRule", Name="Second", DeleteMessage=True)
    desk.run("New-TransportRule", Name="Third", DeleteMessage=True, Enabled=True)
    assert [rule["State"] for rule in desk.run("Get-TransportRule")] == ["Enabled", "Disabled", "Enabled"]


def test_the_end_of_processing_is_a_class_or_none(desk: Desk) -> None:
    desk.run("New-TransportRule", Name="Rule", RemoveHeader="X-A", StopRuleProcessing=True)
    assert len(desk.one("TransportRule", "Rule")["Actions"]) == 1
    desk.tenant.switches.turn({"stop_class": "listed"})
    assert desk.one("TransportRule", "Rule")["Actions"][1].endswith(".StopRuleProcessingAction")


@pytest.mark.parametrize("position", ["piped", "numbered", "nested", "inner"])
def test_a_reason_is_where_the_tenant_puts_it_and_says_the_same(desk: Desk, position: str) -> None:
    desk.tenant.switches.turn({"reasons": position})
    refusal = desk.refusal("Remove-TransportRule", Identity="Nobody")
    assert (refusal.status, refusal.type.rpartition(".")[2]) == (404, "ManagementObjectNotFoundException")
    assert "'Nobody'" in refusal.text


def test_reasons_are_in_german_for_whoever_asks_and_for_everybody_where_it_is_so(desk: Desk, token: str) -> None:
    english = refusal_in(ask(desk, token, "Remove-TransportRule", Identity="Nobody"))
    german = refusal_in(ask(desk, token, "Remove-TransportRule", {"accept-language": "de-AT"}, Identity="Nobody"))
    desk.tenant.switches.turn({"language": "german"})
    always = refusal_in(ask(desk, token, "Remove-TransportRule", {"accept-language": "en-US"}, Identity="Nobody"))
    assert "couldn't be found" in english.text
    assert "nicht gefunden" in german.text
    assert always == german


def test_half_of_the_writes_of_the_application_are_done_and_not_confirmed(desk: Desk, token: str) -> None:
    desk.tenant.switches.turn({"lost_answers": "half"})
    statuses = [ask(desk, token, "New-OutboundConnector", Name=f"C{n}").status for n in range(120)]
    assert 30 < statuses.count(503) < 90
    assert len(desk.tenant.outbound) == 120
    assert {entry["committed"] for entry in desk.tenant.history} == {True}


@pytest.mark.parametrize(("position", "wait"), [("with_wait", "2"), ("without_wait", None)])
def test_a_tenth_of_the_requests_is_one_too_many(desk: Desk, token: str, position: str, wait: str | None) -> None:
    desk.tenant.switches.turn({"throttling": position})
    refused = [response for _ in range(120) if (response := ask(desk, token, "Get-ArcConfig")).status == 429]
    assert 2 < len(refused) < 30
    assert {response.headers.get("Retry-After") for response in refused} == {wait}


def test_a_twelfth_of_the_requests_fails_for_a_while_and_looks_like_a_mistake(desk: Desk, token: str) -> None:
    desk.tenant.switches.turn({"transient": "as_400"})
    responses = [ask(desk, token, "New-OutboundConnector", Name=f"C{n}") for n in range(120)]
    refused = [response for response in responses if response.status == 400]
    assert 1 < len(refused) < 26
    assert all(refusal_in(response).type.endswith("TransientException") for response in refused)
    assert len(desk.tenant.outbound) == 120 - len(refused)


def test_a_fifteenth_of_the_requests_hides_an_error_in_a_success(desk: Desk, token: str) -> None:
    desk.tenant.switches.turn({"hidden_errors": "in_200"})
    responses = [ask(desk, token, "Get-ArcConfig") for _ in range(120)]
    assert {response.status for response in responses} == {200}
    assert 0 < len([response for response in responses if "error" in json.loads(response.body)]) < 24


def test_a_request_is_sent_on_and_answered_where_it_was_sent(desk: Desk, token: str) -> None:
    desk.tenant.switches.turn({"front_door": "redirects"})
    response = ask(desk, token, "Get-ArcConfig")
    assert response.status == 302
    path = response.headers["Location"].removeprefix("https://127.0.0.1:8443")
    assert desk.send("POST", path, calling("Get-ArcConfig"), bearer(token)).status == 200


def page(desk: Desk, token: str, path: str, **headers: str) -> Response:
    wishes = {name.replace("_", "-"): value for name, value in headers.items()}
    return desk.send("POST", path, calling("Get-TransportRule"), {**bearer(token), **wishes})


def test_a_long_list_comes_in_pages_whose_links_are_for_the_same_cookie_and_mailbox(desk: Desk, token: str) -> None:
    for number in range(7):
        desk.run("New-TransportRule", Name=str(number), DeleteMessage=True)
    desk.tenant.switches.turn({"paging": "short_pages"})
    response, names = page(desk, token, READ, x_anchormailbox="m"), []
    cookie = response.headers["Set-Cookie"].partition(";")[0]
    while link := opened(response).get("@odata.nextLink"):
        names += [rule["Name"] for rule in opened(response)["value"]]
        path = link.removeprefix("https://127.0.0.1:8443")
        assert page(desk, token, path, x_anchormailbox="m").status == 400
        assert page(desk, token, path, x_anchormailbox="other", cookie=cookie).status == 400
        response = page(desk, token, path, x_anchormailbox="m", cookie=cookie)
    names += [rule["Name"] for rule in opened(response)["value"]]
    assert names == [str(number) for number in range(7)]
    desk.tenant.switches.turn({"paging": "expired_links"})
    refusal = refusal_in(page(desk, token, path, x_anchormailbox="m", cookie=cookie))
    assert refusal.text.startswith("Expired or Invalid pagination request")


def test_a_page_is_as_long_as_it_is_preferred(desk: Desk, token: str) -> None:
    for number in range(3):
        desk.run("New-TransportRule", Name=str(number), DeleteMessage=True)
    assert len(opened(page(desk, token, READ, prefer="odata.maxpagesize=2"))["value"]) == 2
    assert "@odata.nextLink" not in opened(page(desk, token, READ, prefer="odata.maxpagesize=3"))


@pytest.mark.parametrize("link", ["wombat", "WzNd", "W1tdLCJtIl0=", "Wy0xLCJtIl0="])
def test_a_link_that_nobody_gave_is_expired(desk: Desk, token: str, link: str) -> None:
    cookie = page(desk, token, READ).headers["Set-Cookie"].partition(";")[0]
    assert page(desk, token, f"{READ}?$skiptoken={link}", x_anchormailbox="m", cookie=cookie).status == 400


def test_objects_and_envelopes_have_members_that_nobody_knows(desk: Desk) -> None:
    make(desk)
    known = opened(desk.ask("Get-InboundConnector"))
    desk.tenant.switches.turn({"extras": "some"})
    envelope = opened(desk.ask("Get-InboundConnector"))
    assert envelope["value"][0].keys() - known["value"][0].keys() >= {"DirectoryObjectVersion"}
    assert envelope.keys() - known.keys()


def test_a_busy_administrator_makes_a_rule_at_the_top_before_every_write(desk: Desk, token: str) -> None:
    desk.tenant.switches.turn({"administrator": "busy"})
    for name in ("A", "B"):
        ask(desk, token, "New-OutboundConnector", Name=name)
    assert [rule["Name"] for rule in desk.tenant.rules] == ["In between 2", "In between 1"]
    assert [entry["actor"] for entry in desk.tenant.history] == ["administrator", "application"] * 2


def test_validation_leaves_connectors_behind_that_are_named_after_ours(desk: Desk) -> None:
    desk.run("New-OutboundConnector", Name="Ours")
    desk.tenant.switches.turn({"leftovers": "validation"})
    ours, left = desk.run("Get-OutboundConnector")
    assert ours["Name"] == "Ours"
    assert left["Name"].startswith("Ours_Test_")
    assert (left["SmartHosts"], left["TlsSettings"], left["Guid"] != ours["Guid"]) == ([], "", True)


def batch(desk: Desk, token: str) -> Response:
    url = f"https://127.0.0.1:8443{READ}"
    whole = {"method": "POST", "url": url, "headers": {"Authorization": f"Bearer {token}"}}
    names = ("Get-ArcConfig", "Get-TransportRule", "Get-InboundConnector", "Get-OutboundConnector")
    parts = [{"id": str(number), **whole, "body": calling(name)} for number, name in enumerate(names)]
    return desk.send("POST", f"{ADMIN}/$batch", {"requests": parts}, bearer(token))


def test_a_batch_is_answered_in_any_order_in_order_barely_or_not_at_all(desk: Desk, token: str) -> None:
    def ids() -> list[str]:
        return [part["id"] for part in json.loads(batch(desk, token).body)["responses"]]

    assert len({tuple(ids()) for _ in range(20)}) > 1
    desk.tenant.switches.turn({"batches": "in_order"})
    assert {tuple(ids()) for _ in range(20)} == {("0", "1", "2", "3")}
    desk.tenant.switches.turn({"batches": "bare"})
    assert {tuple(sorted(part)) for part in json.loads(batch(desk, token).body)["responses"]} == {("body", "id")}
    desk.tenant.switches.turn({"batches": "refused"})
    assert batch(desk, token).status == 400


def test_the_same_seed_is_the_same_run() -> None:
    def run() -> list[object]:
        desk = new_desk(rules=5, empty=False)
        token = desk.token()
        return [json.loads(batch(desk, token).body) for _ in range(5)]

    assert run() == run()


def test_a_fault_waits_for_its_turn_and_a_stale_read_shows_what_was_before(desk: Desk, token: str) -> None:
    whole = {"cmdlet": "Get-OutboundConnector", "after": 1, "stale": True}
    assert desk.send("POST", f"/twin/tenants/{desk.tenant.tenant_id}/fault", whole).status == 200
    ask(desk, token, "New-OutboundConnector", Name="A")
    counts = [len(opened(ask(desk, token, "Get-OutboundConnector"))["value"]) for _ in range(3)]
    assert counts == [1, 0, 1]


def test_time_passes_for_every_tenant_when_somebody_says_so(desk: Desk, token: str) -> None:
    assert desk.send("POST", "/twin/clock", {"seconds": 3601}).status == 200
    assert json.loads(desk.send("GET", "/twin/clock").body) == {"now": "2026-03-01T09:00:01+00:00"}
    assert ask(desk, token, "Get-ArcConfig").status == 401
    assert desk.send("POST", "/twin/clock", {"seconds": -1}).status == 400
