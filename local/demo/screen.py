"""What the demo shows: progress as it happens, and the tables at the end of each act."""

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table

from local.demo.items import ITEMS

_STYLES = {"on": "green", "off": "yellow"}


def progress(console: Console, line: str) -> None:
    """Say what has just happened."""
    console.print(f"  [dim]·[/dim] {line}")


def act(console: Console, title: str) -> None:
    """Begin an act."""
    console.print(f"\n[bold]{title}[/bold]")


def items_table(title: str, states: Mapping[str, Mapping[str, str]]) -> Table:
    """The six items of each tenant, as they stand in the tenant itself."""
    table = Table(title=title, title_justify="left", title_style="bold")
    table.add_column("item")
    for tenant in states:
        table.add_column(tenant, justify="center", min_width=14)
    for item in ITEMS:
        cells = [state[item] for state in states.values()]
        table.add_row(item, *(f"[{_STYLES.get(cell, 'red')}]{cell}[/]" for cell in cells))
    return table


def writes_table(title: str, counts: Mapping[str, Mapping[str, int]]) -> Table:
    """How often each write cmdlet was sent to each tenant."""
    table = Table(title=title, title_justify="left", title_style="bold")
    table.add_column("cmdlet")
    for tenant in counts:
        table.add_column(tenant, justify="right", min_width=14)
    cmdlets: Sequence[str] = sorted({cmdlet for sent in counts.values() for cmdlet in sent})
    for cmdlet in cmdlets:
        table.add_row(cmdlet, *(str(sent.get(cmdlet, 0) or "") for sent in counts.values()))
    table.add_section()
    table.add_row("writes in all", *(str(sum(sent.values())) for sent in counts.values()))
    return table
