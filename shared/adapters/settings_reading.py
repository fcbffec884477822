"""Read settings one by one and collect every problem, so that an operator sees them all at once. No I/O."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import ip_address
from typing import TypeVar
from urllib.parse import urlsplit

from shared.adapters.settings_table import SETTINGS, Need
from shared.domain.errors import InvalidSettings

_Value = TypeVar("_Value")

_ROWS = {setting.name: setting for setting in SETTINGS}
HOST = r"(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?"
_ORIGIN = re.compile(f"https://{HOST}/?", re.ASCII)
_SERVICE = re.compile(rf"https://{HOST}(?:/[A-Za-z0-9._-]+)*/?", re.ASCII)
_GUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}", re.ASCII)
_SECONDS = re.compile(r"[0-9]{1,7}", re.ASCII)
_DAYS = re.compile(r"[0-9]{1,5}", re.ASCII)
"""Days that a calendar still has when they are counted back from today."""
_COUNT = re.compile(r"[1-9][0-9]{0,2}", re.ASCII)
_UNRESOLVED = "@Microsoft.KeyVault("
"""What is left in a setting when the platform could not resolve a Key Vault reference.

https://learn.microsoft.com/azure/app-service/app-service-key-vault-references ("Troubleshoot Key Vault references").
"""


@dataclass(frozen=True, slots=True)
class Reading:
    """An environment that is being read.

    Attributes:
        environment: The settings as they are.
        problems: What is wrong so far, by the setting's name; no value of a setting is ever in it.
    """

    environment: Mapping[str, str] = field(repr=False)
    problems: dict[str, str] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """Return a setting or its default; empty when it has neither, which is a problem where it is required."""
        value = self.environment.get(name, "").strip()
        if value.startswith(_UNRESOLVED):
            self.problems[name] = "the platform could not resolve its Key Vault reference"
            return ""
        if not value and _ROWS[name].need is Need.REQUIRED:
            self.problems[name] = "is missing"
        return value or _ROWS[name].default

    def origin(self, name: str) -> str:
        """Return a server's address without its final slash."""
        return self._of_form(name, _ORIGIN, "https:// and a host are expected").rstrip("/")

    def service(self, name: str) -> str:
        """Return a service's address, which may have a path, without its final slash."""
        return self._of_form(name, _SERVICE, "an https URL without a query is expected").rstrip("/")

    def guid(self, name: str) -> str:
        """Return an id."""
        return self._of_form(name, _GUID, "a GUID is expected")

    def seconds(self, name: str, least: int) -> timedelta:
        """Return a time that is given in seconds."""
        digits = self._of_form(name, _SECONDS, f"whole seconds are expected, at least {least}")
        seconds = int(digits) if _SECONDS.fullmatch(digits) else least
        if seconds < least:
            self.problems[name] = f"whole seconds are expected, at least {least}"
        return timedelta(seconds=seconds)

    def days(self, name: str, least: int) -> timedelta:
        """Return a time that is given in days."""
        expected = f"whole days are expected, from {least} to 99999"
        digits = self._of_form(name, _DAYS, expected)
        days = int(digits) if _DAYS.fullmatch(digits) else least
        if days < least:
            self.problems[name] = expected
        return timedelta(days=days)

    def count(self, name: str) -> int:
        """Return a number of things, at least one."""
        expected = "a whole number is expected, from 1 to 999"
        digits = self._of_form(name, _COUNT, expected)
        return int(digits) if _COUNT.fullmatch(digits) else 1

    def parsed(self, name: str, parse: Callable[[str], _Value]) -> _Value | None:
        """Return what a parser makes of a setting; ``None`` when it is missing or the parser refuses it."""
        value = self.text(name)
        if not value:
            return None
        try:
            return parse(value)
        except InvalidSettings as error:
            self.problems[name] = str(error)
            return None

    def finish(self) -> None:
        """End the reading.

        Raises:
            InvalidSettings: Each problem, one line for each setting, in the order of the table.
        """
        if self.problems:
            lines = [f"{name}: {self.problems[name]}" for name in _ROWS if name in self.problems]
            raise InvalidSettings("\n".join(lines))

    def _of_form(self, name: str, form: re.Pattern[str], expected: str) -> str:
        value = self.text(name)
        if value and not form.fullmatch(value):
            self.problems[name] = expected
        return value


def is_loopback(url: str) -> bool:
    """Tell whether a URL leads to the machine itself."""
    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
