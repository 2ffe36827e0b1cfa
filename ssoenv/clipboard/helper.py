"""Start the process that holds a text on this machine's clipboard."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress

# What the process answers when the text is on the clipboard.
HELD = b"held"


def hold(text: str, seconds: int, environ: Mapping[str, str], *, secret: bool) -> bool:
    """Put *text* on the clipboard of this desktop for *seconds* (0: for good); return False where none answers.

    The process that does so outlives the terminal, and shares no stream with us: one that kept our stdout would make
    ``$(ssoenv …)`` wait for it. It gets the text on its stdin, where nobody else can read it.
    """
    order = json.dumps({"text": text, "seconds": seconds, "secret": secret})
    child = subprocess.Popen(
        [sys.executable, "-P", "-m", "ssoenv.clipboard"],  # -P: nothing is imported from the current directory
        env={name: value for name, value in environ.items() if not name.startswith("AWS_")},
        cwd=os.sep,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        creationflags=getattr(subprocess, "DETACHED_PROCESS", 0),
    )
    held = False
    with suppress(BrokenPipeError), child.stdin as orders, child.stdout as answers:  # type: ignore[union-attr]
        orders.write(order.encode())
        orders.close()
        held = answers.read() == HELD
    child.returncode = 0  # it goes on without us; Python would warn of a child left behind
    return held
