"""The HTTP API for operators: one ASGI application, imported only when a call comes."""

import azure.functions as func

blueprint = func.Blueprint()

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
"""All of them: what a route does not allow is for the API to say."""


@blueprint.function_name("operations")
@blueprint.route(route="{*path}", methods=_METHODS, auth_level=func.AuthLevel.ANONYMOUS)
async def operations(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Hand the call to the API; it proves who calls."""
    from functions.web import asgi  # noqa: PLC0415 - queue functions must not pay for the web framework

    answer: func.HttpResponse = await asgi().handle_async(req, context)
    return answer
