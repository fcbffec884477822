"""The product's own way to Entra, msal and all, at a twin that checks what it is shown."""

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import jwt
import pytest

from local.twin.twin import Twin
from local.twin.wire import Request
from shared.adapters.credentials import Certificate, ClientSecret, Credential
from shared.adapters.sessions import Sessions
from shared.adapters.tokens import Registration, Tokens
from shared.domain.errors import VendorCredential
from shared.domain.values import Secret
from tests.in_process import Received, Sent, TwinTransport, session_over
from tests.twin.badges import Badge, new_badge
from tests.twin.desk import DOMAIN, ROOT, TENANT_ID

CLIENT = "11111111-2222-4333-8444-555555555555"


def registered(credential: dict[str, str], ahead: timedelta = timedelta()) -> Twin:
    """A twin that knows the product by one credential; its clock may be ahead of ours, by which msal signs."""
    twin = Twin(ROOT, lambda: datetime.now(UTC) + ahead)
    twin.create_tenant(TENANT_ID, DOMAIN, seed=1, rules=0)
    body = json.dumps(credential).encode()
    assert twin.handle(Request("POST", f"/twin/applications/{CLIENT}", {}, body)).status == 200
    return twin


def token(twin: Twin, credential: Credential) -> str:
    """What the product gets."""

    def handle(received: Received) -> Sent:
        response = twin.handle(Request(received.method, received.path, received.headers, received.body))
        return response.status, response.headers, response.body

    sessions = Sessions(lambda: session_over(TwinTransport(handle)))
    return Tokens(Registration(CLIENT, credential, ROOT), ROOT, sessions).token(UUID(TENANT_ID))


def product(badge: Badge) -> Certificate:
    return Certificate(Secret(badge.private), badge.public)


def test_the_right_certificate_gets_a_token() -> None:
    badge = new_badge()
    found = jwt.decode(
        token(registered({"certificate": badge.public}), product(badge)), options={"verify_signature": False}
    )
    assert (found["tid"], found["appid"], found["aud"]) == (TENANT_ID, CLIENT, ROOT)


def test_the_right_secret_gets_a_token() -> None:
    assert token(registered({"secret": "right"}), ClientSecret(Secret("right")))


def test_another_certificate_is_the_vendor_s_to_mend() -> None:
    with pytest.raises(VendorCredential, match=r"\[AADSTS700027\]"):
        token(registered({"certificate": new_badge(1).public}), product(new_badge()))


def test_an_expired_certificate_is_the_vendor_s_to_mend() -> None:
    badge = new_badge(end=datetime.now(UTC) - timedelta(days=1))
    with pytest.raises(VendorCredential, match=r"\[AADSTS700027\]"):
        token(registered({"certificate": badge.public}), product(badge))


def test_an_assertion_that_has_expired_on_its_way_is_the_vendor_s_to_mend() -> None:
    badge = new_badge()
    with pytest.raises(VendorCredential, match=r"\[AADSTS700024\]"):
        token(registered({"certificate": badge.public}, timedelta(minutes=11)), product(badge))


@pytest.mark.parametrize(
    ("secret", "expires", "number"), [("wrong", "2099-01-01T00:00Z", 7000215), ("right", "2026-01-01T00:00Z", 7000222)]
)
def test_a_secret_that_is_wrong_or_over_is_the_vendor_s_to_mend(secret: str, expires: str, number: int) -> None:
    with pytest.raises(VendorCredential, match=rf"\[AADSTS{number}\]"):
        token(registered({"secret": "right", "expires": expires}), ClientSecret(Secret(secret)))
