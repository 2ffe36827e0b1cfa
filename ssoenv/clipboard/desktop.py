"""The clipboard of this desktop. What stands here runs in a process of its own, whose streams lead nowhere."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Protocol

from ssoenv.surroundings import is_wsl

# The type is named, as wl-copy would guess another one from what the text looks like.
_WL_COPY = ("wl-copy", "--type", "text/plain")


def hold(text: str, seconds: int, held: Callable[[], None], *, secret: bool) -> None:
    """Put *text* on the clipboard and call *held*; after *seconds* (0: never) take it off, if it is still there.

    Return without a call of *held* where no clipboard answers. A *secret* is marked as one where that can be done.
    """
    if stores := _stores():
        _by_store(stores, text, seconds, held, secret=secret)
        return
    if os.environ.get("WAYLAND_DISPLAY") and (
        # Without wl-copy there is no way: compositors may keep from the others what an X11 program copies.
        not shutil.which("wl-copy") or _by_wl_copy(text, seconds, held, secret=secret)
    ):
        return
    if os.environ.get("DISPLAY"):
        from ssoenv.clipboard import x11

        x11.hold(text, seconds, held, secret=secret)


class _Store(Protocol):
    """A clipboard that keeps what it was given, with no program behind it."""

    def put(self, text: str, *, secret: bool) -> bool: ...

    def take_off(self, text: str) -> None: ...


def _stores() -> Sequence[_Store]:
    """Return those of this system, the best first; none where a clipboard is a program that stays."""
    if sys.platform == "win32":
        from ssoenv.clipboard import windows

        return [windows]
    if sys.platform == "darwin":
        from ssoenv.clipboard import macos, text_only

        return [macos, text_only]
    if sys.platform == "cygwin" or is_wsl(os.environ):
        from ssoenv.clipboard import text_only

        return [text_only]
    return []


def _by_store(stores: Sequence[_Store], text: str, seconds: int, held: Callable[[], None], *, secret: bool) -> None:
    """Do as `hold`."""
    for store in stores:
        if store.put(text, secret=secret):
            held()
            if seconds:
                time.sleep(seconds)
                store.take_off(text)
            return


def _by_wl_copy(text: str, seconds: int, held: Callable[[], None], *, secret: bool) -> bool:
    """Do as `hold`; return False where no Wayland compositor answers."""
    mark = ["--sensitive"] if secret and "--sensitive" in _help_of_wl_copy() else []
    # It keeps the text in a file: where the system keeps such things in memory, rather than below /tmp.
    environ = {**os.environ, "TMPDIR": os.environ.get("XDG_RUNTIME_DIR", "/tmp")}  # noqa: S108
    # In the foreground it ends as soon as something else is copied, but does not tell when the text can be pasted.
    owner = subprocess.Popen([*_WL_COPY, "--foreground", *mark], stdin=subprocess.PIPE, env=environ)
    try:
        with suppress(BrokenPipeError), owner.stdin as stream:  # type: ignore[union-attr]
            stream.write(text.encode())
        while owner.poll() is None and _pasted() != text.encode():
            time.sleep(0.01)
    except OSError:  # TimeoutError, too
        try:
            _overwrite()
        finally:
            owner.kill()
        raise
    if owner.returncode:
        return False
    held()
    if seconds:
        time.sleep(seconds)
        # The owner may have ended, and a clipboard manager have the same text.
        if _pasted() == text.encode():
            _overwrite()
    return True


def _overwrite() -> None:
    # Not --clear: some desktops fill a clipboard that lost its owner with what it had held.
    subprocess.run(_WL_COPY, stdin=subprocess.DEVNULL, check=False)


def _pasted() -> bytes:
    words = ["wl-paste", "--no-newline", "--type", "text"]
    return subprocess.run(words, stdout=subprocess.PIPE, check=False).stdout


def _help_of_wl_copy() -> str:
    return subprocess.run([_WL_COPY[0], "--help"], capture_output=True, encoding="utf-8", check=False).stdout
