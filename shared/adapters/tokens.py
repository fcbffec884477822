"""Tokens for each tenant's Exchange, by way of msal: one confidential client for each tenant that was used lately.

Source: exchange contract §1.4 (grants), §3.1 (refusals), §3.5 (msal).
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from uuid import UUID

import msal  # type: ignore[import-untyped]
from jwt import PyJWTError

from shared.adapters.credentials import Credential
from shared.adapters.entra_answers import decipher
from shared.adapters.entra_http import EntraHttp, Unanswered
from shared.adapters.sessions import Sessions
from shared.adapters.token_claims import fault_of
from shared.domain.errors import KeeperError, VendorCredential


@dataclass(frozen=True, slots=True)
class Registration:
    """The product's registration with Entra.

    Attributes:
        client_id: Its id, the same in every tenant.
        credential: What it proves itself with.
        login_url: Where Entra is, such as ``https://login.microsoftonline.com``.
    """

    client_id: str
    credential: Credential
    login_url: str


class Tokens:
    """Bearer tokens for Exchange, safe for use by many threads.

    Args:
        registration: Who asks.
        exchange_url: What the tokens are for, such as ``https://outlook.office365.com``.
        sessions: The connections to Entra.
        capacity: Tenants whose tokens are kept.
    """

    def __init__(
        self, registration: Registration, exchange_url: str, sessions: Sessions, capacity: int = 2_000
    ) -> None:
        self._registration = registration
        self._exchange_url = exchange_url.rstrip("/")
        self._http = EntraHttp(sessions)
        self._capacity = capacity
        self._lock = threading.Lock()
        self._clients: OrderedDict[UUID, msal.ConfidentialClientApplication] = OrderedDict()
        self._for_msal: object = None

    def token(self, tenant_id: UUID, *, fresh: bool = False) -> str:
        """Return a token for a tenant's Exchange; a fresh one is not taken from any cache.

        Raises:
            KeeperError: Entra gave none, and who must do what about it.
        """
        found = self._asked(tenant_id, fresh=fresh)
        if isinstance(found, KeeperError):
            # msal keeps a refusal for a minute; consent that is given meanwhile must count at once.
            with self._lock:
                self._clients.pop(tenant_id, None)
            raise found
        return found

    def _asked(self, tenant_id: UUID, *, fresh: bool) -> str | KeeperError:
        try:
            client = self._client(tenant_id)
            if fresh:
                client.remove_tokens_for_client()
            found = decipher(client.acquire_token_for_client([f"{self._exchange_url}/.default"]))
        except Unanswered as silence:
            return silence.error
        except KeeperError as error:
            return error
        except (ValueError, TypeError, PyJWTError):
            return VendorCredential("the product's own credential cannot be used; check the certificate and its key")
        if isinstance(found, KeeperError):
            return found
        return fault_of(found, tenant_id, self._exchange_url) or found

    def _client(self, tenant_id: UUID) -> msal.ConfidentialClientApplication:
        with self._lock:
            client = self._clients.get(tenant_id) or self._new_client(tenant_id)
            self._clients[tenant_id] = client
            self._clients.move_to_end(tenant_id)
            while len(self._clients) > self._capacity:
                self._clients.popitem(last=False)
            return client

    def _new_client(self, tenant_id: UUID) -> msal.ConfidentialClientApplication:
        """Make a client; nothing is asked of the network for it, so the lock may be held."""
        if self._for_msal is None:
            self._for_msal = self._registration.credential.for_msal()
        return msal.ConfidentialClientApplication(
            self._registration.client_id,
            client_credential=self._for_msal,
            authority=f"{self._registration.login_url.rstrip('/')}/{tenant_id}",
            instance_discovery=False,
            http_client=self._http,
        )
