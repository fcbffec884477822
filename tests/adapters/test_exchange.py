"""Observe and apply, against answers given inside the process."""

import json
import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from uuid import UUID

import pytest
import requests

from shared.adapters.exchange import ExchangeOnline
from shared.adapters.sessions import Sessions, SettledSession
from shared.adapters.transport import Transport
from shared.domain.errors import (
    Ambiguous,
    Blocked,
    Conflict,
    KeeperError,
    NeedsConsent,
    NeedsRole,
    Rejected,
    RolePropagating,
    TenantGone,
    Throttled,
    Unavailable,
)
from shared.domain.observation import Complete, Unread
from shared.domain.resources import Kind
from shared.domain.steps import Applied, Step, Verb
from shared.domain.values import Secret
from tests.fakes import CANARY, TENANT_ID, Clock, new_tenant
from tests.in_process import Received, Sent, TwinTransport, session_over

TENANT = new_tenant()
GUID = UUID("5b2f7f1e-0000-4000-8000-000000000001")
CREATE = Step(Verb.CREATE, Kind.TRANSPORT_RULE, "r", "", {"HeaderContainsWords": (Secret(CANARY),), "Enabled": False})
ENABLE = Step(Verb.ENABLE, Kind.TRANSPORT_RULE, "r", str(GUID))
CMDLETS = {f"Get-{kind}": kind for kind in Kind}


@dataclass
class Tokens:
    """Tokens with a number; the argument of every question is kept."""

    asked: list[bool] = field(default_factory=list)
    error: KeeperError | None = None
    prefix: str = "token-"

    def token(self, tenant_id: UUID, *, fresh: bool = False) -> str:
        assert tenant_id == TENANT_ID
        self.asked.append(fresh)
        if self.error is not None:
            raise self.error
        return f"{self.prefix}{len(self.asked)}"


Served = Callable[[Received], Sent]


class Scene:
    """An Exchange that is nothing but its answers."""

    def __init__(self, *served: Served) -> None:
        self.served = list(served)
        self.transport = TwinTransport(self.handle)
        self.tokens = Tokens()
        ids = count(1)
        transport = Transport("https://exchange.test/", Sessions(lambda: session_over(self.transport, SettledSession)))
        self.exchange = ExchangeOnline(transport, self.tokens, Clock(), lambda: UUID(int=next(ids)))

    def handle(self, received: Received) -> Sent:
        """Give the answers in order; the last one stays."""
        serve = self.served.pop(0) if len(self.served) > 1 else self.served[0]
        return serve(received)

    @property
    def paths(self) -> list[str]:
        return [received.path.rpartition("/")[2] for received in self.transport.seen]


def plain(status: int, body: object = None, **headers: str) -> Served:
    data = b"" if body is None else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _received: (status, named, data)


def batch(**parts: object) -> Served:
    """Answer every part in reverse order: an object with its status, or by default one row that names the cmdlet."""

    def serve(received: Received) -> Sent:
        asked = json.loads(received.body)["requests"]
        answers = []
        for part in reversed(asked):
            cmdlet = part["body"]["CmdletInput"]["CmdletName"]
            given = parts.get(CMDLETS[cmdlet].name)
            status, body = given if isinstance(given, tuple) else (200, {"value": [{"Name": cmdlet}]})
            answers.append({"id": part["id"], "status": status, "headers": {}, "body": body})
        return 200, {}, json.dumps({"responses": answers}).encode()

    return serve


def single(received: Received) -> Sent:
    if received.path.endswith("$batch"):
        return 404, {}, b""
    cmdlet = json.loads(received.body)["CmdletInput"]["CmdletName"]
    return 200, {}, json.dumps({"value": [{"Name": cmdlet}]}).encode()


def broken(error: Exception) -> Served:
    def serve(_received: Received) -> Sent:
        raise error

    return serve


WHOLE = {kind: Complete(({"Name": f"Get-{kind}"},)) for kind in Kind}
NO = {"error": {"message": "no"}}


def test_a_look_is_one_request_for_every_kind() -> None:
    scene = Scene(batch())
    assert scene.exchange.observe(TENANT) == WHOLE
    assert scene.paths == ["$batch"]
    sent = scene.transport.seen[0]
    assert sent.url == f"https://exchange.test/adminapi/beta/{TENANT_ID}/$batch"
    assert sent.headers["authorization"] == "Bearer token-1"
    assert scene.tokens.asked == [False]


def test_a_read_that_fails_for_a_while_is_unread_beside_the_others() -> None:
    observed = Scene(batch(TRANSPORT_RULE=(503, NO))).exchange.observe(TENANT)
    unread = observed[Kind.TRANSPORT_RULE]
    assert isinstance(unread, Unread)
    assert unread.reason.startswith("Get-TransportRule: Exchange could not answer")
    assert {kind: observed[kind] for kind in Kind if kind is not Kind.TRANSPORT_RULE} == {
        kind: WHOLE[kind] for kind in Kind if kind is not Kind.TRANSPORT_RULE
    }


