"""A client of the twin's door behind, for the demo and for tests."""

from collections.abc import Mapping, Sequence
from typing import Any

import requests

_TIMEOUT_S = 30.0


class TwinError(Exception):
    """The twin refused what was asked at its door."""


class TwinControl:
    """The door of one running twin.

    Args:
        url: Its address, ``control_url``.
        ca_file: The authority to trust.
    """

    def __init__(self, url: str, ca_file: str) -> None:
        self._url = url
        self._session = requests.Session()
        self._session.verify = ca_file
        # The environment's own bundle would win over ours.
        self._session.trust_env = False

    def create_tenant(self, tenant_id: str, domain: str, seed: int, domains: Mapping[str, str] | None = None) -> None:
        """Make a tenant with objects of its own; further accepted domains by name, each with its type."""
        further = {} if domains is None else {"domains": dict(domains)}
        self._ask("POST", tenant_id, {"domain": domain, "seed": seed, **further})

    def state(self, tenant_id: str) -> dict[str, list[dict[str, object]]]:
        """Everything in a tenant."""
        found: dict[str, list[dict[str, object]]] = self._ask("GET", f"{tenant_id}/state")
        return found

    def history(self, tenant_id: str) -> list[dict[str, Any]]:
        """Every cmdlet that was asked for, by whom, and how it ended."""
        found: list[dict[str, Any]] = self._ask("GET", f"{tenant_id}/history")["history"]
        return found

    def administrator(self, tenant_id: str, cmdlet: str, parameters: Mapping[str, object]) -> None:
        """Run a cmdlet as the tenant's administrator.

        Raises:
            TwinError: It did not run.
        """
        self._ask("POST", f"{tenant_id}/administrator", {"cmdlet": cmdlet, "parameters": dict(parameters)})

    def fault(self, tenant_id: str, cmdlet: str, **parts: object) -> None:
        """Spoil the next answers to a cmdlet.

        Args:
            tenant_id: Whose.
            cmdlet: Which; ``*`` for any.
            parts: What comes instead, by the names of ``local.twin.state.Fault``.
        """
        self._ask("POST", f"{tenant_id}/fault", {"cmdlet": cmdlet, **parts})

    def clear_faults(self, tenant_id: str) -> None:
        """Let every answer be true again."""
        self._ask("DELETE", f"{tenant_id}/fault")

    def turn(self, tenant_id: str, **positions: object) -> None:
        """Turn switches."""
        self._ask("POST", f"{tenant_id}/switches", positions)

    def register(self, client_id: str, **credential: str) -> None:
        """Tell Entra one more credential of an application: a ``certificate`` in PEM, or a ``secret``."""
        self._ask("POST", client_id, credential, of="applications")

    def operator_token(self, tenant_id: str, audience: str, roles: Sequence[str] = (), **more: object) -> str:
        """Sign an operator in to the product.

        Args:
            tenant_id: The operators' own directory; it need not be a tenant.
            audience: The product's application.
            roles: What the operator may do there.
            more: ``name``, ``oid``, ``version``, ``expires_in``, and ``claims`` that win over the usual ones.
        """
        body = {"tenant_id": tenant_id, "audience": audience, "roles": list(roles), **more}
        return str(self._ask("POST", "", body, of="operator-tokens")["access_token"])

    def operator(self, tenant_id: str, name: str, *roles: str) -> str:
        """Make an account of a person who may sign in to the product; what it is named by."""
        body = {"tenant_id": tenant_id, "name": name, "roles": list(roles)}
        return str(self._ask("POST", "", body, of="operators")["login"])

    def rotate_keys(self, *, withdraw: bool = False) -> str:
        """Let Entra sign with a new key from now on, and show those from before or not; the new one's name."""
        return str(self._ask("POST", "rotate", {"withdraw": withdraw}, of="keys")["kid"])

    def visit(self, url: str) -> str:
        """Open a page of Entra as an administrator's browser does, and say where it sends the browser.

        Raises:
            TwinError: It shows a page instead.
        """
        response = self._session.get(url, allow_redirects=False, timeout=_TIMEOUT_S)
        if not response.is_redirect:
            raise TwinError(f"{response.status_code} {response.content[:500]!r}")
        return response.headers["location"]

    def advance(self, seconds: int) -> None:
        """Let time pass for every tenant."""
        self._ask("POST", "", {"seconds": seconds}, of="clock")

    def _ask(self, method: str, path: str, body: Mapping[str, object] | None = None, of: str = "tenants") -> Any:  # noqa: ANN401 - JSON
        url = "/".join(filter(None, (self._url, of, path)))
        response = self._session.request(method, url, json=body, timeout=_TIMEOUT_S)
        if not response.ok:
            raise TwinError(f"{method} {path}: {response.status_code} {response.content[:500]!r}")
        return response.json()
