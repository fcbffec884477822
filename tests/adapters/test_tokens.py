"""Tokens by way of msal, against an Entra inside the process."""

import json
import logging
import threading
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs
from uuid import UUID

import azure.identity
import jwt
import pytest
import requests
import trustme
from azure.core.exceptions import ClientAuthenticationError, ServiceRequestError
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12

from shared.adapters.credentials import (
    IDENTITY_LIMITS,
    Certificate,
    ClientSecret,
    Credential,
    ManagedIdentity,
    read_certificate,
)
from shared.adapters.sessions import Sessions
from shared.adapters.tokens import Registration, Tokens
from shared.domain.errors import (
    InvalidSettings,
    KeeperError,
    NeedsConsent,
    NeedsHuman,
    NeedsPermission,
    TenantGone,
    Throttled,
    TransientError,
    Unavailable,
    VendorCredential,
)
from shared.domain.values import Secret
from tests.in_process import Received, Sent, TwinTransport, session_over

CLIENT_ID = "11111111-2222-4333-8444-555555555555"
TENANT, OTHER, THIRD = (UUID(int=number) for number in (1, 2, 3))
PASSWORD = "canary-password"
Damage = Callable[[bytes], bytes]


@dataclass
class Entra:
    """Answers every request for a token: with a numbered one, or with what it was told to say."""

    says: Sent | None = None
    breaks: Exception | None = None
    extra: Mapping[str, object] = field(default_factory=dict)
    asked: list[Received] = field(default_factory=list)

    def handle(self, received: Received) -> Sent:
        self.asked.append(received)
        if self.breaks is not None:
            raise self.breaks
        if self.says is not None:
            return self.says
        token = {"token_type": "Bearer", "expires_in": 3599, "access_token": f"token-{len(self.asked)}", **self.extra}
        return 200, {}, json.dumps(token).encode()

    @property
    def form(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.asked[-1].body.decode()).items()}


def refusal(*codes: int, status: int = 400, error: str = "invalid_request", text: str = "") -> Sent:
    document = {"error": error, "error_description": text or "canary-description", "error_codes": list(codes)}
    return status, {}, json.dumps(document).encode()


def tokens_of(entra: Entra, credential: Credential | None = None, capacity: int = 10) -> Tokens:
    registration = Registration(CLIENT_ID, credential or ClientSecret(Secret(PASSWORD)), "https://login.test/")
    sessions = Sessions(lambda: session_over(TwinTransport(entra.handle)))
    return Tokens(registration, "https://outlook.test/", sessions, capacity)


def failure(entra: Entra, credential: Credential | None = None) -> KeeperError:
    with pytest.raises(KeeperError) as caught:
        tokens_of(entra, credential).token(TENANT)
    return caught.value


def test_a_token_is_asked_for_in_the_customers_tenant() -> None:
    entra = Entra()
    assert tokens_of(entra).token(TENANT) == "token-1"
    assert [received.url for received in entra.asked] == [f"https://login.test/{TENANT}/oauth2/v2.0/token"]
    assert entra.form["client_id"] == CLIENT_ID
    assert entra.form["scope"] == "https://outlook.test/.default"
    assert entra.form["grant_type"] == "client_credentials"
    assert entra.form["client_secret"] == PASSWORD


def test_a_token_is_kept_until_a_fresh_one_is_wanted() -> None:
    tokens = tokens_of(Entra())
    assert [tokens.token(TENANT) for _ in range(3)] == ["token-1"] * 3
    assert tokens.token(TENANT, fresh=True) == "token-2"
    assert tokens.token(TENANT) == "token-2"


def test_tenants_do_not_share_tokens() -> None:
    tokens = tokens_of(Entra())
    assert [tokens.token(tenant) for tenant in (TENANT, OTHER, TENANT, OTHER)] == [
        "token-1",
        "token-2",
        "token-1",
        "token-2",
    ]


def test_only_the_tenants_that_were_used_last_are_kept() -> None:
    entra = Entra()
    tokens = tokens_of(entra, capacity=2)
    for tenant in (TENANT, OTHER, TENANT, THIRD, TENANT):
        tokens.token(tenant)
    assert len(entra.asked) == 3
    tokens.token(OTHER)
    assert len(entra.asked) == 4


