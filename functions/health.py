"""GET /api/health: 200, or 503 with the reason when the timer has not been through the fleet for two periods."""

import azure.functions as func

from functions.problems import answer, guarded
from shared.application.health import health_problem
from shared.bootstrap import application

blueprint = func.Blueprint()


@blueprint.function_name("health")
@blueprint.route(trigger_arg_name="request", route="health", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
@guarded
def health(request: func.HttpRequest) -> func.HttpResponse:
    """Say whether tenants are being watched."""
    app = application()
    problem = health_problem(app.world.journal.last_sweep(), app.world.clock(), app.policy.period)
    return answer(503 if problem else 200, {"status": "unhealthy" if problem else "healthy", "reason": problem})
