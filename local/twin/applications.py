"""The applications that Entra knows more of than their name: their certificates and secrets, once somebody said them.

An application that nobody registered gets a token for any secret and any well-formed assertion, so that a demo needs no
certificate. Source: exchange contract §3.1 (numbers), §3.5 (credentials).
"""

import hmac
import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from cryptography import x509

from local.twin import assertions
from local.twin.control_fields import Fields
from local.twin.entra_refusals import unproven
from local.twin.wire import Request, Response, answer, parsed

_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass(frozen=True)
class Password:
    """A secret of an application; ``expires`` is ``None`` where it holds for ever."""

    secret: bytes
    expires: datetime | None


@dataclass(frozen=True)
class Application:
    """What proves that an application is who it says it is."""

    certificates: tuple[x509.Certificate, ...] = ()
    passwords: tuple[Password, ...] = ()


class Applications:
    """The applications that were registered. Safe for use by many threads."""

    def __init__(self) -> None:
        self._known: dict[str, Application] = {}
        self._lock = threading.Lock()

    def prove(self, form: Mapping[str, str], audiences: Collection[str], now: datetime) -> None:
        """Let who asks for a token prove who it is.

        Args:
            form: What it sent.
            audiences: Whom an assertion may be meant for.
            now: The time, in UTC.

        Raises:
            EntraRefused: It did not.
        """
        client_id = form["client_id"]
        known = self._known.get(client_id.lower())
        if secret := form.get("client_secret"):
            if known is not None:
                _check_secret(secret, client_id, known.passwords, now)
            return
        assertion = form.get("client_assertion")
        if not assertion or form.get("client_assertion_type") != _ASSERTION:
            text = "The request body must contain the following parameter: 'client_assertion' or 'client_secret'."
            raise unproven(7000216, text)
        if known is None:
            assertions.read(assertion)
        else:
            assertions.check(assertion, client_id, known.certificates, audiences, now)

    def door(self, request: Request, name: str) -> Response:
        """``POST /twin/applications/{id}`` registers one more credential, ``DELETE`` forgets the application."""
        try:
            client_id = str(UUID(name))
            if request.method == "DELETE":
                self._known.pop(client_id, None)
            elif request.method == "POST":
                self._register(client_id, Fields(parsed(request.body) or {}))
            else:
                return answer(404, {"error": "the twin has no such door"})
        except ValueError as error:
            return answer(400, {"error": str(error)})
        return answer(200, {})

    def _register(self, client_id: str, fields: Fields) -> None:
        with self._lock:
            old = self._known.get(client_id, Application())
            if "certificate" in fields.document:
                certificate = x509.load_pem_x509_certificate(fields.text("certificate").encode())
                assertions.public_key(certificate)
                new = replace(old, certificates=(*old.certificates, certificate))
            else:
                password = Password(fields.text("secret").encode(), fields.moment("expires"))
                new = replace(old, passwords=(*old.passwords, password))
            self._known[client_id] = new


def _check_secret(secret: str, client_id: str, passwords: Collection[Password], now: datetime) -> None:
    found = [entry for entry in passwords if hmac.compare_digest(entry.secret, secret.encode())]
    if not found:
        text = "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value"
        raise unproven(7000215, f"{text}, not the client secret ID, for a secret added to app '{client_id}'.")
    if all(entry.expires is not None and entry.expires <= now for entry in found):
        raise unproven(7000222, f"The provided client secret keys for app '{client_id}' are expired.")
