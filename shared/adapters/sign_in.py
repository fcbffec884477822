"""Sign a person in at Entra by a browser: authorization code with PKCE, state and nonce, all of it msal's.

What comes of it is an access token for the product's own API, which is checked as everybody's is. Source:
https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow, RFC 7636, RFC 9700 §2.1.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

import msal  # type: ignore[import-untyped]
from jwt import PyJWTError

from shared.adapters.entra_answers import decipher
from shared.adapters.entra_http import EntraHttp, Unanswered
from shared.adapters.sealed_flow import Flow
from shared.adapters.tokens import Registration
from shared.domain.errors import KeeperError, TransientError, Unauthentic, VendorCredential

_KEPT = ("state", "redirect_uri", "scope", "nonce", "code_verifier", "claims_challenge")
"""What msal wants to see again; the address that the browser was sent to is not part of it, and long."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """The way to Entra and back.

    Attributes:
        registration: Who asks.
        tenants: The directories whose people may operate the product.
        audience: The API that the token is for.
        http: The connections to Entra.
    """

    registration: Registration
    tenants: frozenset[UUID]
    audience: str
    http: EntraHttp = field(repr=False)

    @property
    def is_possible(self) -> bool:
        """Whether anybody could be let in by it."""
        return bool(self.tenants)

    def begun(self, callback: str) -> tuple[str, Flow]:
        """Begin: where the browser goes, and what is needed when it comes back.

        Args:
            callback: Where Entra sends it back to; the application's registration must name it.
        """
        flow = self._client().initiate_auth_code_flow(
            [f"{self.audience}/.default"], redirect_uri=callback, prompt="select_account"
        )
        return str(flow["auth_uri"]), {name: flow[name] for name in _KEPT if flow.get(name) is not None}

    def token(self, flow: Flow, said: Mapping[str, str]) -> str:
        """Exchange what Entra sent the browser back with for an access token.

        Args:
            flow: What ``begun`` gave, from the same browser.
            said: The query of the way back; anybody can write one.

        Raises:
            Unauthentic: It is no answer to this flow, or Entra signed nobody in.
            VendorCredential: Entra refuses the application's own credential.
            TransientError: Entra cannot be asked now.
        """
        try:
            answer = self._client().acquire_token_by_auth_code_flow(dict(flow), dict(said))
        except Unanswered as silence:
            raise silence.error from None
        except (ValueError, TypeError, KeyError, RuntimeError, PyJWTError):
            # Another state, another nonce, a token for somebody else: msal's words would quote them.
            raise Unauthentic("Entra's answer does not belong to this browser's sign-in: sign in again") from None
        found = decipher(answer)
        if isinstance(found, KeeperError):
            raise found if isinstance(found, TransientError | VendorCredential) else _refused(found)
        return found

    def _client(self) -> msal.ConfidentialClientApplication:
        """A client that forgets: whoever signs in leaves no token behind in this process."""
        return msal.ConfidentialClientApplication(
            self.registration.client_id,
            client_credential=self.registration.credential.for_msal(),
            authority=f"{self.registration.login_url}/{self._directory()}",
            instance_discovery=False,
            http_client=self.http,
            # Nothing that outlives the visit is asked for.
            exclude_scopes=["offline_access"],
        )

    def _directory(self) -> str:
        """The one directory; of several, whichever the person is of: the token says which, and it is checked."""
        return str(next(iter(self.tenants))) if len(self.tenants) == 1 else "organizations"


def _refused(error: KeeperError) -> Unauthentic:
    _, _, code = str(error).partition(" [")
    return Unauthentic("Entra signed nobody in: sign in again" + (f" [{code}" if code else ""))
