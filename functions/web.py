"""Everything that is reached over HTTP and is one application: the operators' API, and the console for people."""

import functools
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import azure.functions as func

from functions.api import api
from functions.console.application import console, is_here

_Scope = MutableMapping[str, Any]
_Receive = Callable[[], Awaitable[_Scope]]
_Send = Callable[[_Scope], Awaitable[None]]


async def everything(scope: _Scope, receive: _Receive, send: _Send) -> None:
    """Hand a call to whom its address belongs: a refusal is a page in the console, and a problem in the API."""
    chosen = console if is_here(scope["path"]) else api
    await chosen(scope, receive, send)


@functools.cache
def asgi() -> func.AsgiMiddleware:
    """The application as the functions host calls it."""
    return func.AsgiMiddleware(everything)
