"""Rows, as a person or a program reads them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ssoenv.cli import messages
from ssoenv.text import printable, width

# What others have named, at any length. It is folded where room is short; what is in the other columns never is.
_FOLDED = {"PROFILE", "ROLE", "SESSION", "NAME", "E-MAIL"}
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
    import json

    messages.write(json.dumps(list(entries), indent=2) + "\n")


def _draw(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    rooms = _rooms(headings, rows, console.width)
    if rooms is None:
        for style, row in [("bold", headings), *(("", row) for row in rows)]:
            console.print(*(Text(line, style) for line in _apart(row, console.width)), sep="\n", soft_wrap=True)
        return
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading, room in zip(headings, rooms, strict=True):
        table.add_column(heading, overflow="fold", width=room)
    for row in rows:
        table.add_row(*map(Text, row))
    console.print(table)


def _rooms(headings: Sequence[str], rows: Sequence[Sequence[str]], room: int) -> list[int] | None:
    """Return how wide each column is, so that as few lines as can be are folded in *room* columns of the terminal.

    None means that there is no room for a table: there would be as many folds as rows.
    """
    rooms = [max(map(width, cells)) for cells in zip(headings, *rows, strict=True)]
    folding = [number for number, heading in enumerate(headings) if heading in _FOLDED]
    room -= sum(rooms) - sum(rooms[number] for number in folding) + len(_GAP) * (len(rooms) - 1)
    # For each room that the columns so far may take together: the folds, and how wide each of them is then.
    best: dict[int, tuple[int, list[int]]] = {0: (0, [])}
    for number in folding:
        cells = Counter(width(row[number]) for row in rows)
        before, best = best, {}
        for wide in range(width(headings[number]), min(rooms[number], room) + 1):
            folds = sum((size - 1) // wide * count for size, count in cells.items() if size)
            for taken, (others, widths) in before.items():
                total, end = others + folds, taken + wide
                if end <= room and (end not in best or total < best[end][0]):
                    best[end] = total, [*widths, wide]
    # Of several ways the one that gives the first column the most: it is what is typed and copied.
    folds, widths = min(
        best.values(), key=lambda way: (way[0], [-wide for wide in way[1]]), default=(len(rows) + 1, [])
    )
    for number, wide in zip(folding, widths, strict=False):
        rooms[number] = wide
    return rooms if folds <= len(rows) else None


def _apart(row: Sequence[str], room: int) -> Iterator[str]:
    """Yield the lines that *row* is where a table has no room: its first cell, and the others below it."""
    line, *rest = row
    for number, cell in enumerate(filter(None, rest)):
        if number == 0 or width(line + _GAP + cell) > room:
            yield line
            line = ""
        line += _GAP + cell
    yield line
