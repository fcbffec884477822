"""Tables in pages of documentation, made from code: each stands between ``<!-- name -->`` and ``<!-- /name -->``."""

from collections.abc import Iterable, Mapping

Table = tuple[tuple[str, ...], Iterable[tuple[str, ...]]]
"""A head and rows, each of the same width."""


def renewed(text: str, tables: Mapping[str, Table]) -> str:
    """Put every table in its place anew.

    Args:
        text: A page.
        tables: What stands between each pair of marks.
    """
    for name, (head, rows) in tables.items():
        lines = [head, ("---",) * len(head), *rows]
        table = "\n".join("| " + " | ".join(line) + " |" for line in lines)
        before, _, rest = text.partition(f"<!-- {name} -->")
        after = rest.partition(f"<!-- /{name} -->")[2]
        text = f"{before}<!-- {name} -->\n{table}\n<!-- /{name} -->{after}"
    return text
