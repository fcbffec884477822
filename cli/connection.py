"""Where the API is, and what proves who asks: read from the environment, never from the command line."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from cli.errors import NoCredential, Usage

URL, KEY, TOKEN, AUDIENCE = "KEEPER_URL", "KEEPER_OPERATOR_KEY", "KEEPER_TOKEN", "KEEPER_AUDIENCE"
DEFAULT_URL = "http://127.0.0.1:7071"

VARIABLES: Mapping[str, str] = {
    URL: f"Where the API is (`{DEFAULT_URL}`). Anything but this machine must be https.",
    KEY: "In a trial: the operator's key, which goes into `x-functions-key`.",
    TOKEN: "An access token of Entra for the API.",
    AUDIENCE: "The API's application id URI; azure-identity then gets the token (`az login`, a managed identity, …).",
    "REQUESTS_CA_BUNDLE": "The file of certificate authorities to trust, where it is not the system's.",
    "NO_COLOR": "Set to anything: no colour.",
}
"""What the environment may say, for the help and the reference page."""


@dataclass(frozen=True, slots=True)
class Connection:
    """A way to the API.

    Attributes:
        url: Where it is, without a slash at its end.
        header: Gives the header that proves who asks, its name and its value; a secret.
    """

    url: str
    header: Callable[[], tuple[str, str]] = field(repr=False)


def connection(environment: Mapping[str, str]) -> Connection:
    """Read the way to the API.

    Raises:
        Usage: The address is none.
        NoCredential: Nothing proves who asks, or the way there is open to everybody.
    """
    url = environment.get(URL, "").strip().rstrip("/") or DEFAULT_URL
    parts = _parts(url)
    if parts.scheme == "http" and not _is_loopback(parts.hostname or ""):
        raise NoCredential(f"{URL}: a key or a token goes over https alone, except on this machine")
    return Connection(url, _header(environment))


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        is_one = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_one = False
    if not is_one or parts.query or parts.fragment or parts.username is not None:
        raise Usage(f"{URL}: an address such as {DEFAULT_URL} is expected")
    return parts


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _header(environment: Mapping[str, str]) -> Callable[[], tuple[str, str]]:
    for name, header, before in ((KEY, "x-functions-key", ""), (TOKEN, "Authorization", "Bearer ")):
        value = environment.get(name, "").strip()
        if value:
            if not (value.isascii() and value.isprintable()):
                raise NoCredential(f"{name}: what it holds cannot be sent")
            return lambda header=header, before=before, value=value: (header, before + value)  # type: ignore[misc]
    audience = environment.get(AUDIENCE, "").strip()
    if audience:
        return _entra(audience)
    raise NoCredential(f"none of {KEY}, {TOKEN} and {AUDIENCE} is set")


def _entra(audience: str) -> Callable[[], tuple[str, str]]:
    """Let azure-identity get tokens; it keeps them as long as they live."""
    try:
        from azure.core.exceptions import ClientAuthenticationError  # noqa: PLC0415 - half a second, only where it is asked for
        from azure.identity import DefaultAzureCredential  # noqa: PLC0415 - the same
    except ImportError:
        raise NoCredential(f"{AUDIENCE} is set and azure-identity is not installed") from None
    credential = DefaultAzureCredential()

    def header() -> tuple[str, str]:
        try:
            return "Authorization", f"Bearer {credential.get_token(f'{audience}/.default').token}"
        except ClientAuthenticationError:
            raise NoCredential(f"azure-identity got no token for {AUDIENCE}") from None

    return header
