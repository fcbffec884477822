"""A sign of life to a service outside Azure: it notices when a whole subscription falls silent.

The third layer of the dead man's switch, after an alert on missing sweeps and a test of the health page from outside.
"""

import logging
from dataclasses import dataclass

from requests import RequestException

from shared.adapters.sessions import Sessions
from shared.domain.values import Secret

_LOG = logging.getLogger("keeper.heartbeat")
_TIMEOUT = (3.0, 5.0)


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """Where signs of life go.

    Attributes:
        url: The address, which is a secret: whoever knows it can pretend that we live. ``None`` where there is none.
        sessions: The connections.
    """

    url: Secret | None
    sessions: Sessions

    def beat(self) -> None:
        """Send one; nothing depends on whether it arrives."""
        if self.url is None:
            return
        try:
            response = self.sessions.here().post(self.url.reveal, timeout=_TIMEOUT, allow_redirects=False, stream=True)
            response.close()
            if not response.ok:
                _LOG.warning("heartbeat refused", extra={"status": response.status_code})
        except RequestException as error:
            # The original quotes the address.
            _LOG.warning("heartbeat lost", extra={"reason": type(error).__name__})
