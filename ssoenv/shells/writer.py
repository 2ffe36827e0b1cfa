"""What ssoenv must know of a shell's syntax: one writer a family."""

from __future__ import annotations

from abc import abstractmethod
from typing import Protocol


class Writer(Protocol):
    """Writes a snippet's lines, without the last newline, and decides nothing.

    Names are checked before a writer sees them, and values hold no control character and no lone surrogate.
    """

    def comment(self, text: str) -> str:
        """Return *text* as a line that does nothing."""
        return f"# {text}"

    @abstractmethod
    def set(self, name: str, value: str) -> str:
        """Return the line that sets and exports *name*. Raise what `quote` raises."""

    @abstractmethod
    def unset(self, *names: str) -> str:
        """Return the lines that remove *names*, without a word about those that are not set.

        One line where the shell can: a wrapper checks and runs each line by itself, at each switch.
        """

    def in_any_encoding(self) -> Writer:
        """Return what writes for who may read another encoding than UTF-8, where the shell can misread so."""
        return self

    @abstractmethod
    def quote(self, value: str) -> str:
        """Return *value* as the shell must read it to get it byte for byte.

        There is no default on purpose: no two families agree. Raise ValueError where a shell's syntax can't; its text
        says why, without showing the value.
        """