def outbound(*calls: object) -> Served:
    """Answer the calls for outbound connectors one after the other, whole or not."""
    remaining = list(calls)

    def serve(received: Received) -> Sent:
        answers = []
        for part in json.loads(received.body)["requests"]:
            is_outbound = part["body"]["CmdletInput"]["CmdletName"] == "Get-OutboundConnector"
            body = remaining.pop(0) if is_outbound else {"value": []}
            answers.append({"id": part["id"], "status": 200 if body is not NO else 503, "body": body})
        return 200, {}, json.dumps({"responses": answers}).encode()

    return serve


def test_what_two_calls_bring_is_one_list_with_each_object_once() -> None:
    first = {"value": [{"Name": "a", "Guid": "1"}, {"Name": "b", "Guid": "2"}]}
    second = {"value": [{"Name": "b", "Guid": "2"}, {"Name": "c", "Guid": "3"}]}
    observed = Scene(outbound(first, second)).exchange.observe(TENANT)[Kind.OUTBOUND_CONNECTOR]
    assert isinstance(observed, Complete)
    assert [row["Name"] for row in observed.rows] == ["a", "b", "c"]


@pytest.mark.parametrize("missing", [0, 1])
def test_a_list_of_which_one_call_failed_is_unread(missing: int) -> None:
    answers: list[object] = [{"value": [{"Name": "a", "Guid": "1"}]}] * 2
    answers[missing] = NO
    assert isinstance(Scene(outbound(*answers)).exchange.observe(TENANT)[Kind.OUTBOUND_CONNECTOR], Unread)


def page(name: str, link: object = "") -> dict[str, object]:
    return {"value": [{"Name": name}], **({"@odata.nextLink": link} if link else {})}


MORE = "https://eurprd01.exchange.test/adminapi/beta/x/InvokeCommand?$skiptoken=2"


def test_a_list_in_pages_is_read_to_its_end_by_the_same_call_and_once_more() -> None:
    pages = [page("a", MORE), page("b", MORE + "3"), page("c")]
    scene = Scene(batch(TRANSPORT_RULE=(200, pages[0])), *(plain(200, each) for each in [*pages[1:], *pages]))
    observed = scene.exchange.observe(TENANT)[Kind.TRANSPORT_RULE]
    assert observed == Complete(({"Name": "a"}, {"Name": "b"}, {"Name": "c"}))
    first, *others = scene.transport.seen
    assert [received.url for received in others if "skiptoken" in received.url] == [MORE, MORE + "3"] * 2
    for received in others:
        assert json.loads(received.body)["CmdletInput"]["CmdletName"] == "Get-TransportRule"
        assert received.headers["authorization"] == first.headers["authorization"]
        assert received.headers["x-anchormailbox"] == first.headers["x-anchormailbox"]


def test_a_list_that_moves_between_two_pages_is_unread() -> None:
    served = [page("c"), page("b", MORE), page("c")]
    scene = Scene(batch(TRANSPORT_RULE=(200, page("a", MORE))), *(plain(200, each) for each in served))
    assert isinstance(scene.exchange.observe(TENANT)[Kind.TRANSPORT_RULE], Unread)


@pytest.mark.parametrize("status", [400, 401, 403, 429, 503])
def test_an_organisation_that_may_not_be_read_is_unread_beside_the_others(status: int) -> None:
    scene = Scene(batch(ORGANIZATION_CONFIG=(status, NO)))
    observed = scene.exchange.observe(TENANT)
    assert isinstance(observed[Kind.ORGANIZATION_CONFIG], Unread)
    assert {kind: observed[kind] for kind in WHOLE if kind is not Kind.ORGANIZATION_CONFIG} == {
        kind: reading for kind, reading in WHOLE.items() if kind is not Kind.ORGANIZATION_CONFIG
    }
    assert (len(scene.transport.seen), scene.tokens.asked) == (1, [False])


@pytest.mark.parametrize(
    "served",
    [
        plain(400, {"error": {"message": "Expired or Invalid pagination request."}}),
        plain(401),
        plain(403),
        plain(404),
        plain(429),
        plain(503),
        plain(200),
        plain(200, {"value": 1}),
        plain(200, page("endless", MORE)),
        broken(requests.ConnectionError("reset")),
    ],
)
def test_a_list_whose_next_page_does_not_come_is_unread_and_nothing_else_is_concluded(served: Served) -> None:
    scene = Scene(batch(TRANSPORT_RULE=(200, page("a", MORE))), served)
    observed = scene.exchange.observe(TENANT)
    assert isinstance(observed[Kind.TRANSPORT_RULE], Unread)
    assert observed[Kind.ARC_CONFIG] == WHOLE[Kind.ARC_CONFIG]
    assert len(scene.transport.seen) <= 202


