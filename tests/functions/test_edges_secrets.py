"""No secret is said: not in a log, an error, a row, a message or an answer, whatever fails at whichever call."""

import logging
import traceback
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from functions import keeping, shell
from shared.adapters.credentials import read_certificate
from shared.adapters.queues import Queues
from shared.adapters.settings import from_environment
from shared.adapters.settings_table import SETTINGS
from shared.adapters.storage_account import StorageAccount
from shared.adapters.tenants import Tenants
from shared.application.commands import Order, command
from shared.domain.errors import InvalidSettings, KeeperError, Unavailable, VendorCredential
from shared.domain.messages import Delivery, Queue
from shared.domain.tenants import Stage
from tests.crashes import Crash, Fuse, fused
from tests.fakes import TENANT_ID, new_message
from tests.functions.canaries import (
    ACCOUNT_KEY,
    CANARIES,
    FAULTS,
    OPERATOR_KEY,
    SECRET_CREDENTIAL,
    TOKEN,
    Echo,
    Sinks,
    disguises,
    everything_logged,
    found_in,
    gone_astray,
    new_watched_site,
    stored,
)
from tests.functions.site import Site, environment

MOST_CALLS = 400


def _order(site: Site, name: str) -> None:
    shell.deliver(command(Order(name, "jane"), TENANT_ID, site.world, site.policy).deliveries)


def _active(site: Site) -> None:
    site.sign_up()
    site.work()
    _order(site, "activate")
    site.work()
    assert site.scene.record().stage is Stage.ACTIVE


def _damaged(site: Site) -> None:
    _active(site)
    site.clock.advance(hours=3)
    site.scene.administrator("Disable-TransportRule", Identity="MailMarshal Cloud Integrated Redirect")
    site.scene.administrator("Set-InboundConnector", Identity="From MailMarshal Cloud Integrated", Enabled=False)
    words = ["5ec7e700-0000-4000-8000-000000000000"]
    name = "MailMarshal Cloud Integrated Loop Check"
    site.scene.administrator("Set-TransportRule", Identity=name, HeaderContainsWords=words)


def _staged(site: Site) -> None:
    site.sign_up()
    site.work()


PARTS: dict[str, tuple[Callable[[Site], object], Callable[[Site], object]]] = {
    "provision": (lambda _: None, lambda site: site.sign_up()),
    "activate": (_staged, lambda site: _order(site, "activate")),
    "repair": (_damaged, lambda site: site.later(hours=2)),
    "offboard": (_active, lambda site: _order(site, "offboard")),
}


def run(site: Site, part: str, broken: Callable[[], object], sinks: Sinks) -> None:
    """Do one part of a life with something broken from its begin on; what is raised and answered counts as said."""
    begin, ask = PARTS[part]
    begin(site)
    broken()
    try:
        answer = ask(site)
        sinks.said.append(repr(answer))
        site.work()
    except (Crash, KeeperError) as error:
        # What the functions let through goes to the host, which writes it down with its traceback.
        sinks.said.append("".join(traceback.format_exception(error)))
    site.queues.waiting.sort(key=lambda pair: pair[0])
    for queue, text in site.queues.parked:
        keeping.keep(queue, "id", text.encode())
    sinks.said += stored(site)


def swept(
    part: str, strike: Callable[[Site, Echo, int], Callable[[], bool]], patch: pytest.MonkeyPatch
) -> Iterator[int]:
    """The same part again and again, with the fault one call later each time, until it comes too late."""
    for at in range(1, MOST_CALLS):
        with everything_logged() as sinks:
            site, echo = new_watched_site(patch)
            has_struck: list[Callable[[], bool]] = []
            run(site, part, lambda: has_struck.append(strike(site, echo, at)), sinks)  # noqa: B023 - run at once
        assert sinks.leaks() == [], f"at call {at}"
        assert gone_astray(site.scene.seen) == [], f"at call {at}"
        if not has_struck[0]():
            return
        yield at
    raise AssertionError("it takes too many calls")


