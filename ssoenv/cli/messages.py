"""What the program says: the only place that writes to stdout and stderr, and picks exit codes."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Iterable
from contextlib import suppress
from typing import NoReturn

from ssoenv.context import Context
from ssoenv.errors import SsoenvError
from ssoenv.text import printable

# A check that the user asked for (`status --check`, `--verify`) says no.
CHECK_FAILED = 1
# Something in ssoenv itself is wrong.
_INTERNAL_ERROR = 70

# The line that `show` wrote, and that stands at the end of the terminal's output.
_shown = ""


def context() -> Context:
    """Return the context of this process, which talks to stderr."""
    # A screen reader would read each new state of the line.
    rewrites = columns() > 0 and not os.environ.get("ACCESSIBLE") and os.environ.get("TERM") != "dumb"
    return Context.system(say, show if rewrites else None)


def columns() -> int:
    """Return the width of the terminal that stderr is, 0 if it is none."""
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns
    except (OSError, ValueError, AttributeError):
        return 0


def say(line: str) -> None:
    """Write *line* to stderr at once, with what could steer a terminal escaped."""
    _write_lines([printable(line)])


def draw(lines: Iterable[str]) -> None:
    """Write *lines*, which steer the terminal by themselves, to stderr; nothing in them may come from elsewhere."""
    _write_lines(lines)


def show(line: str) -> None:
    """Write *line* to the terminal over the one that was shown before; "" takes that away."""
    global _shown
    line = printable(line)[: max(0, columns() - 1)]  # a line that wraps can't be written over
    if line != _shown:
        blank = f"\r{' ' * len(_shown)}\r" if _shown else ""
        _shown = line
        with suppress(OSError, ValueError, AttributeError):
            print(blank + line, end="", file=sys.stderr, flush=True)


def _write_lines(lines: Iterable[str]) -> None:
    if _shown:
        show("")
    with suppress(OSError, ValueError, AttributeError):  # a closed stderr must not cost the user the switch
        for line in lines:
            print(line, file=sys.stderr, flush=True)


def write(text: str) -> None:
    """Write *text* to stdout whole, as UTF-8 with plain newlines on every system; exit if nobody reads it."""
    try:
        sys.stdout.buffer.write(text.encode())
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        # Python would complain once more when it closes stdout at exit.
        with suppress(OSError, ValueError):
            sys.stdout.close()
        sys.exit(1)


def fail(error: SsoenvError) -> NoReturn:
    """Say what was wrong and what to do next, and exit with the error's code."""
    say(f"ssoenv: {error}")
    sys.exit(error.exit_code)


def fail_unexpectedly(error: Exception) -> NoReturn:
    """Say where ssoenv itself went wrong, without the values that a traceback could show."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    say(f"ssoenv: an error in ssoenv itself: {type(error).__name__} in {frame.filename}, line {frame.lineno}.")
    say("Please report it with these lines and the command you typed: https://github.com/ssoenv/ssoenv/issues")
    sys.exit(_INTERNAL_ERROR)
