"""Where customers' browsers reach the API."""

from urllib.parse import urlsplit
from uuid import UUID

import azure.functions as func


def callback_link(public_url: str, request: func.HttpRequest) -> str:
    """Where Entra sends an administrator back to.

    Args:
        public_url: The address that the settings name; empty where the request's own says it.
        request: The request that is answered.
    """
    return f"{_origin(public_url, request)}/api/consent/callback"


def consent_link(public_url: str, request: func.HttpRequest, tenant_id: UUID) -> str:
    """Where an administrator begins to consent."""
    return f"{_origin(public_url, request)}/api/consent/{tenant_id}"


def _origin(public_url: str, request: func.HttpRequest) -> str:
    parts = urlsplit(request.url)
    return public_url or f"{parts.scheme}://{parts.netloc}"
