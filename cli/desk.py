"""What a command works with: the API and the terminal, opened from the outside when it begins."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from cli.api import Api
from cli.connection import connection
from cli.outside import Outside
from cli.screen import Screen, screen_on
from cli.sessions import Sessions


@dataclass(frozen=True, slots=True)
class Desk:
    """The API, the terminal, and the time."""

    api: Api
    screen: Screen
    clock: Callable[[], datetime]
    sleep: Callable[[float], None]

    @property
    def url(self) -> str:
        """Which deployment it is."""
        return self.api.connection.url

    def now(self) -> datetime:
        """The time."""
        return self.clock()

    def wave(self, number: int, size: int) -> None:
        """Tell that a wave begins."""
        self.screen.say(f"wave {number}: {size} {'tenant' if size == 1 else 'tenants'}")


def desk(outside: Outside) -> Desk:
    """Open everything.

    Raises:
        CommandError: The environment does not say where the API is, or who asks.
    """
    api = Api(connection(outside.environment), Sessions(outside.session), outside.sleep)
    return Desk(api, screen_on(outside), outside.clock, outside.sleep)
