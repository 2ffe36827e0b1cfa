r"""The clipboard at the other end of a terminal: written to, and never read, so nothing of it can be checked.

A terminal takes a text by ``ESC ] 52 ; c ; BASE64 BEL`` (xterm's control sequences, OSC 52).
"""

from __future__ import annotations

import os
import subprocess
from base64 import b64encode
from collections.abc import Mapping

from ssoenv.errors import UsageError
from ssoenv.surroundings import is_remote

# Terminals that would show the sequence, and the secret in it, instead of obeying it.
_PLAIN = ("", "dumb", "linux", "unknown")
# screen passes on what stands between ESC P and ESC \, up to a few hundred bytes of it. This fits every version.
_PIECE = 76
_TMUX_BUFFER = "ssoenv"


def comes_first(environ: Mapping[str, str]) -> bool:
    """Tell whether the person may sit elsewhere than at this machine: over SSH, or in what one can attach to so."""
    return is_remote(environ) or bool(environ.get("TMUX") or environ.get("STY"))


def send(text: str, environ: Mapping[str, str]) -> bool:
    """Send *text* to the terminal's clipboard; return False where no terminal is known to obey.

    Raise UsageError where tmux refuses, or has no terminal.
    """
    if environ.get("TMUX"):
        _by_tmux(text, environ)
        return True
    if environ.get("TERM", "") in _PLAIN:
        return False
    sequence = b"\x1b]52;c;%b\x07" % b64encode(text.encode())
    if environ.get("STY"):
        pieces = (sequence[start : start + _PIECE] for start in range(0, len(sequence), _PIECE))
        sequence = b"".join(b"\x1bP%b\x1b\\" % piece for piece in pieces)
    try:
        with open(os.open("/dev/tty", os.O_WRONLY | getattr(os, "O_NOCTTY", 0)), "wb") as terminal:  # noqa: PTH123
            terminal.write(sequence)
    except OSError:
        return False
    return True


def _by_tmux(text: str, environ: Mapping[str, str]) -> None:
    """Have tmux send *text*, in whichever way its terminal takes it: as tmux is set up, it drops a program's own."""
    # Of this session alone: another one's terminal may be another person's. In a popup it is known by its number only.
    session = environ.get("TMUX_PANE") or f"${environ['TMUX'].rpartition(',')[2]}"
    clients = _tmux(["list-clients", "-t", session, "-F", "#{client_activity} #{client_name}"], environ)
    if clients == b"":  # a session that goes on by itself
        raise UsageError(
            "No terminal is attached to tmux, so there is no clipboard.", "Attach one, or leave out --copy."
        )
    loaded = None
    if clients:
        latest = max(clients.decode().splitlines()).partition(" ")[2]  # where somebody has typed last
        loaded = _tmux(["load-buffer", "-b", _TMUX_BUFFER, "-w", "-t", latest, "-"], environ, text)
        _tmux(["delete-buffer", "-b", _TMUX_BUFFER], environ)  # where every later paste could find it
    if loaded is None:
        raise UsageError("tmux did not take the text.", "It takes tmux 3.2 or later; outside tmux it works without.")


def _tmux(words: list[str], environ: Mapping[str, str], text: str = "") -> bytes | None:
    """Return what tmux printed; None if it failed."""
    try:
        done = subprocess.run(
            ["tmux", *words],  # noqa: S607 - the user's own, as found on PATH
            input=text.encode(),
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            check=False,
        )
    except OSError:
        return None
    return None if done.returncode else done.stdout
