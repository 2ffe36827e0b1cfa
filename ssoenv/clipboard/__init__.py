"""Put a text on the clipboard: this machine's own, or by way of the terminal that of the person who sits at it.

helper.py     starts a process that stays behind, and holds a secret until it is taken off again
__main__.py   that process
desktop.py    which clipboard it takes, and Wayland's
x11.py        X11's
macos.py      macOS's
windows.py    Windows'
text_only.py  those of WSL and Cygwin, and that of macOS where its script fails
terminal.py   tmux, screen and other terminals

Clipboard managers are told that a secret is one, so that they leave it out of their histories, except by text_only.py.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping

from ssoenv import settings
from ssoenv.context import Context
from ssoenv.errors import UsageError

# Bytes. Terminals drop what is longer than 100,000 as base64, and X11 takes this in one piece.
_LIMIT = 74_994


def copy(text: str, what: str, context: Context, *, secret: bool) -> None:
    """Put *text*, less a final newline, on the clipboard, and say that *what* (a noun phrase) was copied.

    A *secret* is taken off again after the setting ``clipboard_seconds``, unless something else was copied meanwhile.
    Without the newline a paste into a shell does not run by itself. Raise UsageError where no clipboard is within reach
    or *text* is too long for one, and ConfigError for settings that can't be used; nothing is copied then.
    """
    from ssoenv.clipboard import helper, terminal

    text = text.rstrip("\r\n")
    if len(text.encode()) > _LIMIT:
        raise UsageError(f"This is too long for a clipboard: more than {_LIMIT} bytes.", "Leave out --copy.")
    seconds = settings.load(context).clipboard_seconds if secret else 0
    if not terminal.comes_first(context.environ) and helper.hold(text, seconds, context.environ, secret=secret):
        context.say(f"Copied {what}.{_fate(seconds) if secret else ''}")
    elif terminal.send(text, context.environ):
        forever = " It can't be taken off again from here: copy something else when you are done." if secret else ""
        context.say(f"Sent {what} to your terminal's clipboard. Whether it arrived can't be checked.{forever}")
    else:
        raise UsageError(
            "There is no clipboard within reach: no desktop answers, and no terminal that could take the text.",
            _cure(context.environ),
        )


def _fate(seconds: int) -> str:
    if seconds:
        return f" It will be off the clipboard in {seconds} s."
    return " It stays on the clipboard until you copy something else."


def _cure(environ: Mapping[str, str]) -> str:
    if environ.get("WAYLAND_DISPLAY") and not shutil.which("wl-copy", path=environ.get("PATH")):
        return "Install wl-clipboard."
    if display := environ.get("DISPLAY"):
        return f"Is DISPLAY right? It is {display}."
    return "Leave out --copy."
