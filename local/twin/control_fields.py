"""What comes in at the door behind, read field by field: a wrong one is named in a sentence."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from local.twin.cmdlets import known
from local.twin.faults import Fault
from local.twin.wire import Delivery

_ANY_CMDLET = "*"
_LONGEST_S = 600
_HEADER = re.compile(r"[!-~]([ -~]*[!-~])?")


@dataclass(frozen=True)
class Fields:
    """A JSON object whose fields are read by kind; each raises ``ValueError`` with the field's name."""

    document: dict[str, object]

    def only(self, *names: str) -> None:
        """Nothing but these."""
        if unknown := self.document.keys() - set(names):
            raise ValueError(f"there is no {', '.join(sorted(unknown))}")

    def text(self, name: str, default: str | None = None) -> str:
        """A text that says something."""
        value = self.document.get(name, default)
        if not isinstance(value, str) or not value:
            raise ValueError(f"{name} is a text and must be there")
        return value

    def texts(self, name: str) -> list[str]:
        """A list of texts; an empty one when it is not there."""
        value = self.document.get(name, [])
        found = [each for each in value if isinstance(each, str)] if isinstance(value, list) else None
        if found is None or found != value:
            raise ValueError(f"{name} is a list of texts")
        return found

    def number(self, name: str, default: int | None = None, *, most: int = 2**31) -> int:
        """A whole number from 0."""
        value = self.document.get(name, default)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
            raise ValueError(f"{name} is a whole number from 0 to {most}")
        return value

    def flag(self, name: str) -> bool:
        """True or false; false when it is not there."""
        value = self.document.get(name, False)
        if not isinstance(value, bool):
            raise ValueError(f"{name} is true or false")  # noqa: TRY004 - all of these are answered alike
        return value

    def seconds(self, name: str) -> float:
        """A duration; nothing when it is not there."""
        value = self.document.get(name, 0)
        if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= _LONGEST_S:
            raise ValueError(f"{name} is a number from 0 to {_LONGEST_S}")
        return value

    def moment(self, name: str) -> datetime | None:
        """A time with its zone; ``None`` when it is not there."""
        value = self.document.get(name)
        found = None if value is None else datetime.fromisoformat(str(value))
        if found is not None and found.tzinfo is None:
            raise ValueError(f"{name} has no time zone")
        return found

    def delivery(self, name: str) -> Delivery:
        """How an answer travels; whole when it is not said."""
        value = self.document.get(name, Delivery.WHOLE)
        if value not in list(Delivery):
            raise ValueError(f"{name} is one of {', '.join(Delivery)}")
        return Delivery(str(value))

    def table(self, name: str) -> dict[str, object]:
        """An object; an empty one when it is not there."""
        value = self.document.get(name, {})
        if not isinstance(value, dict):
            raise ValueError(f"{name} is an object")  # noqa: TRY004 - all of these are answered alike
        return value


def tenant_id(name: str) -> str:
    """A tenant's id in its usual spelling.

    Raises:
        ValueError: It is none.
    """
    try:
        return str(UUID(name))
    except ValueError:
        raise ValueError(f"{name!r} is no tenant id") from None


def fault(given: Fields) -> Fault:
    """An answer that is wanted instead of the true one.

    Raises:
        ValueError: It is not understood.
    """
    if unknown := given.document.keys() - {field.name for field in fields(Fault)}:
        raise ValueError(f"a fault has no {', '.join(sorted(unknown))}")
    cmdlet, status = given.text("cmdlet"), given.number("status", 200)
    if cmdlet.casefold() not in {_ANY_CMDLET, *(name.casefold() for name in known())}:
        raise ValueError(f"there is no cmdlet {cmdlet!r}")
    if status != HTTPStatus.OK and not HTTPStatus.MULTIPLE_CHOICES <= status <= 599:  # noqa: PLR2004 - HTTP's last number
        raise ValueError("status is 200 or from 300 to 599")
    return Fault(
        cmdlet,
        status,
        times=given.number("times", 1),
        after=given.number("after", 0),
        applied=given.flag("applied"),
        headers=_headers(given.table("headers")),
        seconds=given.seconds("seconds"),
        delivery=given.delivery("delivery"),
        stale=given.flag("stale"),
        empty=given.flag("empty"),
    )


def _headers(given: Mapping[str, object]) -> dict[str, str]:
    found = {name: value for name, value in given.items() if isinstance(value, str)}
    if found.keys() != given.keys() or not all(map(_HEADER.fullmatch, [*found, *found.values()])):
        raise ValueError("headers are texts that HTTP can carry")
    return found
