"""Decide whether a redirect may be followed: the token goes to Exchange's hosts only. No I/O, and total.

Source: exchange contract §1.12.
"""

from ipaddress import ip_address
from urllib.parse import SplitResult, urljoin, urlsplit

_BACK_END_PORT = 446
"""Back ends name the port behind the load balancer; from outside it is the usual one."""


def next_hop(base_url: str, url: str, location: str | None) -> str | None:
    """Return where to send the request next; ``None`` when the token must not go there.

    Args:
        base_url: Where Exchange is.
        url: Where the redirect came from.
        location: The Location header: input of unknown origin.
    """
    if not location or not location.isascii() or not location.isprintable() or set(location) & set(" \\"):
        return None
    try:
        base, target = urlsplit(base_url), urlsplit(urljoin(url, location))
        port = target.port
    except ValueError:
        return None
    host = _host(base, target)
    if host is None:
        return None
    if not _is_loopback(base) and port not in (None, 443, _BACK_END_PORT):
        return None
    authority = host if port in (None, _BACK_END_PORT) else f"{host}:{port}"
    query = f"?{target.query}" if target.query else ""
    return f"{base.scheme}://{authority}{target.path}{query}"


def _host(base: SplitResult, target: SplitResult) -> str | None:
    """The target's host, when it is Exchange's and nobody's name or password stands before it."""
    host, home = target.hostname, base.hostname
    if host is None or home is None or target.scheme != base.scheme or "@" in target.netloc:
        return None
    if host != home and (_is_address(home) or not host.endswith("." + home)):
        return None
    return f"[{host}]" if ":" in host else host


def _is_loopback(base: SplitResult) -> bool:
    host = base.hostname or ""
    return host == "localhost" or (_is_address(host) and ip_address(host).is_loopback)


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
