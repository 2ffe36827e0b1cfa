"""Rows, as a person or a program reads them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set

from ssoenv.cli import messages
from ssoenv.text import printable, width

# What others have named, at any length. It is folded where room is short, and a profile, which is typed and copied,
# where that does not do. What is in the other columns never is.
_NAMED = {"ROLE", "SESSION", "NAME", "E-MAIL"}
# With less room for one of these (columns of the terminal), nearly each row would be folded.
_LEAST = 12
_GAP = "  "


def show(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print *rows*: a table on a terminal, else lines of tab-separated fields, without the headings."""
    shown = [[printable(cell) for cell in row] for row in rows]
    if messages.stdout_is_terminal():
        _draw(headings, shown)
    else:
        messages.write("".join("\t".join(row) + "\n" for row in shown))


def show_json(entries: Iterable[Mapping[str, object]]) -> None:
    """Print *entries* as a JSON list, in printable ASCII alone: no name in it can steer a terminal."""
    messages.write(json.dumps(list(entries), indent=2) + "\n")


def _draw(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    longest = [max(map(width, cells)) for cells in zip(headings, *rows, strict=True)]

    def fit(folded: Set[str]) -> bool:
        rooms = [min(room, _LEAST) if name in folded else room for name, room in zip(headings, longest, strict=True)]
        return sum(rooms) + len(_GAP) * (len(rooms) - 1) <= console.width

    folded = next(filter(fit, (_NAMED, _NAMED | {"PROFILE"})), None)
    if folded is None:
        for style, row in [("bold", headings), *(("", row) for row in rows)]:
            console.print(*(Text(line, style) for line in _apart(row, console.width)), sep="\n", soft_wrap=True)
        return
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in headings:
        table.add_column(heading, overflow="fold", no_wrap=heading not in folded)
    for row in rows:
        table.add_row(*map(Text, row))
    console.print(table)


def _apart(row: Sequence[str], room: int) -> Iterator[str]:
    """Yield the lines that *row* is where a table has no room: its first cell, and the others below it."""
    line, *rest = row
    for number, cell in enumerate(filter(None, rest)):
        if number == 0 or width(line + _GAP + cell) > room:
            yield line
            line = ""
        line += _GAP + cell
    yield line
