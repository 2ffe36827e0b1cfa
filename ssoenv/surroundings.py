"""Where this process runs, as far as that shows: at whose machine, inside of what, before which screen."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from pathlib import Path

_REMOTE = ("SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT", "CODESPACES", "REMOTE_CONTAINERS")


def is_remote(environ: Mapping[str, str]) -> bool:
    """Tell whether the person sits at another machine, as far as the variables of SSH and its like show."""
    return any(environ.get(name) for name in _REMOTE)


def is_container(environ: Mapping[str, str]) -> bool:
    """Tell whether this runs in a container, which has no browser of its own."""
    return bool(environ.get("container")) or Path("/.dockerenv").exists() or Path("/run/.containerenv").exists()


def is_wsl(environ: Mapping[str, str]) -> bool:
    """Tell whether this is Linux inside Windows, whose browser and clipboard are those of Windows."""
    if environ.get("WSL_DISTRO_NAME"):
        return True
    try:  # sudo and services lose the variable
        return "microsoft" in Path("/proc/version").read_text("utf-8", "replace").lower()
    except OSError:
        return False


def has_display(environ: Mapping[str, str]) -> bool:
    """Tell whether an X or Wayland server answers: a DISPLAY left over from another session does not count."""
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
