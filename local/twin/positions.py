"""The positions of the twin's switches; the first of each is the likely one."""

from enum import StrEnum


class Replicas(StrEnum):
    """S1."""

    ONE = "one"
    LAGGING = "lagging"


class DenialBody(StrEnum):
    """S2."""

    NUL_BYTES = "nul_bytes"
    EMPTY = "empty"
    JSON = "json"


class ReadBack(StrEnum):
    """S4."""

    NORMALISED = "normalised"
    PLAIN = "plain"


class SkipListText(StrEnum):
    """S4."""

    AS_WRITTEN = "as_written"
    BLOCKS = "blocks"
    RANGES = "ranges"


class SingleWords(StrEnum):
    """S4."""

    LISTS = "lists"
    TEXTS = "texts"


class ArcShape(StrEnum):
    """S5."""

    TEXT = "text"
    LIST = "list"
    ALWAYS_THERE = "always_there"


class RestrictedInbound(StrEnum):
    """S6."""

    NO = "no"
    CREATED_DISABLED = "created_disabled"
    DISABLED_SILENTLY = "disabled_silently"
    PROHIBITED = "prohibited"


class NewRules(StrEnum):
    """S7."""

    ON = "on"
    OFF = "off"


class StopClass(StrEnum):
    """S7."""

    UNLISTED = "unlisted"
    LISTED = "listed"


class UnknownIdentity(StrEnum):
    """S9."""

    NOT_FOUND = "not_found"
    EVERYTHING = "everything"


class OutboundFilter(StrEnum):
    """S10."""

    ALL = "all"
    UNSCOPED_ONLY = "unscoped_only"


class Reasons(StrEnum):
    """S11."""

    BY_KIND = "by_kind"
    PIPED = "piped"
    NUMBERED = "numbered"
    NESTED = "nested"
    INNER = "inner"


class Language(StrEnum):
    """S11."""

    AS_ASKED = "as_asked"
    GERMAN = "german"


class LostAnswers(StrEnum):
    """S12."""

    NEVER = "never"
    HALF = "half"


class Throttling(StrEnum):
    """S13."""

    NEVER = "never"
    WITH_WAIT = "with_wait"
    WITHOUT_WAIT = "without_wait"


class Transient(StrEnum):
    """S14."""

    NEVER = "never"
    AS_400 = "as_400"


class FrontDoor(StrEnum):
    """S15."""

    DIRECT = "direct"
    REDIRECTS = "redirects"


class HiddenErrors(StrEnum):
    """S16."""

    NEVER = "never"
    IN_200 = "in_200"


class Dehydrated(StrEnum):
    """S17."""

    NO = "no"
    ARC = "arc"
    EVERYTHING = "everything"


class Hydration(StrEnum):
    """S17."""

    AT_ONCE = "at_once"
    AFTER_AN_HOUR = "after_an_hour"
    THROWS_THOUGH_IT_WORKS = "throws_though_it_works"


class Paging(StrEnum):
    """S18."""

    AS_ASKED = "as_asked"
    SHORT_PAGES = "short_pages"
    EXPIRED_LINKS = "expired_links"


class Extras(StrEnum):
    """S19."""

    SOME = "some"
    NONE = "none"


class Administrator(StrEnum):
    """S20."""

    QUIET = "quiet"
    BUSY = "busy"


class Leftovers(StrEnum):
    """S22."""

    NONE = "none"
    VALIDATION = "validation"


class Batches(StrEnum):
    """S23."""

    SHUFFLED = "shuffled"
    IN_ORDER = "in_order"
    BARE = "bare"
    REFUSED = "refused"
