"""Rows, as a person or a program reads them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ssoenv.cli import messages
from ssoenv.text import printable, width

# What is typed or copied stays in one piece, if the other columns get so much room (columns of the terminal) then.
_WHOLE = {"PROFILE", "ACCOUNT"}
_LEAST = 8


def show(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print *rows*: a table on a terminal, else lines of tab-separated fields, without the headings."""
    shown = [[printable(cell) for cell in row] for row in rows]
    if messages.stdout_is_terminal():
        _draw(headings, shown)
    else:
        messages.write("".join("\t".join(row) + "\n" for row in shown))


def show_json(entries: Iterable[Mapping[str, object]]) -> None:
    """Print *entries* as a JSON list, in printable ASCII alone: no name in it can steer a terminal."""
    import json

    messages.write(json.dumps(list(entries), indent=2) + "\n")


def _draw(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console, table = Console(), Table(box=None, header_style="bold", pad_edge=False)
    longest = [max(map(width, cells)) for cells in zip(headings, *rows, strict=True)]
    rooms = [room if heading in _WHOLE else _LEAST for heading, room in zip(headings, longest, strict=True)]
    fits = sum(rooms) + 2 * len(rooms) <= console.width
    for heading in headings:
        table.add_column(heading, overflow="fold", no_wrap=fits and heading in _WHOLE)
    for row in rows:
        table.add_row(*map(Text, row))
    console.print(table)
