"""Work that nobody waits for: this very ssoenv, in a process of its own."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from ssoenv.context import Context


def start(words: Sequence[str], context: Context) -> bool:
    """Start ssoenv with *words*; return whether it could be started.

    It outlives its parent, says nothing, and has no terminal, so it asks nobody.
    """
    import subprocess

    null = subprocess.DEVNULL
    try:
        subprocess.Popen(
            # -P: no module that happens to lie where the process runs may stand in for one of ours.
            [sys.executable, "-P", "-m", "ssoenv", *words],
            stdin=null,
            stdout=null,
            stderr=null,
            cwd=context.home,
            start_new_session=True,
            creationflags=getattr(subprocess, "DETACHED_PROCESS", 0),
        )
    except OSError:
        return False
    return True
