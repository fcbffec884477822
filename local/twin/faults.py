"""Answers that somebody wants instead of the true ones."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from http import HTTPStatus

from local.twin.refusals import Refused
from local.twin.wire import Delivery, Response


@dataclass
class Fault:
    """An answer that a test or the demo wants instead of the true one.

    Attributes:
        cmdlet: Which cmdlet it hits; ``*`` for any.
        status: The HTTP status of the answer; 200 gives the true one.
        times: How many answers are left.
        after: How many calls pass unharmed before.
        applied: The cmdlet runs all the same, and only its answer is lost.
        headers: Of the answer, such as Retry-After or Location.
        seconds: How long the answer is kept back.
        delivery: How the answer travels.
        stale: A read shows the tenant as it was before the last write.
        empty: The answer has no body, whatever its status.
    """

    cmdlet: str
    status: int = 200
    times: int = 1
    after: int = 0
    applied: bool = False
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0
    delivery: Delivery = Delivery.WHOLE
    stale: bool = False
    empty: bool = False

    @property
    def is_true(self) -> bool:
        """The cmdlet's own answer goes out, whenever and however it does."""
        return self.status == HTTPStatus.OK and self.delivery is Delivery.WHOLE and not self.empty


def next_fault(faults: Iterable[Fault], cmdlet: str) -> Fault | None:
    """The fault that this call of the application meets, if any; each counts its calls."""
    for fault in faults:
        if fault.cmdlet.casefold() in ("*", cmdlet.casefold()) and fault.times > 0:
            if fault.after > 0:
                fault.after -= 1
                continue
            fault.times -= 1
            return fault
    return None


def spoiled(fault: Fault, response: Response | None) -> Response:
    """What goes out instead of an answer.

    Args:
        fault: What is wanted.
        response: The true answer; ``None`` where the cmdlet did not run.
    """
    text = "The server is too busy. This issue may be transient. Please try again later."
    refused = Refused(fault.status, "Microsoft.Exchange.Data.Directory.TransientException", text)
    # What the front door refuses by itself, it refuses without a word (exchange contract §1.9).
    is_busy = fault.status >= HTTPStatus.INTERNAL_SERVER_ERROR or fault.status == HTTPStatus.TOO_MANY_REQUESTS
    body = json.dumps(refused.document()).encode() if is_busy else b""
    if fault.status == HTTPStatus.OK and response is not None:
        body = response.body
    if fault.empty:
        body = b""
    headers = {"Content-Type": "application/json", **fault.headers}
    return Response(fault.status, headers, body, fault.delivery, told="a fault that was asked for")
