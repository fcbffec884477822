"""The twin as a process, over real HTTPS, with the libraries that the product uses."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

import jwt
import msal  # type: ignore[import-untyped]
import pytest
import requests

from local.twin.control import TwinControl, TwinError
from shared.adapters.credentials import ClientSecret
from shared.adapters.exchange_calls import Call
from shared.adapters.exchange_protocol import Sender, encode
from shared.adapters.sessions import Sessions
from shared.adapters.tokens import Registration, Tokens
from shared.adapters.transport import Limits, Transport
from shared.domain.errors import Ambiguous, Unavailable
from shared.domain.values import Secret
from tests.twin.desk import DOMAIN, TENANT_ID, bearer, calling

CLIENT = "11111111-2222-4333-8444-555555555555"
REPOSITORY = Path(__file__).parents[2]


@dataclass
class Running:
    """A twin that runs, and where it is."""

    process: subprocess.Popen[str]
    urls: dict[str, str]


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    command = [sys.executable, "-m", "local", "twin", "--port", "0", "--state-dir", str(tmp_path / "state")]
    process = subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield Running(process, json.loads(process.stdout.readline()))
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def session(running: Running) -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.verify = running.urls["ca_file"]
        session.trust_env = False
        yield session


def test_the_product_s_libraries_reach_it_and_a_signal_ends_it(running: Running, session: requests.Session) -> None:
    root = running.urls["exchange_url"]
    assert running.urls["login_url"] == root
    assert Path(running.urls["ca_file"]).is_absolute()
    control = TwinControl(running.urls["control_url"], running.urls["ca_file"])
    control.create_tenant(TENANT_ID, DOMAIN, seed=1)

    application = msal.ConfidentialClientApplication(
        CLIENT,
        client_credential="any",
        authority=f"{root}/{TENANT_ID}",
        http_client=session,
        instance_discovery=False,
    )
    found = application.acquire_token_for_client([f"{root}/.default"])
    assert found["token_type"] == "Bearer"
    url = f"{root}/adminapi/beta/{TENANT_ID}/InvokeCommand"
    listed = session.post(url, json=calling("Get-TransportRule"), headers=bearer(found["access_token"]), timeout=10)
    assert [row["Priority"] for row in listed.json()["value"]] == list(range(40))

    graph = application.acquire_token_for_client([f"{running.urls['graph_url']}/.default"])["access_token"]
    organisation = f"{running.urls['graph_url']}/v1.0/organization"
    shown = [session.get(organisation, headers=bearer(t), timeout=10) for t in (graph, found["access_token"])]
    assert ([each.status_code for each in shown], shown[0].json()["value"][0]["id"]) == ([200, 401], TENANT_ID)

    control.turn(TENANT_ID, role="none")
    denied = session.post(
        url, json=calling("Get-ArcConfig"), headers=bearer(found["access_token"]), timeout=10, stream=True
    )
    assert (denied.status_code, denied.headers["Content-Encoding"]) == (403, "gzip")
    assert not denied.raw.read(decode_content=False).strip(b"\x00")

    control.fault(TENANT_ID, cmdlet="Get-ArcConfig", status=503)
    control.clear_faults(TENANT_ID)
    control.administrator(TENANT_ID, "Remove-InboundConnector", {"Identity": "Partner with TLS"})
    assert len(control.state(TENANT_ID)["inbound_connectors"]) == 2
    assert control.history(TENANT_ID)[-1]["cmdlet"] == "Remove-InboundConnector"
    with pytest.raises(TwinError, match="there is no switch"):
        control.turn(TENANT_ID, bogus=True)

    control.create_tenant(
        "6f1d3c5a-0000-4000-8000-000000000002", "b.example", seed=1, domains={"c.example": "InternalRelay"}
    )
    control.register(CLIENT, secret="another")
    application.remove_tokens_for_client()
    assert application.acquire_token_for_client([f"{root}/.default"])["error_codes"] == [7000215]

    # Both sessions hold their connections open.
    started = time.monotonic()
    running.process.send_signal(signal.SIGTERM)
    rest, _ = running.process.communicate(timeout=10)
    assert (running.process.returncode, rest) == (0, "")
    assert time.monotonic() - started < 5


def test_answers_that_break_off_drip_or_never_end_are_cut_by_the_product_s_own_limits(
    running: Running, session: requests.Session
) -> None:
    root = running.urls["exchange_url"]
    control = TwinControl(running.urls["control_url"], running.urls["ca_file"])
    control.create_tenant(TENANT_ID, DOMAIN, seed=1)
    sessions = Sessions(lambda: session)
    tokens = Tokens(Registration(CLIENT, ClientSecret(Secret("any")), root), root, sessions)
    sender = Sender(root, UUID(TENANT_ID), uuid4(), Secret(tokens.token(UUID(TENANT_ID))))
    limits = Limits(read=2.0, write=2.0, size=1_000_000)
    transport = Transport(root, sessions, limits)
    write = encode(Call("Set-ArcConfig", {"Identity": "Default", "ArcTrustedSealers": ("a.example",)}), sender)
    for delivery in ("reset", "drip", "flood"):
        control.fault(TENANT_ID, "Set-ArcConfig", delivery=delivery, applied=True)
        started = time.monotonic()
        with pytest.raises(Ambiguous):
            transport.send(write, transport.deadline(is_read=False))
        assert time.monotonic() - started < 4
    assert [(entry["delivery"], entry["committed"]) for entry in control.history(TENANT_ID)] == [
        ("reset", True),
        ("drip", True),
        ("flood", True),
    ]
    control.fault(TENANT_ID, "Set-ArcConfig", status=302, headers={"Location": "https://elsewhere.example/"})
    with pytest.raises(Unavailable, match="must not go"):
        transport.send(write, transport.deadline(is_read=False))
    control.advance(3601)
    assert transport.send(write, transport.deadline(is_read=False)).status == 401


def test_an_operator_s_token_is_checked_by_the_keys_that_are_fetched(
    running: Running, session: requests.Session
) -> None:
    root = running.urls["login_url"]
    control = TwinControl(running.urls["control_url"], running.urls["ca_file"])
    directory = str(uuid4())
    old = jwt.get_unverified_header(control.operator_token(directory, "api://keeper"))["kid"]
    new = control.rotate_keys()
    url = f"{root}/{directory}/discovery/v2.0/keys"
    shown = jwt.PyJWKSet.from_dict(session.get(url, timeout=10).json())
    assert {key.key_id for key in shown.keys} == {old, new}
    signed = control.operator_token(directory, "api://keeper", ["Keeper.Read"], name="Ada")
    claims = jwt.decode(signed, shown[new], algorithms=["RS256"], audience="api://keeper")
    assert (claims["tid"], claims["roles"], claims["name"]) == (directory, ["Keeper.Read"], "Ada")
    last = control.rotate_keys(withdraw=True)
    assert [key["kid"] for key in session.get(url, timeout=10).json()["keys"]] == [last]


def test_a_browser_is_sent_back_from_the_page_of_consent_or_sees_why_not(
    running: Running, session: requests.Session
) -> None:
    root = running.urls["login_url"]
    control = TwinControl(running.urls["control_url"], running.urls["ca_file"])
    control.create_tenant(TENANT_ID, DOMAIN, seed=1)
    asked = {"client_id": CLIENT, "scope": f"{root}/.default", "redirect_uri": "https://keeper.example/", "state": "é"}
    page = f"{root}/{TENANT_ID}/v2.0/adminconsent"
    answered = session.get(page, params=asked, allow_redirects=False, timeout=10)
    assert (answered.status_code, answered.headers["Location"].endswith("&state=%C3%A9")) == (302, True)
    refused = session.get(page, timeout=10)
    assert (refused.status_code, "AADSTS900144" in refused.text) == (400, True)
