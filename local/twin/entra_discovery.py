"""The two documents that msal may ask Entra for before it asks for a token, and whose keys Entra shows.

Source: exchange contract §3.5 (what msal asks).
"""

from uuid import UUID

from local.twin.wire import Response, answer


def configuration(root: str, tenant: str) -> Response:
    """``GET /{tenant}/v2.0/.well-known/openid-configuration``."""
    ends = {
        "authorization_endpoint": "authorize",
        "token_endpoint": "token",
        "device_authorization_endpoint": "devicecode",
    }
    document = {name: f"{root}/{tenant}/oauth2/v2.0/{end}" for name, end in ends.items()}
    keys = f"{root}/{tenant}/discovery/v2.0/keys"
    return answer(200, {"issuer": f"{root}/{tenant}/v2.0", "jwks_uri": keys, **document})


def instances(root: str) -> Response:
    """``GET /common/discovery/instance``."""
    host = root.removeprefix("https://")
    metadata = [{"preferred_network": host, "preferred_cache": host, "aliases": [host]}]
    endpoint = f"{root}/common/v2.0/.well-known/openid-configuration"
    return answer(200, {"tenant_discovery_endpoint": endpoint, "api-version": "1.1", "metadata": metadata})


def is_directory(name: str) -> bool:
    """Whether a path may name any directory so: Entra signs for all of them with the same keys."""
    try:
        return name.lower() in ("common", "organizations") or bool(UUID(name))
    except ValueError:
        return False
