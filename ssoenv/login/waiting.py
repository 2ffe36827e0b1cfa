"""What the user is told of a wait: for an approval, how long it still can be; for AWS, that it is one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ssoenv.context import Context

# Seconds in which AWS answers as a rule.
_PATIENCE = 3.0


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


@contextmanager
def patience(context: Context) -> Iterator[None]:
    """Say so, once, when AWS takes long to answer what is asked inside, and somebody is there who waits for it."""
    import threading

    told = threading.Timer(_PATIENCE, context.say, ["AWS has not answered yet. Waiting; Ctrl-C ends it."])
    told.daemon = True
    if context.terminal:
        told.start()
    try:
        yield
    finally:
        told.cancel()
