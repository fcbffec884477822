"""The twin over real HTTPS: uvicorn on loopback, with a certificate authority of its own."""

import asyncio
import signal
import socket
import ssl
from collections.abc import Callable, MutableMapping
from pathlib import Path
from typing import Any

import trustme
import uvicorn

from local.twin.twin import Twin
from local.twin.wire import Delivery, Request, Response

ADDRESS = "127.0.0.1"
_BACKLOG = 512
_LONGEST_DRIP, _LARGEST_FLOOD = 6000, 8192
"""Ten minutes of bytes; half a gigabyte."""


def certify(folder: Path) -> tuple[Path, Callable[[ssl.SSLContext], None]]:
    """Make an authority and a certificate for loopback.

    Args:
        folder: Where the authority's certificate is put, for clients to trust.

    Returns:
        The authority's file, and what gives the certificate to a context.
    """
    authority = trustme.CA()
    certificate = authority.issue_cert(ADDRESS, "localhost")
    folder.mkdir(parents=True, exist_ok=True)
    trusted = folder / "ca.pem"
    authority.cert_pem.write_to_path(trusted)
    return trusted, certificate.configure_cert


def listening_socket(port: int) -> socket.socket:
    """A socket that takes connections from now on; port 0 chooses a free one."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((ADDRESS, port))
    listener.listen(_BACKLOG)
    return listener


def serve(
    twin: Twin, listener: socket.socket, configure: Callable[[ssl.SSLContext], None], ready: Callable[[], None]
) -> None:
    """Serve until a signal.

    Args:
        twin: Who answers.
        listener: Where requests come in.
        configure: Gives the certificate to the server's context.
        ready: Called once connections are taken.
    """
    config = uvicorn.Config(
        application(twin),
        lifespan="off",
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=60,
        timeout_graceful_shutdown=1,
    )
    config.load()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    configure(context)
    config.ssl = context
    server = uvicorn.Server(config)
    for number in (signal.SIGTERM, signal.SIGINT):
        # uvicorn raises a signal again once it has ended: without this it would end the process by the signal.
        signal.signal(number, lambda *_: setattr(server, "should_exit", True))
    ready()
    server.run([listener])


def application(twin: Twin) -> Callable[..., Any]:
    """The twin as an ASGI application; cmdlets run in threads."""

    async def answering(scope: MutableMapping[str, Any], receive: Callable[..., Any], send: Callable[..., Any]) -> None:
        body = b""
        more = True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        query = scope["query_string"].decode("latin-1")
        path = scope["raw_path"].decode("latin-1") + (f"?{query}" if query else "")
        request = Request(scope["method"], path, headers, body)
        await _send(await asyncio.to_thread(twin.handle, request), send)

    return answering


async def _send(response: Response, send: Callable[..., Any]) -> None:
    if response.delivery is Delivery.RESET:
        # uvicorn answers 500 for an application that fails before it begins, and hangs up on one that fails after.
        await send({"type": "http.response.start", "status": response.status, "headers": []})
        raise ConnectionResetError("a fault that was asked for")
    if response.delivery is not Delivery.WHOLE:
        await _trickle(response, send)
        return
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in response.headers.items()]
    headers.append((b"content-length", str(len(response.body)).encode()))
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": response.body})


async def _trickle(response: Response, send: Callable[..., Any]) -> None:
    """An answer that does not end: a byte at a time, or as much as fits."""
    is_drip = response.delivery is Delivery.DRIP
    chunk, pause = (b" ", 0.1) if is_drip else (b" " * 65536, 0.0)
    await send({"type": "http.response.start", "status": response.status, "headers": []})
    for _ in range(_LONGEST_DRIP if is_drip else _LARGEST_FLOOD):
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await asyncio.sleep(pause)
    await send({"type": "http.response.body", "body": b""})
