"""Tokens for the people who operate the product: Entra's access tokens for a web API, signed so that anybody can check.

Their directory is the vendor's own and need not be a tenant of the twin. Source:
https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference
"""

import json
import secrets
from collections.abc import Callable
from datetime import datetime
from uuid import UUID, uuid5

from jwt import api_jws

from local.twin.control_fields import Fields, tenant_id
from local.twin.signing import SigningKeys, thumbprint
from local.twin.wire import Request, Response, answer, parsed

_LIFETIME_S = 3600
_FIELDS = ("tenant_id", "audience", "roles", "name", "oid", "version", "expires_in", "claims")


class Operators:
    """Who signs operators in. Safe for use by many threads.

    Args:
        root: The twin's own address.
        clock: The time, in UTC.
    """

    def __init__(self, root: str, clock: Callable[[], datetime]) -> None:
        self._root = root
        self._clock = clock
        self._directories: set[str] = set()
        self.keys = SigningKeys()

    def knows(self, directory: str) -> bool:
        """Whether an operator of a directory was signed in."""
        return directory.lower() in self._directories

    def door(self, request: Request, end: str) -> Response:
        """``POST /twin/operator-tokens`` signs a token, ``POST /twin/keys/rotate`` makes a new key."""
        if request.method != "POST":
            return answer(404, {"error": "the twin has no such door"})
        body = parsed(request.body or b"{}")
        if body is None:
            return answer(400, {"error": "the body is no JSON object"})
        try:
            token = end == "operator-tokens"
            return answer(200, {"access_token": self.signed(body)} if token else self._rotated(Fields(body)))
        except ValueError as error:
            return answer(400, {"error": str(error)})

    def _rotated(self, fields: Fields) -> dict[str, str]:
        fields.only("withdraw")
        return {"kid": self.keys.rotate(withdraw=fields.flag("withdraw")).kid}

    def signed(self, said: dict[str, object]) -> str:
        """A token, as the door is told to make it.

        Raises:
            ValueError: What is said is not understood.
        """
        fields = Fields(said)
        fields.only(*_FIELDS)
        version = fields.text("version", "2.0")
        claims = self._claims(fields, version)
        key = self.keys.current()
        # The second name of the key is in tokens of the first version alone (documented).
        header = {"kid": key.kid} | ({"x5t": key.kid} if version == "1.0" else {})
        # Not ``jwt.encode``, which refuses claims of a wrong kind: a test may want them.
        token = api_jws.encode(json.dumps(claims).encode(), key.private, "RS256", header)
        self._directories.add(tenant_id(fields.text("tenant_id")))
        return token

    def _claims(self, fields: Fields, version: str) -> dict[str, object]:
        directory, audience = tenant_id(fields.text("tenant_id")), fields.text("audience")
        issuers = {"1.0": f"https://sts.windows.net/{directory}/", "2.0": f"{self._root}/{directory}/v2.0"}
        if version not in issuers:
            raise ValueError(f"version is one of {', '.join(issuers)}")
        name, now = fields.text("name", "Operator"), int(self._clock().timestamp())
        oid = str(UUID(fields.text("oid", str(uuid5(UUID(directory), name)))))
        claims: dict[str, object] = {
            "aud": audience,
            "iss": issuers[version],
            **dict.fromkeys(("iat", "nbf"), now),
            "exp": now + fields.number("expires_in", _LIFETIME_S),
            "name": name,
            "oid": oid,
            # Another one for every audience, the same every time (documented).
            "sub": thumbprint(f"{oid} {audience}".encode()),
            "tid": directory,
            "uti": secrets.token_urlsafe(16),
            "ver": version,
            # The application through which the operator works, by the name of each version (documented).
            {"1.0": "appid", "2.0": "azp"}[version]: str(uuid5(UUID(directory), "client")),
        }
        roles = fields.texts("roles")
        said = claims | ({"roles": roles} if roles else {}) | fields.table("claims")
        return {name: value for name, value in said.items() if value is not None}
