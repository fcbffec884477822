"""The host's HTTP side: the app's routes, and the host's own under /admin."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from local.host.execution import Call, Execution
from local.host.functions import Function, HttpBinding
from local.host.http_values import answer_of, call_of, metadata_of
from local.host.invocation import Typed
from local.host.keys import Keys
from local.host.routes import RouteTable

BY_API = "This function was programmatically called via the host APIs."


@dataclass(frozen=True)
class Web:
    """The ASGI application of the host."""

    functions: Mapping[str, Function]
    prefix: str
    keys: Keys
    execution: Execution
    start_manually: Callable[[Function, str], None]

    def application(self) -> Callable[[Scope, Receive, Send], object]:
        """The application, its routes sorted."""
        triggers = [function.trigger for function in self.functions.values()]
        table = RouteTable(trigger.route for trigger in triggers if isinstance(trigger, HttpBinding))

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            request = Request(scope, receive)
            response = await self._answer(request, table)
            await response(scope, receive, send)

        return answer

    async def _answer(self, request: Request, table: RouteTable) -> Response:
        path = request.scope["raw_path"].decode("ascii", "replace").split("?")[0].lstrip("/")
        if path.lower().startswith("admin/"):
            return await self._admin(request, path.lower().removeprefix("admin/").strip("/"))
        start = f"{self.prefix}/" if self.prefix else ""
        found = table.find(request.method, path[len(start) :]) if f"{path}/".lower().startswith(start.lower()) else None
        if found is None:
            return Response(status_code=404)
        function, route = self.functions[found[0]], found[1]
        assert isinstance(function.trigger, HttpBinding)
        if not self.keys.admit(function.trigger.level, function.name, _presented(request)):
            return Response(status_code=401)
        call = await call_of(request, route)
        return answer_of(await self.execution.run(function, Call(Typed("http", call), BY_API, metadata_of(call))))

    async def _admin(self, request: Request, path: str) -> Response:
        if not self.keys.admit("admin", "", _presented(request)):
            return Response(status_code=401)
        by_name = {name.lower(): function for name, function in self.functions.items()}
        match (request.method, path.split("/")):
            case "GET", ["host", "status"]:
                return JSONResponse({"state": "Running"})
            case "GET", ["functions"]:
                return JSONResponse([{"name": name} for name in self.functions])
            case "POST", ["functions", name] if name in by_name:
                return self._manual(by_name[name], await request.body())
        return Response(status_code=404)

    def _manual(self, function: Function, body: bytes) -> Response:
        try:
            document = json.loads(body or b"{}")
            given = document.get("input", "")
        except (ValueError, AttributeError):
            return Response(status_code=400)
        self.start_manually(function, given if isinstance(given, str) else json.dumps(given))
        return Response(status_code=202)


def _presented(request: Request) -> str:
    return request.headers.get("x-functions-key") or request.query_params.get("code", "")
