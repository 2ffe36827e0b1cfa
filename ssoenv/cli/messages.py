"""What the program says: the only place that writes to stdout and stderr, and picks exit codes."""

from __future__ import annotations

import sys
import traceback
from contextlib import suppress
from typing import NoReturn

from ssoenv.context import Context
from ssoenv.errors import SsoenvError
from ssoenv.text import printable

# A check that the user asked for (`status --check`, `--verify`) says no.
CHECK_FAILED = 1
# Something in ssoenv itself is wrong.
_INTERNAL_ERROR = 70


def context() -> Context:
    """Return the context of this process, which talks to stderr."""
    return Context.system(say)


def say(line: str) -> None:
    """Write *line* to stderr at once, with what could steer a terminal escaped."""
    with suppress(OSError, ValueError, AttributeError):  # a closed stderr must not cost the user the switch
        print(printable(line), file=sys.stderr, flush=True)


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
