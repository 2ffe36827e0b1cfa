"""What the program says, save tables and bars, which rich draws; and the only place that picks exit codes."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from typing import NoReturn, TextIO

from ssoenv import settings
from ssoenv.context import Context
from ssoenv.errors import Cancelled, ConfigError, SsoenvError
from ssoenv.text import printable, width

# A check that the user asked for (`status --check`, `--verify`) says no, or not all of many commands ended well.
CHECK_FAILED = 1
# As in sysexits.h. EX_SOFTWARE: something in ssoenv itself is wrong. EX_IOERR: stdout can't be written.
_INTERNAL_ERROR = 70
_UNWRITTEN = 74

# The line that `show` wrote, and that stands at the end of the terminal's output.
_shown = ""


def context() -> Context:
    """Return the context of this process, which talks to stderr."""
    found = Context.system(say)
    with suppress(ConfigError):  # settings that mean nothing are told by the commands that need them
        if columns() and not settings.wants_plain_lines(found):
            return replace(found, show=show)
    return found


def columns() -> int:
    """Return the width of the terminal that stderr is, 0 if it is none."""
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns
    except (OSError, ValueError, AttributeError):
        return 0


def say(line: str) -> None:
    """Write *line* to stderr at once, with what could steer a terminal escaped, and wrapped where it is one."""
    line, room = printable(line), columns()
    if not room or width(line) <= room:
        draw([line])
        return
    from ssoenv.cli.wrapping import wrapped  # most lines fit

    draw(wrapped(line, room))


def draw(lines: Iterable[str]) -> None:
    """Write *lines* to stderr as they are, so nothing of others may be in them but what `printable` has escaped."""
    if _shown:
        show("")
    for line in lines:
        _talk(f"{line}\n")


def show(line: str) -> None:
    """Write *line* to the terminal over the one that was shown before; "" takes that away."""
    global _shown
    line = printable(line)[: max(0, columns() - 1)]  # a line that wraps can't be written over
    if line != _shown:
        # The cursor is left where the line begins: a terminal that becomes narrower folds it, and moves the cursor with
        # its character. Without TERM, as on Windows, nobody knows whether escape sequences mean anything. The blank is
        # for tmux, which would keep in its history what is erased from the screen's first character on.
        erase = " \x1b[J" if os.environ.get("TERM") else " " * min(len(_shown), columns() - 1)
        # A Ctrl-C that the terminal shows as ^C has moved the cursor.
        before = f"\r{erase}\r" if _shown else ""
        _shown = line
        _talk(f"{before}{line}\r" if line else before)


def _talk(text: str | bytes) -> None:
    """Write *text* to stderr at once; one that is closed or full must not cost the user the switch."""
    try:
        # Not by print, which takes stdout where there is no stderr: a shell would run what it says.
        if isinstance(text, str):
            sys.stderr.write(text)
        else:
            sys.stderr.buffer.write(text)
        sys.stderr.flush()
    except (OSError, ValueError, AttributeError):
        _silence(sys.stderr)


def write(text: str) -> None:
    """Write *text* to stdout whole, as UTF-8 with plain newlines on every system; exit if that fails.

    Nobody who reads it (a closed pipe) is told so; a closed stdout or a full disk is.
    """
    _write(text.encode(errors="surrogateescape"))


def pass_on(line: bytes, *, to_stderr: bool = False) -> None:
    """Write *line*, which another program wrote, as it is; fail as `write` does."""
    if _shown:
        show("")
    if to_stderr:
        _talk(line)
    else:
        _write(line)


def _write(data: bytes) -> None:
    try:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except (OSError, ValueError, AttributeError) as error:  # Python has no stdout at all where it was closed
        _fail_to_write(error)


def _fail_to_write(error: Exception) -> NoReturn:
    _silence(sys.stdout)
    if isinstance(error, BrokenPipeError):
        sys.exit(1)
    say(f"ssoenv: stdout can't be written: {getattr(error, 'strerror', None) or 'it is closed'}.")
    sys.exit(_UNWRITTEN)


def stdout_is_terminal() -> bool:
    """Tell whether stdout is a terminal."""
    return sys.stdout is not None and sys.stdout.isatty()


def has_colours(*, to_stderr: bool) -> bool:
    """Tell whether stdout, or stderr, is a terminal that shows colours, and its user wants to see them."""
    stream = sys.stderr if to_stderr else sys.stdout
    unwanted = os.environ.get("NO_COLOR") or os.environ.get("TERM") in {"dumb", "unknown"}
    return stream is not None and stream.isatty() and not unwanted


def _silence(stream: TextIO | None) -> None:
    """Let *stream* lead nowhere: Python flushes it once more at exit, and would complain or change the exit code."""
    if stream is not None:
        with suppress(OSError, ValueError), open(os.devnull, "wb") as null:  # noqa: PTH123
            os.dup2(null.fileno(), stream.fileno())


def fail(error: SsoenvError) -> NoReturn:
    """Say what was wrong and what to do next, and exit with the error's code."""
    say(str(error) if isinstance(error, Cancelled) else f"ssoenv: {error}")
    sys.exit(error.exit_code)


def fail_unexpectedly(error: Exception) -> NoReturn:
    """Say where ssoenv itself went wrong, without the values that a traceback could show."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()  # what typer has written itself, such as help
    except (OSError, ValueError) as unwritten:
        _fail_to_write(unwritten)
    import traceback  # which takes long to load

    frame = traceback.extract_tb(error.__traceback__)[-1]
    say(f"ssoenv: an error in ssoenv itself: {type(error).__name__} in {frame.filename}, line {frame.lineno}.")
    say("Please report it with these lines and the command you typed: https://github.com/ssoenv/ssoenv/issues")
    sys.exit(_INTERNAL_ERROR)
