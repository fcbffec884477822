"""What there is to say about a setting."""

from dataclasses import dataclass
from enum import StrEnum


class Need(StrEnum):
    """Who reads a setting, and whether it may be missing."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    CREDENTIAL = "exactly one of the three credentials"
    STORAGE = "a connection string, or the two service URIs"
    PLATFORM = "read by the platform"
    GIVEN = "set by the platform"
    LIBRARY = "read by the HTTP library"


class Group(StrEnum):
    """The headings of the page."""

    MICROSOFT = "Microsoft 365"
    CREDENTIAL = "The product's credential"
    SIGNUP = "Signups and operators"
    FLEET = "What is kept, and how often it is checked"
    NOTICES = "Who is told"
    STORAGE = "Storage"
    PLATFORM = "The platform's own"


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting.

    Attributes:
        name: Its name in the environment.
        group: The heading that it stands under.
        meaning: What it is, for people.
        need: Who reads it, and whether it may be missing.
        default: Its value when nobody sets it; empty where there is none.
        follows: What it follows from when nobody sets it, in words; empty where it has a default or none.
        is_secret: Its value must never be shown.
        example: What a value looks like.
    """

    name: str
    group: Group
    meaning: str
    need: Need = Need.OPTIONAL
    default: str = ""
    follows: str = ""
    is_secret: bool = False
    example: str = ""
