"""Tables for a terminal of 80 columns."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bridge.base.words import printable

WIDTH = 79
_LONGEST_NAME = 20


def plain_table(first: str, headings: tuple[str, ...]) -> Table:
    """A table without lines: a column of names, and one of numbers for each heading."""
    table = Table(box=None, pad_edge=False)
    # Without markup and without emoji: a name is what it is; one that is too long goes on in the next line.
    table.add_column(Text(first), overflow="fold")
    for heading in headings:
        table.add_column(heading, justify="right", no_wrap=True)
    return table


def table_lines(table: Table) -> list[str]:
    """The lines of a table."""
    console = Console(width=WIDTH, color_system=None)
    with console.capture() as shown:
        console.print(table)
    return [line.rstrip() for line in shown.get().splitlines()]


def short_name(name: str) -> str:
    """A name that leaves room for other words in its line."""
    text = Text(printable(name))
    text.truncate(_LONGEST_NAME, overflow="ellipsis")
    return text.plain
