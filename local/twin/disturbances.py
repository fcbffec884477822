"""What may come between a request and its answer: other servers, throttling, failures that pass.

Source: exchange contract §1.5 (an error inside a 200), §1.8, §1.10, §1.12; positions: ``switches`` S12 to S16. Chance
decides which request it hits, the same for the same seed.
"""

from dataclasses import replace

from local.twin.positions import Administrator, FrontDoor, HiddenErrors, LostAnswers, Throttling, Transient
from local.twin.refusals import Refused
from local.twin.state import TenantState
from local.twin.wire import Request, Response, answer

_SERVER = "server=eurprd01"
_BUSY = Refused(
    503,
    "Microsoft.Exchange.Data.Directory.TransientException",
    "The server is too busy. This issue may be transient. Please try again later.",
)
_TOO_MANY = Refused(
    429,
    "Microsoft.Exchange.Net.AAD.TooManyRequestsException",
    "You have reached the maximum number of concurrent requests per tenant. Please wait and try again",
)
_MOST_INTERFERENCES = 6
_TENTH, _TWELFTH, _FIFTEENTH, _HALF = 1 / 10, 1 / 12, 1 / 15, 1 / 2


def sent_on(tenant: TenantState, request: Request, root: str) -> Response | None:
    """Send a request to another server first; there it is at home, by its own address."""
    path, _, query = request.path.partition("?")
    if tenant.switches.front_door is FrontDoor.DIRECT or _SERVER in query.split("&"):
        return None
    return Response(302, {"Location": f"{root}{path}?{'&'.join(filter(None, (query, _SERVER)))}"})


def turned_away(tenant: TenantState) -> Refused | None:
    """Refuse a request before it is looked at."""
    if tenant.switches.throttling is not Throttling.NEVER and tenant.dice.random() < _TENTH:
        return _TOO_MANY
    if tenant.switches.transient is Transient.AS_400 and tenant.dice.random() < _TWELFTH:
        return replace(_BUSY, status=400)
    return None


def headers_of(tenant: TenantState, refused: Refused) -> dict[str, str]:
    """What stands beside a refusal."""
    names_wait = refused is _TOO_MANY and tenant.switches.throttling is Throttling.WITH_WAIT
    return {"Retry-After": "2"} if names_wait else {}


def hides_error(tenant: TenantState) -> bool:
    """Whether this request's first answer is an error that says 200."""
    return tenant.switches.hidden_errors is HiddenErrors.IN_200 and tenant.dice.random() < _FIFTEENTH


def hidden_error() -> Response:
    """An error that says 200."""
    return answer(200, _BUSY.document())


def loses_answer(tenant: TenantState) -> bool:
    """Whether this write of the application has its effect and nobody is told."""
    return tenant.switches.lost_answers is LostAnswers.HALF and tenant.dice.random() < _HALF


def lost() -> Refused:
    """What is said instead."""
    return _BUSY


def interfered(tenant: TenantState) -> list[tuple[str, dict[str, object]]]:
    """What the tenant's administrator does just before a write of the application (S20)."""
    name = f"In between {tenant.interferences + 1}"
    if tenant.switches.administrator is Administrator.QUIET or tenant.interferences == _MOST_INTERFERENCES:
        return []
    tenant.interferences += 1
    return [("New-TransportRule", {"Name": name, "Priority": 0, "PrependSubject": "[x] "})]
