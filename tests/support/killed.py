"""A process that is killed at the moment it would put a written file in its place."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

_CALLS = "?rename,?renameat,?renameat2"


def killed_at_rename(folder: Path, number: int, script: str, *words: object) -> None:
    """Run the Python *script* until SIGKILL meets it at its rename of that *number*; skip where nothing can do that."""
    strace = shutil.which("strace")
    if strace is None or subprocess.run([strace, "-o", os.devnull, "true"], capture_output=True).returncode:
        pytest.skip("strace can't trace here")
    trace = folder / "trace"
    done = subprocess.run(
        [
            *(strace, "-f", "-qq", "-o", trace, "-e", f"trace={_CALLS}"),
            *("-e", f"inject={_CALLS}:signal=SIGKILL:when={number}"),
            *(sys.executable, "-B", "-c", script, *map(str, words)),  # -B: the interpreter renames .pyc files, too
        ],
        input="\n",
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "+++ killed by SIGKILL +++" in trace.read_text(), done.stderr
