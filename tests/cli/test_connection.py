"""Where the API is and who asks: a key goes nowhere but there."""

import sys
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from cli.answers import Whoami
from cli.api import Api
from cli.connection import connection
from cli.errors import CommandError, NoCredential, Refused, StrangeAnswer, Usage
from cli.sessions import Sessions
from tests.cli.keeper import Keeper
from tests.in_process import Received, Sent, TwinTransport, session_over

TOKEN = {"KEEPER_TOKEN": "a.b.c"}


@pytest.mark.parametrize(
    ("environment", "header"),
    [
        ({"KEEPER_OPERATOR_KEY": "k"}, ("x-functions-key", "k")),
        ({"KEEPER_TOKEN": " a.b.c\n"}, ("Authorization", "Bearer a.b.c")),
        ({"KEEPER_OPERATOR_KEY": "k", "KEEPER_TOKEN": "t"}, ("x-functions-key", "k")),
    ],
)
def test_the_environment_says_who_asks(environment: dict[str, str], header: tuple[str, str]) -> None:
    found = connection(environment)
    assert (found.url, found.header()) == ("http://127.0.0.1:7071", header)


def test_without_a_credential_nobody_is_asked(keeper: Keeper) -> None:
    keeper.environment["KEEPER_TOKEN"] = ""
    ran = keeper("status")
    assert ran.code == 1
    assert ran.err.startswith(
        "error no_credential: none of KEEPER_OPERATOR_KEY, KEEPER_TOKEN and KEEPER_AUDIENCE is set"
    )
    assert keeper.asked == []


@pytest.mark.parametrize("url", ["http://keeper.example", "http://10.0.0.1:7071", "http://127.0.0.1.evil.example"])
def test_a_key_goes_over_https_alone_except_on_this_machine(url: str) -> None:
    with pytest.raises(NoCredential):
        connection({"KEEPER_URL": url, **TOKEN})


@pytest.mark.parametrize("url", ["http://localhost:1", "http://[::1]:7071", "https://keeper.example/", ""])
def test_this_machine_and_https_are_asked(url: str) -> None:
    assert not connection({"KEEPER_URL": url, **TOKEN}).url.endswith("/")


@pytest.mark.parametrize("url", ["keeper", "ftp://x", "https://", "https://u:p@x", "https://x?y", "https://x:y", "//x"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(Usage):
        connection({"KEEPER_URL": url, **TOKEN})


@given(st.text(max_size=40), st.text(max_size=20))
def test_any_environment_is_a_connection_or_a_declared_error(url: str, token: str) -> None:
    try:
        found = connection({"KEEPER_URL": url, "KEEPER_TOKEN": token})
    except CommandError:
        return
    assert token.strip() not in repr(found) or token.strip() in found.url


def test_azure_identity_is_asked_for_a_token_of_the_audience(monkeypatch: pytest.MonkeyPatch) -> None:
    import azure.identity  # noqa: PLC0415 - as the program itself does

    class Credential:
        def get_token(self, scope: str) -> Any:  # noqa: ANN401 - as it is there
            return type("Token", (), {"token": f"for {scope}"})

    monkeypatch.setattr(azure.identity, "DefaultAzureCredential", Credential)
    assert connection({"KEEPER_AUDIENCE": "api://keeper"}).header() == (
        "Authorization",
        "Bearer for api://keeper/.default",
    )


def test_without_azure_identity_an_audience_is_no_credential(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "azure.identity", None)
    with pytest.raises(NoCredential):
        connection({"KEEPER_AUDIENCE": "api://keeper"})


def asked(answers: list[Sent], waited: list[float] | None = None) -> tuple[Api, TwinTransport]:
    """An API that gives these answers in their order."""
    left = iter(answers)

    def handle(_: Received) -> Sent:
        return next(left)

    transport = TwinTransport(handle)
    sleeps = waited if waited is not None else []
    return Api(connection(TOKEN), Sessions(lambda: session_over(transport)), sleeps.append), transport


WELL: Sent = (200, {}, b'{"name":"ann","roles":[]}')


def test_a_netrc_takes_no_part_in_who_asks(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:  # noqa: ANN401
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login mallory password x\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    api, transport = asked([WELL])
    api.get(Whoami, "/api/whoami")
    assert transport.seen[0].headers["authorization"] == "Bearer a.b.c"


def test_a_redirect_is_not_followed_with_the_key() -> None:
    api, transport = asked([(302, {"location": "https://evil.example/"}, b"")])
    with pytest.raises(StrangeAnswer):
        api.get(Whoami, "/api/whoami")
    assert len(transport.seen) == 1


def test_a_question_waits_as_long_as_it_is_asked_to_and_no_longer_than_bearable() -> None:
    busy = b'{"code":"throttled","detail":"too many"}'
    waited: list[float] = []
    api, _ = asked(
        [(503, {"Retry-After": "7"}, busy), (503, {"Retry-After": "9999"}, busy), (503, {}, busy), WELL], waited
    )
    assert api.get(Whoami, "/api/whoami").name == "ann"
    assert waited == [7.0, 30.0, 1.0]
    api, _ = asked([(503, {"Retry-After": "1"}, busy)] * 4)
    with pytest.raises(Refused) as refused:
        api.get(Whoami, "/api/whoami")
    assert refused.value.code == "throttled"


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"code":7}', b"\xff"])
@pytest.mark.parametrize("status", [200, 404, 500])
def test_an_answer_of_another_form_is_one_declared_error(status: int, body: bytes) -> None:
    api, _ = asked([(status, {}, body)])
    with pytest.raises(StrangeAnswer):
        api.get(Whoami, "/api/whoami")


def test_a_page_that_leads_to_itself_does_not_go_on_for_ever() -> None:
    page: Sent = (200, {}, b'{"tenants":[],"cursor":"same"}')
    api, transport = asked([page] * 9)
    with pytest.raises(StrangeAnswer):
        list(api.tenants())
    assert len(transport.seen) == 2


def test_a_refusal_gives_a_terminal_no_orders() -> None:
    api, _ = asked([(409, {}, b'{"code":"x\\u001b[31m","detail":"\\u001b]0;x\\u0007' + b"y" * 5000 + b'"}')])
    with pytest.raises(Refused) as refused:
        api.get(Whoami, "/api/whoami")
    assert "\x1b" not in refused.value.code + str(refused.value)
    assert len(str(refused.value)) < 1000


def test_a_broken_connection_names_no_credential() -> None:
    def broken(_: Received) -> Sent:
        raise requests.ConnectionError("Bearer a.b.c")

    api = Api(connection(TOKEN), Sessions(lambda: session_over(TwinTransport(broken))), lambda _: None)
    with pytest.raises(CommandError) as error:
        api.get(Whoami, "/api/whoami")
    assert "a.b.c" not in str(error.value)
