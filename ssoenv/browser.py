"""Open a link in the user's browser, where there is one."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

# A launcher that fails does so at once; one that stays is the browser itself. Seconds.
_GRACE = 0.7
_LAUNCHERS = ("xdg-open", "x-www-browser", "sensible-browser", "gnome-open", "wslview")


def open_browser(url: str, environ: Mapping[str, str]) -> bool:
    """Start a browser on *url* and return True, or return False where none is known to work.

    The standard library's webbrowser says True on a dead display, and its child inherits our stdout, which is the code
    that the shell evaluates. So the signs are read here, and the child gets no stream of ours.
    """
    command = _command(url, environ)
    if command is None:
        return False
    try:
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:
        return False
    try:
        return child.wait(_GRACE) == 0
    except subprocess.TimeoutExpired:
        child.returncode = 0  # it goes on without us; Python would warn of a child left behind
        return True


def _command(url: str, environ: Mapping[str, str]) -> list[str] | None:
    """Return the words that open *url*; the user's own choice counts first, then what the surroundings tell."""
    chosen = environ.get("BROWSER")
    if chosen:
        words = shlex.split(chosen.partition(os.pathsep)[0])
        return [url if word == "%s" else word for word in words] if "%s" in words else [*words, url]
    if any(
        environ.get(name) for name in ("SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT", "CODESPACES", "REMOTE_CONTAINERS")
    ):
        return None
    if sys.platform == "win32":
        # The shell's own "open" would take the & of a link for the end of a command.
        return ["rundll32", "url.dll,FileProtocolHandler", url]
    if sys.platform == "darwin":
        return ["open", url]
    if environ.get("container") or Path("/.dockerenv").exists() or Path("/run/.containerenv").exists():
        return None
    if environ.get("WSL_DISTRO_NAME"):
        return [viewer, url] if (viewer := shutil.which("wslview")) else None
    launcher = next(filter(None, map(shutil.which, _LAUNCHERS)), None)
    return [launcher, url] if launcher and _has_display(environ) else None


def _has_display(environ: Mapping[str, str]) -> bool:
    """Tell whether an X or Wayland server answers: a DISPLAY left over from another session does not count."""
    import socket

    paths = []
    if wayland := environ.get("WAYLAND_DISPLAY"):
        paths.append(str(Path(environ.get("XDG_RUNTIME_DIR", "/run")) / wayland))
    host, _, number = environ.get("DISPLAY", "").partition(":")
    if number and host in ("", "unix"):
        paths.append(f"/tmp/.X11-unix/X{number.partition('.')[0]}")  # noqa: S108 - X's own place
    for path in paths:
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(path)
            except OSError:
                continue
            return True
    return False
