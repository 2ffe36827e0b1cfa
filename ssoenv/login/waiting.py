"""Wait for the user, who sees how long ssoenv will."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ssoenv.context import Context


@contextmanager
def countdown(context: Context, deadline: float) -> Iterator[Callable[[float], None]]:
    """Hand out a sleep (seconds) that shows at a terminal what is left until *deadline*, by one line that changes."""

    def sleep(seconds: float) -> None:
        if context.show is None:
            context.sleep(seconds)
            return
        rest = seconds  # not until a time, which a clock that is set back would put off
        while rest > 0:
            minutes, left = divmod(max(0, round(deadline - context.now())), 60)
            context.show(f"Waiting for the approval: {minutes}:{left:02d} left")
            context.sleep(min(rest, 1))
            rest -= 1

    try:
        yield sleep
    finally:
        if context.show:
            context.show("")
