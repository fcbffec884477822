"""What the demo shows: progress as it happens, and the tables at the end of each act."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from rich import box
from rich.console import Console, RenderableType
from rich.live import Live
from rich.table import Table

from local.demo.items import ITEMS

_STYLES = {"on": "green", "off": "yellow"}


def progress(console: Console, line: str) -> None:
    """Say what has just happened."""
    console.print(f"  [dim]·[/dim] {line}", soft_wrap=True)


def act(console: Console, title: str) -> None:
    """Begin an act."""
    console.print(f"\n[bold]{title}[/bold]")


def titled(console: Console, title: str, table: Table) -> None:
    """Show a table under its title."""
    console.print(f"\n[bold]{title}[/bold]\n", soft_wrap=True)
    console.print(table)


@contextmanager
def watching(console: Console) -> Iterator[Callable[[RenderableType], None]]:
    """Keep one table in motion on a terminal; a file gets only what is said meanwhile."""
    if not console.is_terminal:
        yield lambda _table: None
        return
    with Live(console=console, transient=True, refresh_per_second=10) as live:
        yield live.update


def items_table(states: Mapping[str, Mapping[str, str]]) -> Table:
    """The six items of each tenant, as they stand in the tenant itself."""
    table = _table("item")
    for tenant in states:
        table.add_column(tenant, justify="center", no_wrap=True)
    for item in ITEMS:
        cells = [state[item] for state in states.values()]
        table.add_row(item, *(f"[{_STYLES.get(cell, 'red')}]{cell}[/]" for cell in cells))
    return table


def _table(first: str) -> Table:
    # No space beside the outer edges, so that a line ends where its text does.
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column(first, no_wrap=True)
    return table


def writes_table(counts: Mapping[str, Mapping[str, int]]) -> Table:
    """How often each write cmdlet was sent to each tenant."""
    table = _table("cmdlet")
    for tenant in counts:
        table.add_column(tenant, justify="right", no_wrap=True)
    cmdlets: Sequence[str] = sorted({cmdlet for sent in counts.values() for cmdlet in sent})
    for cmdlet in cmdlets:
        table.add_row(cmdlet, *(str(sent.get(cmdlet, 0) or "") for sent in counts.values()))
    table.add_section()
    table.add_row("writes in all", *(str(sum(sent.values())) for sent in counts.values()))
    return table
