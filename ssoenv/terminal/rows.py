"""Rows to choose from, and which of them match what was typed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ssoenv.text import fold


class Row(NamedTuple):
    """One choice: the *text* that is shown, and more *words* that find it. All of it may hold any character.

    *besides* finds it, too, but behind rows that need no such word: an e-mail address often holds one, as "admin".
    Where the text is too long for its line, it is *name*, *rest* and *end* that are shown: as much of the end as fits,
    and all of the rest, even if that takes the middle out of the name.
    """

    text: str
    words: str = ""
    name: str = ""
    rest: str = ""
    end: str = ""
    besides: str = ""


class Matches:
    """The rows that hold every word of the query, in any order, whatever its case and accents.

    *hits* are the numbers of those rows, counted from 0, in the order of the rows; last those found by *besides*.
    """

    def __init__(self, rows: Sequence[Row]) -> None:
        self.hits: Sequence[int] = range(len(rows))
        self._query = ""
        # The line break, which no word holds, keeps a word from matching the end of one and the start of the other.
        self._texts = [fold(f"{row.text}\n{row.words}") for row in rows]
        self._besides = [fold(row.besides) for row in rows]

    def search(self, query: str) -> None:
        """Make *hits* those of *query*."""
        query = fold(query)
        # What a longer query finds is among what the shorter one found.
        hits = self.hits if query.startswith(self._query) else range(len(self._texts))
        words = query.split()
        for word in words:
            hits = [number for number in hits if word in self._texts[number] or word in self._besides[number]]

        def place(number: int) -> tuple[bool, int]:
            return any(word not in self._texts[number] for word in words), number

        self.hits, self._query = sorted(hits, key=place), query
