"""The host's own log lines: to stderr, with the time in front, beside the app's, which stay as they are."""

import logging
import sys
import time

LOG = logging.getLogger("local.host")
# The host's own storage traffic would drown the app's lines; in Azure it is another process that makes it.
QUIET = ("azure", "urllib3", "asyncio")


def start_log() -> None:
    """Send all log lines of this process to stderr."""
    app_lines = logging.StreamHandler(sys.stderr)
    app_lines.setFormatter(logging.Formatter("%(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[app_lines])
    host_lines = logging.StreamHandler(sys.stderr)
    layout = logging.Formatter("[%(asctime)s.%(msecs)03dZ] %(message)s", "%Y-%m-%dT%H:%M:%S")
    layout.converter = time.gmtime
    host_lines.setFormatter(layout)
    LOG.addHandler(host_lines)
    LOG.propagate = False
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
