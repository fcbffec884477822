"""POST /api/signup: a signed webhook makes a durable record, then a message; 202 once it is durable.

The answer has the link that the customer's administrator consents by.
"""

import azure.functions as func

from functions.links import consent_link
from functions.problems import answer, guarded
from functions.shell import deliver
from shared.application.signups import sign_up
from shared.bootstrap import application

blueprint = func.Blueprint()


@blueprint.function_name("signup")
@blueprint.route(trigger_arg_name="request", route="signup", methods=["POST"], auth_level=func.AuthLevel.ANONYMOUS)
@guarded
def signup(request: func.HttpRequest) -> func.HttpResponse:
    """Take in a new customer."""
    app = application()
    webhook_id, new = app.read_signup(dict(request.headers), request.get_body())
    outcome = sign_up(new, webhook_id, app.world)
    deliver(outcome.deliveries, or_leave_to_the_timer=True)
    link = consent_link(app.settings.public_url, request, new.tenant_id)
    return answer(202, {"status": outcome.note, "tenant_id": str(new.tenant_id), "consent_url": link})
