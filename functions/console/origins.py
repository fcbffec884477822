"""Whether a form was sent by a page of ours, as the browser itself says it; no page can make it say otherwise.

Source: https://www.w3.org/TR/fetch-metadata/, RFC 6454 §7 (Origin), OWASP's Cross-Site Request Forgery Prevention Cheat
Sheet ("Fetch Metadata", "Verifying origin with standard headers").
"""

from collections.abc import Collection, Mapping

from starlette.requests import Request


def own_origins(public_url: str, request: Request) -> frozenset[str]:
    """The origins that are ours: the one that the settings name, and the one that the browser asked.

    Args:
        public_url: Where browsers reach us; empty where a request's own address says it.
        request: The request.
    """
    return frozenset({f"{request.url.scheme}://{request.url.netloc}", public_url} - {""})


def is_from_here(headers: Mapping[str, str], ours: Collection[str]) -> bool:
    """Whether a request that changes something comes from a page of ours.

    Args:
        headers: The request's, by names in lower case.
        ours: Our own origins.
    """
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is None and origin is None:
        return False
    return site in (None, "same-origin") and (origin is None or origin in ours)
