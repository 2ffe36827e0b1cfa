"""The process that stays behind: ``python -m ssoenv.clipboard``, with what to hold as JSON on stdin."""

from __future__ import annotations

import json
import os
import signal
import sys
from contextlib import suppress

from ssoenv import background
from ssoenv.clipboard import desktop
from ssoenv.clipboard.helper import HELD

# A clipboard that has not taken the text by then never will. In WSL it takes a PowerShell, which is slow when it starts
# for the first time. Seconds.
_PATIENCE = 30


def main() -> None:
    """Hold the text, answer on stdout as soon as it is on the clipboard, and take it off again."""
    answers = os.dup(1)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 1)  # libraries print to stdout, and children that stay must not keep it open

    def held() -> None:
        if hasattr(signal, "alarm"):
            signal.alarm(0)
        with suppress(OSError):  # who asked was stopped meanwhile: the text has to be taken off all the same
            os.write(answers, HELD)
        os.close(answers)

    background.forbid_core_dumps()
    if hasattr(signal, "alarm"):
        signal.signal(signal.SIGALRM, _give_up)
        signal.alarm(_PATIENCE)
    order = json.loads(sys.stdin.buffer.read())
    desktop.hold(order["text"], order["seconds"], held, secret=order["secret"])


def _give_up(*_: object) -> None:
    signal.alarm(_PATIENCE)  # for what is left to do: to take off what may be there
    raise TimeoutError


if __name__ == "__main__":
    main()