@pytest.mark.parametrize("link", ["https://evil.example/more", "http://exchange.test/more", "//evil.example", 5, ["x"]])
def test_a_list_that_goes_on_where_the_token_must_not_go_is_unread(link: object) -> None:
    scene = Scene(batch(OUTBOUND_CONNECTOR=(200, page("x", link))))
    assert isinstance(scene.exchange.observe(TENANT)[Kind.OUTBOUND_CONNECTOR], Unread)
    assert len(scene.transport.seen) == 1


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (400, NO, Rejected),
        (403, {"error": {"details": [{"message": "|A.CmdletAccessDeniedException|no"}]}}, NeedsRole),
        (429, NO, Throttled),
    ],
)
def test_a_read_that_a_person_or_time_must_mend_is_raised(status: int, body: object, error: type[KeeperError]) -> None:
    with pytest.raises(error):
        Scene(batch(ARC_CONFIG=(status, body))).exchange.observe(TENANT)


def test_when_nothing_was_read_the_reason_is_raised() -> None:
    with pytest.raises(Unavailable):
        Scene(plain(503)).exchange.observe(TENANT)


def test_a_connection_that_breaks_is_raised_as_unavailable() -> None:
    with pytest.raises(Unavailable):
        Scene(broken(requests.ConnectionError())).exchange.observe(TENANT)


@pytest.mark.parametrize("status", [401, 403])
def test_after_a_refusal_one_new_token_is_tried(status: int) -> None:
    scene = Scene(plain(status), batch())
    assert scene.exchange.observe(TENANT) == WHOLE
    assert scene.tokens.asked == [False, True]
    assert scene.transport.seen[1].headers["authorization"] == "Bearer token-2"
    assert b"token-1" not in scene.transport.seen[1].body


def test_a_refusal_of_one_part_is_tried_again_with_a_new_token_too() -> None:
    scene = Scene(batch(ARC_CONFIG=(401, NO)), batch())
    assert scene.exchange.observe(TENANT) == WHOLE


@pytest.mark.parametrize(("status", "error"), [(401, NeedsConsent), (403, RolePropagating)])
def test_a_second_refusal_is_final(status: int, error: type[KeeperError]) -> None:
    read, write = Scene(plain(status)), Scene(plain(status))
    with pytest.raises(error):
        read.exchange.observe(TENANT)
    with pytest.raises(error):
        write.exchange.apply(TENANT, ENABLE)
    for scene in (read, write):
        assert scene.tokens.asked == [False, True]
        assert len(scene.transport.seen) == 2


def test_a_missing_role_asks_for_no_new_token() -> None:
    scene = Scene(plain(403, x_ms_diagnostics="2000003"))
    with pytest.raises(NeedsRole):
        scene.exchange.observe(TENANT)
    assert scene.tokens.asked == [False]


def test_without_a_token_nothing_is_sent() -> None:
    scene = Scene(batch())
    scene.tokens.error = TenantGone("gone")
    with pytest.raises(TenantGone):
        scene.exchange.observe(TENANT)
    with pytest.raises(TenantGone):
        scene.exchange.apply(TENANT, ENABLE)
    assert scene.transport.seen == []


def test_where_batches_are_not_served_each_kind_is_asked_for_alone() -> None:
    scene = Scene(single)
    assert scene.exchange.observe(TENANT) == WHOLE
    assert scene.paths == ["$batch", *["InvokeCommand"] * 5, "InvokeCommand?$select=Name,IsDehydrated"]


@pytest.mark.parametrize("status", [400, 405])
def test_other_refusals_of_a_batch_lead_there_too(status: int) -> None:
    assert Scene(plain(status), single).exchange.observe(TENANT) == WHOLE


def test_asked_alone_one_broken_connection_leaves_one_kind_unread() -> None:
    scene = Scene(plain(404), single, broken(requests.ConnectionError()), single)
    observed = scene.exchange.observe(TENANT)
    assert [kind for kind, reading in observed.items() if isinstance(reading, Unread)] == [Kind.OUTBOUND_CONNECTOR]


def test_asked_alone_the_first_lasting_refusal_ends_the_look() -> None:
    scene = Scene(plain(404), plain(429, retry_after="7"))
    with pytest.raises(Throttled) as caught:
        scene.exchange.observe(TENANT)
    assert caught.value.retry_after is not None
    assert len(scene.transport.seen) == 2


def test_a_created_object_is_known_by_its_guid() -> None:
    answer = {"value": [{"Guid": str(GUID), "Name": "r"}], "@adminapi.warnings": ["mind the gap"]}
    scene = Scene(plain(200, answer))
    assert scene.exchange.apply(TENANT, CREATE) == Applied(GUID, ("mind the gap",))
    assert json.loads(scene.transport.seen[0].body)["CmdletInput"]["CmdletName"] == "New-TransportRule"


