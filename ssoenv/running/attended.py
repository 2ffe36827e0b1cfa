"""A child that this process waits for, as if the caller had called it directly."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ssoenv.running import command, signals

if TYPE_CHECKING:
    from subprocess import Popen

# Those that the caller looks for when it asks what became of a child. Of others, such as SIGSEGV, this process would
# leave a core of its own.
_PASSED_UP = signals.numbered("SIGINT", "SIGTERM", "SIGHUP", "SIGPIPE")
_PASSED_DOWN = (*signals.ENDING, *signals.numbered("SIGQUIT", "SIGUSR1", "SIGUSR2"))


def run(path: str, words: Sequence[str], environ: Mapping[str, str]) -> int:
    """Run the program at *path*, called by *words*, and return its status as Popen does: -N where signal N ended it.

    It stays in this process's group, so that the terminal's keys reach it; other signals are passed on. Raise
    NotExecutable.
    """
    child: list[Popen[bytes]] = []
    early: list[int] = []

    def pass_on(number: int) -> None:
        if signals.reaches_children(number):
            return
        if child:
            child[0].send_signal(number)
        else:
            early.append(number)

    with signals.caught(_PASSED_DOWN, pass_on):
        child.append(command.start(path, words, environ))
        for number in early:
            child[0].send_signal(number)
        return child[0].wait()


def end_like(status: int) -> int:
    """Return the exit code for a child's *status*, or end as it has ended: a shell stops a loop at SIGINT alone."""
    if status >= 0:
        # A crash on Windows is a number such as 0xC0000005, which sys.exit takes as a negative one alone.
        return status - (1 << 32) if status >> 31 else status
    if -status in _PASSED_UP:
        signal.signal(-status, signal.SIG_DFL)
        os.kill(os.getpid(), -status)
    return 128 - status