def test_many_threads_may_ask_at_once() -> None:
    tokens, found = tokens_of(Entra(), capacity=3), set[str]()
    threads = [
        threading.Thread(target=lambda n=number: found.add(tokens.token(UUID(int=n % 5 + 1), fresh=n % 2 == 0)))
        for number in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found
    assert all(token.startswith("token-") for token in found)


@pytest.mark.parametrize(
    ("codes", "error"),
    [
        ((650051,), Unavailable),
        ((7000229,), NeedsConsent),
        ((700016,), NeedsConsent),
        ((65001,), NeedsConsent),
        ((500011,), TenantGone),
        ((5000224,), TenantGone),
        ((90002,), TenantGone),
        ((53003,), NeedsHuman),
        ((530031,), NeedsHuman),
        ((700027,), VendorCredential),
        ((7000215,), VendorCredential),
        ((7000222,), VendorCredential),
        ((700213,), VendorCredential),
        ((90033,), Unavailable),
        ((50196,), Throttled),
        ((1234567, 65001), NeedsConsent),
        ((1234567,), NeedsHuman),
    ],
)
def test_each_code_has_its_meaning(codes: tuple[int, ...], error: type[KeeperError]) -> None:
    found = failure(Entra(refusal(*codes)))
    assert type(found) is error
    assert f"AADSTS{codes[0]}" in str(found)
    assert "canary" not in str(found)


@pytest.mark.parametrize(
    ("says", "error"),
    [
        (refusal(text="AADSTS90002: Tenant 'x' not found."), TenantGone),
        (refusal(error="invalid_client", status=401), VendorCredential),
        (refusal(error="unauthorized_client"), NeedsConsent),
        (refusal(error="temporarily_unavailable"), Unavailable),
        (refusal(error="something new"), NeedsHuman),
        ((200, {}, b'{"access_token":""}'), Unavailable),
        ((200, {}, b'{"access_token":"a\\nb"}'), Unavailable),
        ((200, {}, b"<html>canary</html>"), Unavailable),
        ((200, {}, b"[]"), Unavailable),
        ((200, {}, b""), Unavailable),
        ((302, {"Location": "https://evil.test/"}, b""), Unavailable),
        ((400, {}, b"canary"), Unavailable),
        ((500, {}, b'{"error":"canary"}'), Unavailable),
        ((503, {"Retry-After": "7"}, b""), Unavailable),
        ((429, {"Retry-After": "7"}, b"{}"), Throttled),
    ],
)
def test_without_a_code_the_rest_decides(says: Sent, error: type[KeeperError]) -> None:
    entra = Entra(says)
    found = failure(entra)
    assert type(found) is error
    assert "canary" not in str(found)
    assert len(entra.asked) == 1
    if "Retry-After" in says[1]:
        assert isinstance(found, TransientError)
        assert found.retry_after == timedelta(seconds=7)


@pytest.mark.parametrize(
    "breaks", [requests.ConnectionError("canary"), requests.Timeout(), requests.exceptions.SSLError()]
)
def test_a_connection_that_breaks_is_unavailable(breaks: Exception) -> None:
    found = failure(Entra(breaks=breaks))
    assert type(found) is Unavailable
    assert "canary" not in str(found)


def test_consent_counts_as_soon_as_it_is_given() -> None:
    entra = Entra(refusal(65001))
    tokens = tokens_of(entra)
    with pytest.raises(NeedsConsent):
        tokens.token(TENANT)
    entra.says = None
    assert tokens.token(TENANT) == "token-2"


def test_an_ageing_token_still_serves_while_entra_is_away() -> None:
    entra = Entra(extra={"refresh_in": -10})
    tokens = tokens_of(entra)
    tokens.token(TENANT)
    entra.says = (503, {}, b"")
    assert tokens.token(TENANT) == "token-1"
    assert len(entra.asked) == 2


@pytest.fixture(scope="module")
def pem() -> str:
    return pem_of(trustme.KeyType.RSA)


def pem_of(key_type: trustme.KeyType) -> str:
    ca = trustme.CA(key_type=key_type)
    return ca.private_key_pem.bytes().decode() + ca.cert_pem.bytes().decode()


def test_a_certificate_signs_an_assertion(pem: str, tmp_path: Path) -> None:
    path = tmp_path / "certificate.pem"
    path.write_text(pem)
    assert read_certificate(str(path)) == read_certificate(pem)
    entra = Entra()
    tokens_of(entra, read_certificate(pem)).token(TENANT)
    header = jwt.get_unverified_header(entra.form["client_assertion"])
    claims = jwt.decode(entra.form["client_assertion"], options={"verify_signature": False})
    assert header["alg"] == "PS256"
    assert (claims["iss"], claims["aud"]) == (CLIENT_ID, f"https://login.test/{TENANT}/oauth2/v2.0/token")
    assert "client_secret" not in entra.form


@pytest.mark.parametrize("text", ["no such file", "-----BEGIN CERTIFICATE-----", "\0", ""])
def test_a_certificate_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(InvalidSettings):
        read_certificate(text)


def pkcs12_of(pem: str, password: bytes | None = None) -> bytes:
    key = serialization.load_pem_private_key(pem.encode(), None)
    certificate = x509.load_pem_x509_certificate(pem[pem.index("-----BEGIN CERTIFICATE") :].encode())
    hidden = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    assert isinstance(key, rsa.RSAPrivateKey)
    return pkcs12.serialize_key_and_certificates(b"keeper", key, certificate, None, hidden)


def test_a_certificate_may_come_as_pkcs12_in_a_file_or_as_key_vault_gives_it(pem: str, tmp_path: Path) -> None:
    path = tmp_path / "certificate.pfx"
    path.write_bytes(pkcs12_of(pem))
    found = read_certificate(str(path))
    assert read_certificate(b64encode(pkcs12_of(pem)).decode()) == found
    assert found.public.split() == read_certificate(pem).public.split()
    entra = Entra()
    tokens_of(entra, found).token(TENANT)
    assert jwt.get_unverified_header(entra.form["client_assertion"])["alg"] == "PS256"


@pytest.mark.parametrize("damage", [lambda b: b[:-9], lambda b: b[:40], lambda _: b"MII"])
def test_pkcs12_that_is_none_or_has_a_password_is_refused(pem: str, tmp_path: Path, damage: Damage) -> None:
    path = tmp_path / "certificate.pfx"
    for content in (damage(pkcs12_of(pem)), pkcs12_of(pem, b"secret")):
        path.write_bytes(content)
        with pytest.raises(InvalidSettings):
            read_certificate(str(path))
        with pytest.raises(InvalidSettings):
            read_certificate(b64encode(content).decode())


def test_a_token_that_lacks_the_permission_is_not_used_and_not_kept() -> None:
    claims = {"tid": str(TENANT), "aud": "https://outlook.test", "roles": []}
    entra = Entra(extra={"access_token": jwt.encode(claims, "k" * 32, algorithm="HS256")})
    tokens = tokens_of(entra)
    with pytest.raises(NeedsPermission, match=r"Exchange\.ManageAsApp"):
        tokens.token(TENANT)
    entra.extra = {}
    assert tokens.token(TENANT) == "token-2"


def test_a_key_that_cannot_sign_is_the_vendors_concern(pem: str) -> None:
    good = read_certificate(pem)
    broken = good.private_key.reveal.replace("A", "B")
    for certificate in (
        read_certificate(pem_of(trustme.KeyType.ECDSA)),
        Certificate(Secret(broken), good.public),
        Certificate(good.private_key, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"),
    ):
        entra = Entra()
        found = failure(entra, certificate)
        assert type(found) is VendorCredential
        assert broken not in str(found)
        assert entra.asked == []


class Machine:
    """Stands in for azure-identity's managed identity."""

    made: int = 0
    error: Exception | None = None

    def __init__(self, *, client_id: str, **limits: int) -> None:
        assert client_id == "the-identity"
        assert limits == IDENTITY_LIMITS
        Machine.made += 1

    def get_token(self, scope: str) -> object:
        assert scope == "api://AzureADTokenExchange/.default"
        if Machine.error is not None:
            raise Machine.error
        return type("AccessToken", (), {"token": "an-assertion"})


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> type[Machine]:
    monkeypatch.setattr(azure.identity, "ManagedIdentityCredential", Machine)
    Machine.made, Machine.error = 0, None
    return Machine


def test_the_machines_identity_is_exchanged_for_a_token(machine: type[Machine]) -> None:
    entra = Entra()
    tokens = tokens_of(entra, ManagedIdentity("the-identity"))
    tokens.token(TENANT)
    tokens.token(OTHER)
    assert entra.form["client_assertion"] == "an-assertion"
    assert machine.made == 1


@pytest.mark.parametrize(
    ("breaks", "error"),
    [
        (azure.identity.CredentialUnavailableError("canary"), Unavailable),
        (ServiceRequestError("canary"), Unavailable),
        (ClientAuthenticationError("canary"), VendorCredential),
    ],
)
def test_a_machine_without_identity_is_named(
    breaks: Exception, error: type[KeeperError], machine: type[Machine]
) -> None:
    machine.error = breaks
    entra = Entra()
    found = failure(entra, ManagedIdentity("the-identity"))
    assert type(found) is error
    assert "canary" not in str(found)
    assert entra.asked == []


def test_no_record_shows_a_password_or_a_token(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    entra = Entra(extra={"access_token": "canary-token"})
    tokens = tokens_of(entra)
    tokens.token(TENANT)
    tokens.token(TENANT, fresh=True)
    entra.says = (200, {}, b"canary-page")
    with pytest.raises(Unavailable):
        tokens.token(OTHER)
    assert "canary" not in "".join(str(vars(record)) for record in caplog.records)
    assert "canary" not in repr(ClientSecret(Secret(PASSWORD)))
