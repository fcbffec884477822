"""What names of a tenant look like: the forms that are struck out wherever they stand. No I/O.

Source of the forms: exchange contract §1.5 (dates), §1.8 (servers, directory names), §1.12 (hosts).
"""

import re

from local.probe.own import DOMAIN, HEADER, PREFIX, WORD
from shared.adapters.clouds import CLOUDS
from shared.domain.desired import ARC_SEALER, LOOP_HEADER
from shared.domain.resources import Item

_PUBLIC = (*(item.value for item in Item), ARC_SEALER, LOOP_HEADER)
"""Names that the vendor has published."""
HOSTS = frozenset(
    url.removeprefix("https://") for cloud in CLOUDS for url in (*cloud.logins, *cloud.exchanges, cloud.graph)
) | {"aka.ms", "go.microsoft.com", "learn.microsoft.com", "docs.microsoft.com"}
"""Microsoft's own hosts, the same for every tenant."""

_OURS = (
    rf"{PREFIX} [0-9a-f]{{8}} [a-z-]+",
    re.escape(f"{PREFIX} nothing has this name"),
    rf"(?:\*\.|[a-z-]+\.)?{re.escape(DOMAIN)}",
    HEADER,
    WORD,
    *map(re.escape, _PUBLIC),
)
_TYPES = (
    r"Microsoft\.Exchange(?:\.[A-Z][A-Za-z0-9_`]*)+",
    r"System\.(?:[A-Z][A-Za-z]*\.)*(?:[A-Z][A-Za-z]*Exception|Int32|Int64|Guid|DateTime|Boolean|String|Double|Enum)",
    r"Exchange\.GenericHashTable",
    r"odata\.[a-z]+(?==)",
)
_DN = r"\b(?:CN|OU|DC|O)="

FORMS = (
    ("ours", rf"(?<![\w.@-])(?:{'|'.join(_OURS)})(?![\w@-]|\.\w)"),
    ("type", rf"(?<![\w.])(?:{'|'.join(_TYPES)})(?![\w-]|\.\w)"),
    ("moment", r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?"),
    ("url", r"https?://[^\s'\"<>]+"),
    ("guid", r"(?<![0-9A-Fa-f])[0-9A-Fa-f]{8}-?(?:[0-9A-Fa-f]{4}-?){3}[0-9A-Fa-f]{12}(?![0-9A-Fa-f])"),
    ("person", r"[^\s'\"<>,;:(){}\[\]]+@[^\s'\"<>,;:(){}\[\]]+"),
    # From the first part to the last, whatever stands between: a name may have quotes and commas in it.
    ("entry", rf"{_DN}.*,\s?(?:CN|OU|DC|O)=[^,;'\"\s]+|{_DN}(?:\\.|[^,;'\"\\\n])*"),
    ("ipv6", r"(?<![\w:.])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?![\w:])(?:/\d{1,3}(?!\w))?"),
    ("ipv4", r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?!\w|\.\d)(?:/\d{1,2}(?!\w))?"),
    # Letters alone are a long name of Exchange's, such as that of an exception.
    ("token", r"(?=[A-Za-z]*[\d+/=%~_-])[\w+/=%~-]{40,}"),
    ("domain", r"(?<![\w-])(?:[\w-]+\.)+[\w-]*[^\W\d_][\w-]*"),
    ("server", r"(?<!\w)(?=[A-Z0-9]*\d)[A-Z][A-Z0-9]{7,}(?!\w)"),
)
"""Each form by its name, the most telling first."""

_BETWEEN = r"\s,;:|/\\'\"<>(){}\[\]=&#?!*“”"
WORDS = (*FORMS, ("word", rf"[^{_BETWEEN}.-][^{_BETWEEN}]*"))
"""For values that no program wrote: whatever is left is a word of somebody's."""


def joined(forms: tuple[tuple[str, str], ...]) -> re.Pattern[str]:
    """One pattern that says by the name of its group what it has found."""
    return re.compile("|".join(f"(?P<{name}>{form})" for name, form in forms))
