"""The clipboards that only pyperclip reaches, by other programs: text alone, without marks."""

from __future__ import annotations

import pyperclip


def put(text: str, *, secret: bool) -> bool:  # noqa: ARG001 - there is no mark
    """Put *text* on the clipboard; return whether it is there."""
    pyperclip.copy(text)
    return bool(pyperclip.paste() == text)  # it tells nobody when the program that it runs has failed


def take_off(text: str) -> None:
    """Overwrite the clipboard, if it is *text* that it holds."""
    if pyperclip.paste() == text:
        pyperclip.copy(" ")  # Cygwin can't have an empty one
