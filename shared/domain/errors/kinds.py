"""The root of every error, and the two kinds that say what to do."""

from datetime import timedelta


class KeeperError(Exception):
    """Anything this product knows how to name."""

    code = "keeper_error"


class TransientError(KeeperError):
    """Try again later: after ``retry_after`` where the other side asked for a wait, which is ``None`` elsewhere."""

    code = "transient"

    def __init__(self, message: str, retry_after: timedelta | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class PermanentError(KeeperError):
    """Repeating it changes nothing: a person must act."""

    code = "permanent"
