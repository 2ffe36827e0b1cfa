"""The terminal itself, opened whatever stdin, stdout and stderr are."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple, TextIO

from ssoenv.errors import Cancelled, UsageError
from ssoenv.text import printable


class Terminal(NamedTuple):
    """What the person types, and what they see."""

    reader: TextIO
    writer: TextIO

    def say(self, line: str) -> None:
        """Write *line*, with what could steer the terminal escaped."""
        print(printable(line), file=self.writer, flush=True)


@contextmanager
def opened(instead: str) -> Iterator[Terminal]:
    """Open the terminal for one question.

    Raises UsageError with *instead* as the cure where there is none, and Cancelled when the person presses Ctrl-C or
    Ctrl-D or closes the terminal.
    """
    try:
        with ExitStack() as files:
            yield _open(files, instead)
    except (KeyboardInterrupt, EOFError):
        raise Cancelled from None
    except OSError:
        raise Cancelled("The terminal is gone.") from None


def discard_typed() -> None:
    """Forget what was typed at the terminal before now: it can't have been meant for a question still to come."""
    if sys.platform == "win32":
        import msvcrt

        while msvcrt.kbhit():
            msvcrt.getwch()
        return
    import termios

    with suppress(OSError, termios.error), Path("/dev/tty").open() as keys:
        termios.tcflush(keys, termios.TCIFLUSH)


def _open(files: ExitStack, instead: str) -> Terminal:
    if os.name == "nt":
        # Python writes UTF-8 to the console, but guesses another encoding for a file that is opened by name.
        keys, screen, encoding = Path("CONIN$"), Path("CONOUT$"), "utf-8"
    else:
        keys, screen, encoding = Path("/dev/tty"), Path("/dev/tty"), None
    try:
        return Terminal(
            files.enter_context(keys.open(encoding=encoding, errors="replace")),
            files.enter_context(screen.open("w", encoding=encoding, errors="replace")),
        )
    except OSError:
        raise UsageError("There is no terminal to ask at.", instead) from None
