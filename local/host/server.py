"""The HTTP server, in a thread and an event loop of its own."""

import asyncio
import socket
import threading
from collections.abc import Callable

import uvicorn

from local.host.failures import HostError

ADDRESS = "127.0.0.1"
BACKLOG = 128


def listening_socket(port: int) -> socket.socket:
    """A socket that takes connections from now on; port 0 chooses a free one.

    Raises:
        HostError: The port is taken.
    """
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((ADDRESS, port))
    except OSError as error:
        listener.close()
        raise HostError(f"port {port} cannot be used: {error.strerror}") from None
    listener.listen(BACKLOG)
    return listener


class Server:
    """Serves an application until it is stopped. In a thread uvicorn leaves the signals to us."""

    def __init__(self, application: Callable[..., object], listener: socket.socket, grace: float) -> None:
        config = uvicorn.Config(
            application,
            lifespan="off",
            log_config=None,
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=max(1, round(grace)),
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, args=([listener],), name="http", daemon=True)

    def start(self) -> None:
        """Serve from now on."""
        self._thread.start()

    async def stop(self) -> None:
        """Take no more connections and wait for the answers that are due."""
        self._server.should_exit = True
        await asyncio.to_thread(self._thread.join)
