"""How Entra says no: an OAuth error with a number of Entra's own in front of the text.

Source: exchange contract §3.1; the numbers' meanings: https://learn.microsoft.com/entra/identity-platform/reference-error-codes
"""

from dataclasses import dataclass
from html import escape
from uuid import uuid4

from local.twin.wire import Response, answer

_PAGE = {"Content-Type": "text/html; charset=utf-8"}


@dataclass
class EntraRefused(Exception):
    """No token.

    Attributes:
        error: The OAuth error.
        number: Entra's own, of ``AADSTS…``.
        text: In English.
        status: The HTTP status.
    """

    error: str
    number: int
    text: str
    status: int = 400

    def response(self) -> Response:
        """The answer of the token endpoint."""
        document = {
            "error": self.error,
            "error_description": f"AADSTS{self.number}: {self.text}",
            "error_codes": [self.number],
            "trace_id": str(uuid4()),
            "correlation_id": str(uuid4()),
            "error_uri": f"https://login.microsoftonline.com/error?code={self.number}",
        }
        return answer(self.status, document)

    def page(self) -> Response:
        """The page that a browser shows instead."""
        text = f"<!DOCTYPE html><title>Sign in to your account</title><p>AADSTS{self.number}: {escape(self.text)}"
        return Response(self.status, _PAGE, text.encode())


def unproven(number: int, text: str) -> EntraRefused:
    """The application did not prove who it is."""
    return EntraRefused("invalid_client", number, text, status=401)


def no_such_tenant(name: str) -> EntraRefused:
    """Entra does not know the directory."""
    return EntraRefused("invalid_request", 90002, f"Tenant '{name}' not found.")


def missing(parameter: str) -> EntraRefused:
    """Something that must be said was not."""
    text = f"The request body must contain the following parameter: '{parameter}'."
    return EntraRefused("invalid_request", 900144, text)
