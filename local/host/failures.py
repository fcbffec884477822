"""What keeps the host, or one of its functions, from running."""


class HostError(Exception):
    """The host cannot go on; the message says why in one sentence."""


class IndexingFailed(HostError):
    """The app could not be imported or a function's signature does not fit its bindings."""


class FunctionRefused(HostError):
    """One function cannot run here (a missing setting, an unknown binding); the others can."""


class BadSchedule(FunctionRefused):
    """A timer's schedule is not an NCRONTAB expression."""


class BadRoute(FunctionRefused):
    """An HTTP function's route is not a route template."""
