"""How Microsoft Graph says no: a code, a text, and ids to quote to support.

Source: exchange contract §3.2 (the conflict). Codes and texts of the others as Graph's documentation prints them:
https://learn.microsoft.com/graph/errors
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from local.twin.wire import Response, answer


@dataclass
class GraphRefused(Exception):
    """Graph did not do it.

    Attributes:
        status: The HTTP status.
        code: Graph's own.
        text: In English.
    """

    status: int
    code: str
    text: str

    def response(self) -> Response:
        """The answer."""
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S")
        inner = {"date": now, "request-id": str(uuid4()), "client-request-id": str(uuid4())}
        return answer(self.status, {"error": {"code": self.code, "message": self.text, "innerError": inner}})


def bad_token(text: str) -> GraphRefused:
    """The token is none, over, or for another service."""
    return GraphRefused(401, "InvalidAuthenticationToken", text)


def bad_request(text: str) -> GraphRefused:
    """The request is not of its form."""
    return GraphRefused(400, "Request_BadRequest", text)


def conflict() -> GraphRefused:
    """It is there already."""
    return bad_request(
        "A conflicting object with one or more of the specified property values is present in the directory."
    )


def no_such_resource(identity: object) -> GraphRefused:
    """The directory has nothing of that id."""
    text = f"Resource '{identity}' does not exist or one of its queried reference-property objects are not present."
    return GraphRefused(404, "Request_ResourceNotFound", text)
