"""Answers that somebody wants instead of the true ones."""

import json

from local.twin.refusals import Refused
from local.twin.state import Fault, TenantState
from local.twin.wire import Response


def next_fault(tenant: TenantState, cmdlet: str) -> Fault | None:
    """The fault that this call of the application meets, if any; each counts its calls."""
    for fault in tenant.faults:
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
    body = json.dumps(refused.document()).encode()
    if fault.status == 200 and response is not None:  # noqa: PLR2004 - HTTP's own number
        body = response.body
    return Response(fault.status, {"Content-Type": "application/json", **fault.headers}, body, fault.delivery)
