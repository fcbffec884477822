"""GET /api/consent/{tenantId}: an administrator's way to Entra's consent page; and back, where the id is ``callback``.

Anybody can open it: what it shows is for anybody to read, and of a tenant's record there is nothing but what to do.
"""

import re
from http import HTTPStatus
from urllib.parse import urlencode

import azure.functions as func

from functions.consent_texts import NO_LINK, REFUSALS, TRY_LATER, outcome_page
from functions.links import callback_link
from functions.pages import moved, shown
from functions.problems import headers_of, note_refusal, status_of
from functions.shell import deliver
from shared.application.consent import Answer, consented, invitation
from shared.bootstrap import application
from shared.domain.errors import InvalidSignup, KeeperError
from shared.domain.guidance import guidance
from shared.domain.tenants import parse_tenant_id

blueprint = func.Blueprint()

_CALLBACK = "callback"
_WORD = re.compile(r"[A-Za-z0-9_.-]{1,64}", re.ASCII)


@blueprint.function_name("consent")
@blueprint.route(
    trigger_arg_name="request", route="consent/{tenantId}", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS
)
def consent(request: func.HttpRequest) -> func.HttpResponse:
    """Send an administrator to Entra, or say what came of it."""
    name = request.route_params.get("tenantId", "")
    try:
        return _came_back(request) if name.lower() == _CALLBACK else _sent_out(request, name)
    except InvalidSignup as error:
        note_refusal(error)
        return shown(NO_LINK, HTTPStatus.NOT_FOUND)
    except KeeperError as error:
        note_refusal(error)
        answer = shown(REFUSALS.get(status_of(error), TRY_LATER), status_of(error))
        answer.headers.update(headers_of(error))
        return answer


def _sent_out(request: func.HttpRequest, name: str) -> func.HttpResponse:
    """The tenant is named by its id alone: ``common`` or a domain would let somebody else's administrator consent."""
    app = application()
    tenant_id = parse_tenant_id(name)
    asked = {
        "client_id": app.settings.client_id,
        "scope": f"{app.settings.exchange_url}/.default",
        "redirect_uri": callback_link(app.settings.public_url, request),
        "state": invitation(tenant_id, app.world),
    }
    return moved(f"{app.settings.login_url}/{tenant_id}/v2.0/adminconsent?{urlencode(asked)}")


def _came_back(request: func.HttpRequest) -> func.HttpResponse:
    app = application()
    said = request.params
    answer = Answer(said.get("state", ""), said.get("tenant", ""), _word(said.get("error", "")))
    outcome = consented(answer, app.world, app.policy)
    deliver(outcome.deliveries, or_leave_to_the_timer=True)
    advice = guidance(outcome.tenant, app.settings.client_id)
    return shown(outcome_page(answer, outcome, advice))


def _word(error: str) -> str:
    """Entra's word for a refusal, which the history keeps; anybody can write anything there."""
    return error if not error or _WORD.fullmatch(error) else "unreadable"
