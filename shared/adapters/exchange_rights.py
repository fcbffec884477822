"""Read which cmdlets Exchange has for the application: its answer depends on the role. No I/O, and total.

Source: exchange contract §1.1 (``EXOModuleFile``, as shipping clients read it).
"""

from collections.abc import Mapping

from shared.adapters.exchange_answers import Answer
from shared.adapters.exchange_envelope import parsed


def cmdlets_of(answer: Answer) -> frozenset[str] | None:
    """The names of the cmdlets, in lower case; ``None`` where the answer does not say."""
    document = parsed(answer.body)
    rows = document.get("value") if isinstance(document, Mapping) else None
    if answer.status != 200 or not isinstance(rows, list):  # noqa: PLR2004 - HTTP's own number
        return None
    texts = [row.get("exportedCmdlets") for row in rows if isinstance(row, Mapping)]
    names = {name.strip().casefold() for text in texts if isinstance(text, str) for name in text.split(",")}
    return frozenset(names - {""}) or None
