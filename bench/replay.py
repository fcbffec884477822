"""An Exchange that says over real HTTPS what the twin said once: as fast as it can, late, or never.

``python -m bench.replay FILE`` serves until it is killed, and prints on one line where. It costs next to nothing; the
twin itself would take the processor from what is measured. Every byte of an answer is the twin's own.
"""

import asyncio
import json
import ssl
import sys
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import uvicorn

from local.twin.server import ADDRESS, certify, listening_socket
from shared.domain.schedule import share

_FOREVER_S = 3600.0
_BATCH = "/$batch"
_TOKEN = "/oauth2/v2.0/token"  # noqa: S105 - a path


@dataclass(frozen=True, slots=True)
class Script:
    """What is answered.

    Attributes:
        parts: The twin's answers, each with the place of its question among those of the batch.
        delay: Seconds before an answer, on average; each tenant has its own, from half of it to one and a half.
        hanging: Tenants that get none.
    """

    parts: tuple[tuple[int, Mapping[str, object]], ...]
    delay: float = 0.0
    hanging: frozenset[str] = frozenset()

    def write(self, path: Path) -> None:
        """Put it into a file."""
        whole = {"parts": self.parts, "delay": self.delay, "hanging": sorted(self.hanging)}
        path.write_text(json.dumps(whole), "utf-8")


def read(path: Path) -> Script:
    """Take it out of a file."""
    whole = json.loads(path.read_text("utf-8"))
    return Script(tuple((place, part) for place, part in whole["parts"]), whole["delay"], frozenset(whole["hanging"]))


def application(script: Script, root: str) -> Callable[..., Any]:
    """The script as an ASGI application."""
    written = [(place, json.dumps({**part, "id": ""}).split('"id": ""', 1)) for place, part in script.parts]

    def batch(body: bytes) -> bytes:
        ids = [part["id"] for part in json.loads(body)["requests"]]
        parts = [f'{head}"id": {json.dumps(ids[place])}{tail}' for place, (head, tail) in written]
        return f'{{"responses": [{", ".join(parts)}]}}'.encode()

    async def answering(scope: MutableMapping[str, Any], receive: Callable[..., Any], send: Callable[..., Any]) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        path = str(scope["path"])
        if path.endswith(_BATCH):
            tenant_id = path.split("/")[3]
            delay = script.delay * (0.5 + share(UUID(tenant_id)))
            await asyncio.sleep(_FOREVER_S if tenant_id in script.hanging else delay)
            answer = batch(body)
        else:
            answer = _token(path.removesuffix(_TOKEN).strip("/"), root)
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(answer)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    return answering


def _token(tenant_id: str, root: str) -> bytes:
    """A token of the form that Entra gives; nobody checks who signed it but Exchange, which is us."""
    claims = {"tid": tenant_id, "aud": root, "roles": ["Exchange.ManageAsApp"]}
    middle = urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return json.dumps({"token_type": "Bearer", "expires_in": 3599, "access_token": f"e30.{middle}.e30"}).encode()


def main(path: Path) -> None:
    """Serve until the end of the process; the authority's file is put beside the script."""
    with listening_socket(0) as listener:
        root = f"https://{ADDRESS}:{listener.getsockname()[1]}"
        trusted, configure = certify(path.parent)
        config = uvicorn.Config(
            application(read(path), root), lifespan="off", ws="none", log_config=None, access_log=False
        )
        config.load()
        config.ssl = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        configure(config.ssl)
        print(json.dumps({"url": root, "ca_file": str(trusted.resolve())}), flush=True)
        uvicorn.Server(config).run([listener])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
