"""The twin assembled: one function from requests to responses, whichever door they come through."""

import re
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from urllib.parse import unquote

from local.twin.admin_api import ADMINISTRATOR, AdminApi
from local.twin.applications import Applications
from local.twin.consent import ConsentPage
from local.twin.control_api import clock, control
from local.twin.domains import Domains, add_domains, usual
from local.twin.entra import Tokens, form_of
from local.twin.entra_discovery import configuration, instances, is_directory
from local.twin.entra_refusals import no_such_tenant
from local.twin.foreign import RULES, foreign
from local.twin.graph import GRAPH, Graph
from local.twin.operators import Operators
from local.twin.signing_in import SigningIn
from local.twin.state import TenantState
from local.twin.wire import Request, Response, answer

_ADMIN = re.compile(r"/adminapi/(?P<version>beta|v1\.0)/(?P<tenant>[^/]+)/(?P<end>[^/]+)", re.IGNORECASE)
_LOGIN = re.compile(
    r"/(?P<tenant>[^/]+)/"
    r"(?P<end>oauth2/v2\.0/(?:token|authorize)|v2\.0/\.well-known/openid-configuration|v2\.0/adminconsent|"
    r"discovery/v2\.0/keys)"
)
_CONTROL = re.compile(r"/twin/tenants/(?P<tenant>[^/]+)(?:/(?P<end>[a-z]+))?")
_OPERATORS = re.compile(r"/twin/(?P<end>operator-tokens|keys/rotate)")
_APPLICATION = re.compile(r"/twin/applications/(?P<client>[^/]+)")


class Twin:
    """Any number of tenants. Safe for use by many threads.

    Args:
        root: The twin's own address, for links and audiences, such as ``https://127.0.0.1:8443``.
        clock: The time, in UTC.
        graph: The audience of tokens for Microsoft Graph; not Exchange's, which is ``root``.
        seed: What chance draws from: the same seed replays the same run.
    """

    def __init__(self, root: str, clock: Callable[[], datetime], graph: str = GRAPH, seed: int = 0) -> None:
        self.root = root
        self._clock = clock
        self._seed = seed
        self._ahead = timedelta()
        self._applications = Applications()
        self._tokens = Tokens(root, graph, self._applications)
        self._graph = Graph(self._tokens, self.tenant, graph)
        self.exchange = AdminApi(self._tokens, root)
        self._tenants: dict[str, TenantState] = {}
        self._operators = Operators(root, self.now)
        self._signing_in = SigningIn(self._operators, self._applications, root, self.now)
        self._consent = ConsentPage(self.tenant, lambda: list(self._tenants))
        self._lock = threading.Lock()

    def create_tenant(
        self, tenant_id: str, domain: str, seed: int, rules: int = RULES, domains: Domains | None = None
    ) -> TenantState:
        """Make a tenant with objects of its own.

        Args:
            tenant_id: Its id.
            domain: Its initial domain.
            seed: Which objects.
            rules: How many of them are transport rules.
            domains: Its further accepted domains; by default one that is made from the initial domain.
        """
        dice = Random(f"{self._seed} {tenant_id.lower()}")
        tenant = TenantState(tenant_id.lower(), domain.lower(), self.now, dice=dice)
        add_domains(tenant, usual(tenant.domain) if domains is None else domains)
        for cmdlet, parameters in foreign(seed, domain, rules):
            response = self.exchange.perform(tenant, cmdlet, parameters, ADMINISTRATOR)
            assert response.status == 200, response.body  # noqa: PLR2004 - HTTP's own number
        tenant.history.clear()
        with self._lock:
            self._tenants[tenant.tenant_id] = tenant
        return tenant

    def now(self) -> datetime:
        """The twin's time, in UTC."""
        return self._clock() + self._ahead

    def advance(self, duration: timedelta) -> None:
        """Let time pass for every tenant."""
        with self._lock:
            self._ahead += duration

    def tenant(self, name: str) -> TenantState | None:
        """Find a tenant by its id or one of its accepted domains."""
        with self._lock:
            found = self._tenants.get(name.lower())
            return found or next((t for t in self._tenants.values() if name.lower() in t.names()), None)

    def handle(self, request: Request) -> Response:
        """Answer a request."""
        path = unquote(request.path.partition("?")[0])
        if found := _ADMIN.fullmatch(path):
            return self._admin(request, found["version"].lower(), found["tenant"], found["end"].lower())
        if found := _LOGIN.fullmatch(path):
            return self._login(request, found["tenant"], found["end"])
        if path == "/common/discovery/instance":
            return instances(self.root)
        if path.startswith("/twin/"):
            return self._behind(request, path)
        return self._graph.handle(request, path) or _nothing()

    def _behind(self, request: Request, path: str) -> Response:
        if path == "/twin/clock":
            return clock(self, request)
        if found := _CONTROL.fullmatch(path):
            return control(self, request, found["tenant"], found["end"] or "")
        if found := _APPLICATION.fullmatch(path):
            return self._applications.door(request, found["client"])
        if path == "/twin/operators" and request.method == "POST":
            return self._signing_in.door(request)
        if found := _OPERATORS.fullmatch(path):
            return self._operators.door(request, found["end"])
        return _nothing()

    def _login(self, request: Request, name: str, end: str) -> Response:
        tenant = self.tenant(name)
        if end.endswith("/adminconsent"):
            return self._consent.show(request, name)
        if end.endswith("/keys") and (tenant is not None or is_directory(name)):
            return self._operators.keys.document()
        if end.endswith("-configuration") and (tenant is not None or self._operators.knows(name)):
            return configuration(self.root, name)
        if end.endswith("/authorize"):
            return self._signing_in.show(request, name)
        if end.endswith("/token") and form_of(request).get("grant_type") == "authorization_code":
            return self._signing_in.exchange(form_of(request), name)
        if tenant is None:
            return no_such_tenant(name).response()
        return self._tokens.issue(tenant, request)

    def _admin(self, request: Request, version: str, name: str, end: str) -> Response:
        tenant = self.tenant(name)
        if tenant is None:
            return Response(401, {"WWW-Authenticate": 'Bearer error="invalid_token"'})
        match (version, end, request.method):
            case ("beta", "invokecommand", "POST"):
                return self.exchange.invoke(tenant, request)
            case ("beta", "$batch", "POST"):
                return self.exchange.batch(tenant, request)
            case ("v1.0", "exomodulefile", "GET"):
                return self.exchange.module_file(tenant, request.headers)
            case (_, "invokecommand", _) | ("beta", "$batch", _) | ("v1.0", "exomodulefile", _):
                return Response(405)
            case _:
                return _nothing()


def _nothing() -> Response:
    return answer(404, {"error": {"code": "NotFound", "message": "The twin has no such path."}})
