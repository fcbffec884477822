"""Takes in what Azure Monitor's exporter sends, and keeps it: what would have reached Application Insights.

The real worker configures the real exporter, which sends to the address in its connection string; here that is a door
on loopback that writes one JSON object a line. Source: azure-monitor-opentelemetry-exporter 1.0 (``POST …/v2.1/track``,
a gzipped JSON list of envelopes; it expects the counts of what was taken).
"""

import gzip
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

_KEY = "00000000-0000-4000-8000-000000000000"


@contextmanager
def taking_in(file: Path) -> Iterator[dict[str, str]]:
    """Open the door; gives the settings that make a worker send its telemetry there.

    Args:
        file: Where the envelopes go, a line each.
    """
    lock = threading.Lock()
    file.write_text("")

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            rows = _envelopes(gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body)
            with lock, file.open("a") as sink:
                sink.writelines(json.dumps(row) + "\n" for row in rows)
            self._answer(200, {"itemsReceived": len(rows), "itemsAccepted": len(rows), "errors": []})

        def do_GET(self) -> None:
            self._answer(404, {})

        def _answer(self, status: int, document: object) -> None:
            text = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield _settings(server.server_port)
    finally:
        server.shutdown()
        server.server_close()


def _settings(port: int) -> dict[str, str]:
    return {
        "PYTHON_APPLICATIONINSIGHTS_ENABLE_TELEMETRY": "true",
        "PYTHON_APPLICATIONINSIGHTS_LOGGER_NAME": "keeper",
        "APPLICATIONINSIGHTS_CONNECTION_STRING": f"InstrumentationKey={_KEY};IngestionEndpoint=http://127.0.0.1:{port}/",
        # Nothing of this machine goes anywhere else.
        "APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL": "true",
        "APPLICATIONINSIGHTS_CONTROLPLANE_DISABLED": "true",
        "OTEL_BLRP_SCHEDULE_DELAY": "500",
    }


def _envelopes(body: bytes) -> list[Any]:
    document = json.loads(body)
    return document if isinstance(document, list) else [document]


def events_in(file: Path) -> list[dict[str, Any]]:
    """The rows of ``AppEvents`` that the envelopes become: name, properties and operation id."""
    found: list[dict[str, Any]] = []
    for line in file.read_text().splitlines():
        envelope = json.loads(line)
        data = envelope["data"]
        if data["baseType"] == "EventData":
            row = {"Name": data["baseData"]["name"], "Properties": data["baseData"]["properties"]}
            found.append({**row, "OperationId": envelope["tags"]["ai.operation.id"]})
    return found