def test_a_silent_write_succeeds() -> None:
    assert Scene(plain(200, {"value": []})).exchange.apply(TENANT, ENABLE) == Applied()
    assert Scene(plain(204)).exchange.apply(TENANT, ENABLE) == Applied()


@pytest.mark.parametrize(
    ("served", "error"),
    [
        (plain(500), Ambiguous),
        (plain(503), Ambiguous),
        (plain(200, {"unknown": 1}), Ambiguous),
        (plain(503, retry_after="9"), Ambiguous),
        (plain(429), Throttled),
        (plain(404), Conflict),
        (plain(400, NO), Rejected),
        (plain(302, location="https://evil.example/"), Unavailable),
        (plain(302), Unavailable),
        (broken(requests.ConnectionError("reset")), Ambiguous),
        (broken(requests.ReadTimeout()), Ambiguous),
        (broken(requests.ConnectTimeout()), Unavailable),
    ],
)
def test_a_write_that_is_not_confirmed_is_not_sent_again(served: Served, error: type[KeeperError]) -> None:
    scene = Scene(served)
    with pytest.raises(error) as caught:
        scene.exchange.apply(TENANT, ENABLE)
    assert type(caught.value) is error
    assert len(scene.transport.seen) == 1


def test_a_write_that_was_refused_before_its_execution_is_sent_once_more() -> None:
    scene = Scene(plain(401), plain(200, {"value": []}))
    assert scene.exchange.apply(TENANT, ENABLE) == Applied()
    assert scene.tokens.asked == [False, True]


def test_an_inbound_connector_that_microsoft_left_disabled_is_blocked() -> None:
    answer = {"value": [{"Guid": str(GUID), "Enabled": False}], "@adminapi.warnings": []}
    step = Step(Verb.CREATE, Kind.INBOUND_CONNECTOR, "c", "", {"Enabled": True})
    with pytest.raises(Blocked, match="support case"):
        Scene(plain(200, answer)).exchange.apply(TENANT, step)


def test_a_step_that_no_cmdlet_does_sends_nothing() -> None:
    scene = Scene(plain(200, {"value": []}))
    with pytest.raises(Rejected):
        scene.exchange.apply(TENANT, Step(Verb.CREATE, Kind.ARC_CONFIG, "Default"))
    assert scene.transport.seen == []


def test_a_redirect_is_followed_with_the_same_body_and_token() -> None:
    scene = Scene(plain(307, location="https://eurprd01.exchange.test:446/adminapi/x"), plain(200, {"value": []}))
    scene.exchange.apply(TENANT, ENABLE)
    first, second = scene.transport.seen
    assert second.url == "https://eurprd01.exchange.test/adminapi/x"
    assert (second.method, second.body) == ("POST", first.body)
    assert second.headers["authorization"] == "Bearer token-1"
    assert second.headers["client-request-id"] == first.headers["client-request-id"]


def test_redirects_end() -> None:
    scene = Scene(plain(302, location="/again"))
    with pytest.raises(Unavailable, match="without end"):
        scene.exchange.apply(TENANT, ENABLE)
    assert len(scene.transport.seen) == 4


def test_a_netrc_file_does_not_take_the_place_of_the_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login somebody password something\n")
    monkeypatch.setenv("NETRC", str(netrc))
    scene = Scene(batch())
    scene.exchange.observe(TENANT)
    assert scene.transport.seen[0].headers["authorization"] == "Bearer token-1"


def test_a_token_that_is_no_header_is_an_error_that_does_not_quote_it() -> None:
    scene = Scene(batch())
    scene.tokens.prefix = "canary\n"
    with pytest.raises(Unavailable) as caught:
        scene.exchange.observe(TENANT)
    assert "canary" not in "".join(traceback.format_exception(caught.value))
    assert scene.transport.seen == []


def test_records_carry_names_and_numbers_and_neither_parameters_nor_tokens(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    scene = Scene(plain(200, {"value": []}), broken(requests.ReadTimeout()))
    scene.exchange.apply(TENANT, CREATE)
    with pytest.raises(Ambiguous):
        scene.exchange.apply(TENANT, CREATE)
    first, second = [record for record in caplog.records if record.name == "keeper.exchange"]
    facts = vars(first)
    assert facts["cmdlets"] == "New-TransportRule"
    assert (facts["status"], vars(second)["status"]) == (200, None)
    assert facts["tenant_id"] == str(TENANT_ID)
    assert facts["client_request_id"] == str(UUID(int=1))
    assert facts["duration_ms"] >= 0
    shown = "".join(str(vars(record)) for record in caplog.records)
    assert CANARY not in shown
    assert "token-" not in shown
