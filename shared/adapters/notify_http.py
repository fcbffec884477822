"""Post a notification, in bounded time and to one place alone: no redirect is followed, nothing of it is quoted.

Source of what an answer means: Standard Webhooks 1.0.0, "Delivery success and failure" (2xx, 410, 429, Retry-After)
and "Request timeouts"; https://developer.pagerduty.com/docs/events-api-v2/overview/ ("Response Codes & Retry Logic").
"""

from collections.abc import Mapping
from datetime import datetime

from shared.adapters.bounded import FAULTS, was_sent
from shared.adapters.retry_after import wait_of
from shared.adapters.sessions import Sessions
from shared.domain.errors import Ambiguous, KeeperError, Rejected, SinkGone, Throttled, Unavailable
from shared.domain.values import Secret

_TIMEOUT = (5.0, 15.0)
_GONE, _MANY = 410, 429
_NEVER = frozenset({400, 413, 415, 422})
"""What no later try changes; everything else may be somebody's mistake that is mended meanwhile."""
_OF_GATEWAYS = frozenset({502, 504})
"""Said by somebody on the way: who was asked may have taken it."""


def post(sessions: Sessions, url: Secret, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
    """Post a body.

    Args:
        sessions: The connections.
        url: Where to, which may be a secret.
        headers: The headers.
        body: The body, byte for byte.
        now: The time, against which a date to try again is read.

    Raises:
        Throttled: 429.
        Unavailable: It was not taken, and may be later.
        Ambiguous: It went out and no answer came back: it may have been taken.
        Rejected: The body is refused for what it is.
        SinkGone: 410.
    """
    try:
        response = sessions.here().post(
            url.reveal,
            data=body,
            headers=dict(headers),
            timeout=_TIMEOUT,
            allow_redirects=False,
            stream=True,
        )
        response.close()
    except FAULTS as error:
        # The original quotes the address.
        fault = Ambiguous if was_sent(error) else Unavailable
        raise fault(f"no answer ({type(error).__name__}); try again later") from None
    if error_found := meaning(response.status_code, response.headers.get("Retry-After"), now):
        raise error_found


def meaning(status: int, retry_after: str | None, now: datetime) -> KeeperError | None:
    """Say what an answer means; ``None`` for one that takes the notification."""
    if 200 <= status < 300:  # noqa: PLR2004 - success
        return None
    if status == _GONE:
        return SinkGone("410: it wants no notifications any more")
    if status in _NEVER:
        return Rejected(f"{status}: the notification is refused")
    if status in _OF_GATEWAYS:
        return Ambiguous(f"{status}: nobody can tell whether the notification was taken; try again later")
    wait = wait_of(retry_after, now)
    if status == _MANY:
        return Throttled("429: fewer notifications are asked for", wait)
    return Unavailable(f"{status}: the notification was not taken; try again later", wait)
