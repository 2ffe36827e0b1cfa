"""Parts of this very ssoenv in processes of their own, which outlive this one."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ssoenv.context import Context

if TYPE_CHECKING:
    from subprocess import Popen


def start(words: Sequence[str], context: Context) -> bool:
    """Start ssoenv with *words*; return whether it could be started.

    It outlives its parent, says nothing, and has no terminal, so it asks nobody.
    """
    from subprocess import DEVNULL

    try:
        _start(["ssoenv", *words], stdin=DEVNULL, stdout=DEVNULL, cwd=context.home)
    except OSError:
        return False
    return True


def ask(module: str, order: Mapping[str, object], environ: Mapping[str, str], folder: Path | None = None) -> bytes:
    """Start *module* in *environ*, hand it *order*, and return the line that it answers; b"" if it ends without one.

    It reads the order as JSON on its stdin, where nobody else sees it, and outlives its parent.
    """
    from subprocess import PIPE

    child = _start([module], stdin=PIPE, stdout=PIPE, env=environ, cwd=folder)
    answer = b""
    with suppress(OSError), child.stdin as orders, child.stdout as answers:  # type: ignore[union-attr]
        orders.write(json.dumps(order).encode() + b"\n")
        orders.close()
        answer = answers.readline()
    return answer


def forbid_core_dumps() -> None:
    """Let a crash of this process write no secret to the disk."""
    with suppress(ImportError):
        import resource

        # Where a program takes the cores, Linux hands it one at a limit of 0, too, but not at 1 (fs/coredump.c); and no
        # core fits into a file of one byte.
        most = int(sys.platform == "linux" and resource.getrlimit(resource.RLIMIT_CORE)[1] != 0)
        resource.setrlimit(resource.RLIMIT_CORE, (most, most))


def _start(words: Sequence[str], **how: Any) -> Popen[bytes]:
    import subprocess

    # -P: no module that happens to lie where the process runs may stand in for one of ours. It gets none of our
    # streams: a shell that captures our output would wait for its end.
    child = subprocess.Popen(
        [sys.executable, "-P", "-m", *words],
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        creationflags=getattr(subprocess, "DETACHED_PROCESS", 0),
        **how,
    )
    child.returncode = 0  # it goes on without us; Python would warn of a child left behind
    return child
