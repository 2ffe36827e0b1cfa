"""The process that stays behind: ``python -m ssoenv.clipboard``, with what to hold as JSON on stdin."""

from __future__ import annotations

import json
import os
import signal
import sys

from ssoenv import background
from ssoenv.clipboard import desktop
from ssoenv.clipboard.helper import HELD

# A clipboard that has not taken the text by then never will. Seconds.
_PATIENCE = 10


def main() -> None:
    """Hold the text, answer on stdout as soon as it is on the clipboard, and take it off again."""
    answers = os.dup(1)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 1)  # libraries print to stdout, and children that stay must not keep it open

    def held() -> None:
        if hasattr(signal, "alarm"):
            signal.alarm(0)
        os.write(answers, HELD)
        os.close(answers)

    background.forbid_core_dumps()
    if hasattr(signal, "alarm"):
        signal.signal(signal.SIGALRM, _give_up)
        signal.alarm(_PATIENCE)
    order = json.loads(sys.stdin.buffer.read())
    desktop.hold(order["text"], order["seconds"], held, secret=order["secret"])


def _give_up(*_: object) -> None:
    raise TimeoutError


if __name__ == "__main__":
    main()