@pytest.mark.parametrize("kind", FAULTS)
@pytest.mark.parametrize("part", PARTS)
def test_p25_whatever_microsoft_answers_at_any_call_no_secret_is_said(
    part: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def strike(_: Site, echo: Echo, at: int) -> Callable[[], bool]:
        echo.kind, echo.at = kind, echo.count + at
        return lambda: echo.has_struck

    assert len(list(swept(part, strike, monkeypatch))) >= 3


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("part", PARTS)
def test_p25_whatever_fails_of_ours_at_any_call_no_secret_is_said(
    part: str,
    after: bool,  # noqa: FBT001 - a case
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Failing(Fuse):
        def run(self, call: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever the port gives
            try:
                return super().run(call)
            except Crash:
                raise (Unavailable if self.at % 2 else VendorCredential)("storage: no answer") from None

    def strike(site: Site, _: Echo, at: int) -> Callable[[], bool]:
        fuse = Failing(at, after=after)
        site.start(fused(site.world, fuse))
        return lambda: fuse.has_burnt

    assert len(list(swept(part, strike, monkeypatch))) >= 10


@pytest.mark.parametrize("kind", FAULTS)
def test_p25_a_password_is_kept_as_well_as_an_assertion(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for at in range(1, 4):
        with everything_logged() as sinks:
            site, echo = new_watched_site(monkeypatch, SECRET_CREDENTIAL)
            echo.kind, echo.at = kind, at
            run(site, "provision", lambda: None, sinks)
        assert sinks.leaks() == []
        assert gone_astray(site.scene.seen) == []


def test_p25_the_settings_and_the_application_do_not_show_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    site, _ = new_watched_site(monkeypatch)
    shown = repr(site.settings) + str(site.settings)
    assert found_in(shown) == []
    with everything_logged() as sinks:
        logging.getLogger("keeper.test").error("%s", site.settings, extra={"settings": site.settings, "raw": TOKEN})
    assert {name for name, _ in sinks.leaks()} <= {"access token"}, "what is logged as a bare word cannot be known"


def test_p25_storage_that_is_away_is_reported_without_its_key() -> None:
    endpoints = "TableEndpoint=http://127.0.0.1:9/t;QueueEndpoint=http://127.0.0.1:9/q"
    text = f"AccountName=canary;AccountKey={ACCOUNT_KEY};{endpoints}"
    with everything_logged() as sinks:
        account = StorageAccount.from_connection_string(text)
        for call in (
            lambda: Tenants(account).get(TENANT_ID),
            lambda: Queues(account).send(Delivery(Queue.VERIFY, new_message())),
        ):
            with pytest.raises(Unavailable) as caught:
                call()
            sinks.said.append("".join(traceback.format_exception(caught.value)))
    assert len(sinks.said) > 2
    assert sinks.leaks() == []


SECRETS = [setting.name for setting in SETTINGS if setting.is_secret and setting.name.startswith("KEEPER_")]


@pytest.mark.parametrize("name", [*SECRETS, "KEEPER_CLIENT_ID", "KEEPER_REGIONS"])
def test_p25_a_reference_that_was_not_resolved_is_refused_by_its_name(name: str) -> None:
    reference = "@Microsoft.KeyVault(SecretUri=https://kanarie.vault.azure.net/secrets/keeper)"
    with pytest.raises(InvalidSettings, match=f"^{name}: .*Key Vault") as caught:
        from_environment({**environment(), name: reference})
    assert "kanarie" not in str(caught.value)


@pytest.mark.parametrize("name", SECRETS)
def test_p25_a_secret_that_is_wrong_is_refused_without_being_quoted(name: str) -> None:
    for canary in (*CANARIES.values(), "whsec_kanarie", "-----BEGIN PRIVATE KEY-----kanarie"):
        values = {**environment(), name: canary, "KEEPER_LOGIN_URL": "https://login.microsoftonline.com"}
        with pytest.raises(InvalidSettings) as caught:
            from_environment(values)
        assert canary not in "".join(traceback.format_exception(caught.value, chain=True))
        assert found_in(str(caught.value)) == []


def test_p25_a_certificate_that_cannot_be_read_is_not_quoted() -> None:
    with pytest.raises(InvalidSettings) as caught:
        read_certificate(f"-----BEGIN-{OPERATOR_KEY}"[6:])
    assert found_in("".join(traceback.format_exception(caught.value, chain=True))) == []


def test_p25_the_search_finds_what_it_is_for() -> None:
    for name, canary in CANARIES.items():
        for text in (f"a {canary} b", f"a {canary.upper()} b", *(f"x{form}y" for form in disguises(canary))):
            assert name in found_in(text)
    assert found_in("nothing of the kind") == []
    sinks = Sinks([f"Bearer {TOKEN}"])
    assert [name for name, _ in sinks.leaks()] == ["access token"]
    assert replace(sinks, said=[]).leaks() == []
