"""Entra's sign-in of people by a browser: the authorization code flow with PKCE, for those who operate the product.

There is no password: whoever opens the page chooses one of the accounts that were told at the door behind. Source:
exchange contract §3.1; https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow (parameters,
answers, a code holds for a minute and once), RFC 7636 §4.6 (how the verifier is checked).
"""

import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qs

from local.twin import redirects
from local.twin.applications import Applications
from local.twin.control_fields import Fields, tenant_id
from local.twin.entra import REALMS
from local.twin.entra_refusals import EntraRefused
from local.twin.operators import Operators
from local.twin.signing import thumbprint
from local.twin.signing_in_page import back, check, choice
from local.twin.wire import Request, Response, answer, parsed

_CODE_LIFETIME = timedelta(minutes=1)
_ANY = "organizations"


@dataclass(frozen=True)
class Account:
    """A person of a directory, and what the product's registration gives it."""

    directory: str
    name: str
    roles: tuple[str, ...]

    @property
    def login(self) -> str:
        """What the person is named by."""
        return f"{self.name.lower().replace(' ', '.')}@{self.directory}"


@dataclass(frozen=True)
class _Code:
    """A code that was given out, and what it was asked with."""

    account: Account
    asked: Mapping[str, str]
    expires: datetime


class SigningIn:
    """The page, and the exchange of codes. Safe for use by many threads.

    Args:
        operators: Who signs tokens for people.
        applications: Who exchanges codes.
        root: The twin's own address.
        clock: The time, in UTC.
    """

    def __init__(
        self, operators: Operators, applications: Applications, root: str, clock: Callable[[], datetime]
    ) -> None:
        self._operators = operators
        self._applications = applications
        self._root = root
        self._clock = clock
        self._accounts: list[Account] = []
        self._codes: dict[str, _Code] = {}
        self._lock = threading.Lock()

    def door(self, request: Request) -> Response:
        """``POST /twin/operators`` makes an account: the directory, the name, the roles."""
        fields = Fields(parsed(request.body) or {})
        try:
            fields.only("tenant_id", "name", "roles")
            account = Account(tenant_id(fields.text("tenant_id")), fields.text("name"), tuple(fields.texts("roles")))
        except ValueError as error:
            return answer(400, {"error": str(error)})
        with self._lock:
            self._accounts = [known for known in self._accounts if known.login != account.login] + [account]
        return answer(200, {"login": account.login})

    def show(self, request: Request, directory: str) -> Response:
        """``GET /{tenant}/oauth2/v2.0/authorize``: a choice of accounts, or the way back for the one that is hinted."""
        if request.method != "GET":
            return Response(405)
        query = parse_qs(request.path.partition("?")[2], keep_blank_values=True, encoding=redirects.BYTES)
        asked = {name: values[0] for name, values in query.items()}
        try:
            check(asked)
        except EntraRefused as error:
            return error.page()
        known = [each for each in self._accounts if directory.lower() in (_ANY, each.directory)]
        if asked.get("answer") == "cancel":
            return back(asked, {"error": "access_denied", "error_description": "AADSTS65004: User declined."})
        chosen = [each for each in known if each.login == asked.get("login_hint")]
        return (
            self._signed_in(chosen[0], asked) if chosen else choice([(each.login, each.name) for each in known], asked)
        )

    def _signed_in(self, account: Account, asked: Mapping[str, str]) -> Response:
        code = secrets.token_urlsafe(32)
        with self._lock:
            self._codes[code] = _Code(account, asked, self._clock() + _CODE_LIFETIME)
        return back(asked, {"code": code, "session_state": secrets.token_urlsafe(8)})

    def exchange(self, form: Mapping[str, str], directory: str) -> Response:
        """``POST /{tenant}/oauth2/v2.0/token`` with a code."""
        try:
            audiences = {f"{self._root}/{directory}{end}" for end in REALMS}
            self._applications.prove(form, audiences, self._clock())
            return self._issued(form)
        except EntraRefused as error:
            return error.response()

    def _issued(self, form: Mapping[str, str]) -> Response:
        with self._lock:
            code = self._codes.pop(form.get("code", ""), None)
        if code is None:
            raise EntraRefused("invalid_grant", 54005, "OAuth2 Authorization code was already redeemed.")
        if self._clock() >= code.expires:
            raise EntraRefused("invalid_grant", 70008, "The provided authorization code has expired.")
        if any(form.get(name) != code.asked[name] for name in ("client_id", "redirect_uri")):
            raise EntraRefused("invalid_grant", 500112, "The reply address does not match the one of the request.")
        challenge = code.asked.get("code_challenge")
        if challenge and thumbprint(form.get("code_verifier", "").encode()) != challenge:
            raise EntraRefused("invalid_grant", 501481, "The Code_Verifier does not match the code_challenge.")
        document = {"token_type": "Bearer", "expires_in": 3600, "scope": code.asked["scope"]}
        return answer(200, {**document, **self._tokens(code)}, {"Cache-Control": "no-store"})

    def _tokens(self, code: _Code) -> dict[str, str]:
        person = {"tenant_id": code.account.directory, "name": code.account.name}
        client = code.asked["client_id"]
        resource = next(scope for scope in code.asked["scope"].split() if scope.endswith("/.default"))
        by_person = {"azp": client, "scp": "access_as_user"}
        access = {"audience": resource.removesuffix("/.default"), "roles": [*code.account.roles], "claims": by_person}
        # An ID token is for the application itself, and says nothing of an application that the person works through.
        identity = {"audience": client, "claims": {"nonce": code.asked.get("nonce"), "azp": None}}
        return {
            "access_token": self._operators.signed({**person, **access}),
            "id_token": self._operators.signed({**person, **identity}),
        }
