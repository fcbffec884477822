"""``python -m local twin``: serves the twin on loopback, and says on one line where."""

import argparse
import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from local.twin.server import ADDRESS, certify, listening_socket, serve
from local.twin.twin import Twin


def main(arguments: list[str]) -> int:
    """Serve until a signal.

    Args:
        arguments: The command line behind ``twin``.

    Returns:
        0 after an orderly end.
    """
    parser = argparse.ArgumentParser("python -m local twin", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="HTTPS port on loopback; 0 chooses one (0)")
    parser.add_argument("--state-dir", type=Path, help="where the certificate authority's file is put (a new folder)")
    parser.add_argument("--seed", type=int, default=0, help="what chance draws from: the same seed, the same run (0)")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="twin-") as temporary, listening_socket(options.port) as listener:
        root = f"https://{ADDRESS}:{listener.getsockname()[1]}"
        trusted, configure = certify(options.state_dir or Path(temporary))
        # Another name of the same machine: a token for Exchange is none for Graph, as with the real ones.
        graph = root.replace(ADDRESS, "localhost")
        urls = {"login_url": root, "exchange_url": root, "graph_url": graph}
        line = json.dumps({**urls, "control_url": f"{root}/twin", "ca_file": str(trusted.resolve())})
        twin = Twin(root, lambda: datetime.now(UTC), graph, options.seed)
        serve(twin, listener, configure, lambda: print(line, flush=True))
    return 0
