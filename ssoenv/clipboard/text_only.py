"""The clipboards that only pyperclip reaches, by other programs: text alone, without marks."""

from __future__ import annotations

import time
from contextlib import suppress

import pyperclip

# Some programs end before what they were given is on the clipboard: so often it is looked for, with seconds between.
_LOOKS = 10
_GAP = 0.1


def put(text: str, *, secret: bool) -> bool:  # noqa: ARG001 - there is no mark
    """Put *text* on the clipboard; return whether it is there. Where that can't be told, it is overwritten."""
    with suppress(Exception):  # as pyperclip raises it; TimeoutError among them
        pyperclip.copy(text)
        for _ in range(_LOOKS):  # it tells nobody when the program that it runs has failed
            if _holds(text):
                return True
            time.sleep(_GAP)
    _overwrite()
    return False


def take_off(text: str) -> None:
    """Overwrite the clipboard, if it is *text* that it holds."""
    if _holds(text):
        _overwrite()


def _holds(text: str) -> bool:
    return bool(pyperclip.paste().splitlines() == text.splitlines())  # Windows may end lines in its own way


def _overwrite() -> None:
    pyperclip.copy(" ")  # Cygwin can't have an empty one
