"""Open a link in the user's browser, where there is one."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path, PureWindowsPath
from typing import Literal
from urllib.parse import quote

from ssoenv.errors import UsageError
from ssoenv.surroundings import has_display, is_container, is_remote, is_wsl

# A launcher that fails does so at once; one that stays is the browser itself. Seconds.
_GRACE = 0.7
_LAUNCHERS = ("xdg-open", "x-www-browser", "sensible-browser", "gnome-open", "wslview")
# How the names of their programs begin, those that one is most likely to work with first.
_CHROMIUM = ("google-chrome", "chromium", "chrome", "brave-browser", "microsoft-edge", "msedge", "vivaldi")
_FIREFOX = ("firefox", "librewolf", "waterfox")
_OPENABLE = re.compile(r"(https://|http://(127\.0\.0\.1|localhost)[:/])[!-~]*")


def is_openable(url: str) -> bool:
    """Tell whether *url* may be handed to a browser: https, or of this machine, and no word of a command line."""
    return _OPENABLE.fullmatch(url) is not None


def open_browser(url: str, environ: Mapping[str, str]) -> bool:
    """Start a browser on *url* and return True, or return False where none is known to work.

    The standard library's webbrowser says True on a dead display, and its child inherits our stdout, which is the code
    that the shell evaluates. So the signs are read here, and the child gets no stream of ours.
    """
    words = _words(environ)
    return words is not None and start(words, url, environ)


def start(words: list[str], url: str, environ: Mapping[str, str]) -> bool:
    """Run the command *words* on *url*, in place of ``%s`` or as its last word; return False if it fails at once."""
    if not is_openable(url):
        return False
    return _run(_with_link(words, url), environ)


def start_apart(words: list[str], url: str, name: str, folder: Path, environ: Mapping[str, str]) -> bool:
    """Run the browser *words* on *url* apart from all it has open, so that a site can have another user there.

    Firefox does so in its container *name*, by the extension "Open external links in a container"; Chromium and its
    kin with a *folder* of their own, which is made. Return False as `start` does; raise UsageError for other browsers,
    and when the folder can't be made.
    """
    if not is_openable(url):
        return False
    family = _family(words)
    if family == "firefox":
        container = f"ext+container:name={quote(name, safe='')}&url={quote(url, safe='')}"
        return _run(_with_link(words, container), environ)
    if family is None:
        raise UsageError(
            f"{shlex.join(words)} is neither Firefox nor of Chromium's kin, so accounts can't be kept apart in it.",
            "Name one that is: --browser COMMAND",
        )
    try:
        folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)  # it will hold cookies
    except OSError as error:
        raise UsageError(f"{folder} can't be made: {error.strerror}.", "Leave out --separate.") from error
    own = [f"--user-data-dir={folder}", "--no-first-run", "--no-default-browser-check"]
    if words[:2] == ["open", "-a"]:  # macOS: a new instance, as the one that runs would not look at them
        return _run(["open", "-n", *words[1:], "--args", *own, url], environ)
    return _run(_with_link([words[0], *own, *words[1:]], url), environ)


def find_separable(environ: Mapping[str, str]) -> list[str]:
    """Return the command of a browser that `start_apart` takes: the user's own if it is one, else any on PATH.

    Raise UsageError when there is none.
    """
    words = _words(environ) or []
    if words and _family(words):
        return words
    if found := next(filter(None, map(shutil.which, (*_CHROMIUM, *_FIREFOX))), None):
        return [found]
    if sys.platform == "darwin":
        for name in ("Google Chrome", "Firefox"):
            if Path(f"/Applications/{name}.app").exists():
                return ["open", "-a", name]
    raise UsageError("Neither Chromium nor Firefox is on PATH.", "Name the browser's program: --browser COMMAND")


def _family(words: list[str]) -> Literal["firefox", "chromium"] | None:
    """Tell by its program's name which options a browser has."""
    program = words[2] if words[:2] == ["open", "-a"] and len(words) > 2 else words[0]
    stem = PureWindowsPath(program).name.lower().removesuffix(".exe").replace(" ", "-")
    if stem.startswith(_FIREFOX):
        return "firefox"
    return "chromium" if stem.startswith(_CHROMIUM) else None


def _with_link(words: list[str], link: str) -> list[str]:
    return [link if word == "%s" else word for word in words] if "%s" in words else [*words, link]


def _run(command: list[str], environ: Mapping[str, str]) -> bool:
    try:
        child = subprocess.Popen(
            command,
            # A browser lives long, and has no use for the keys of the shell that opened it.
            env={name: value for name, value in environ.items() if not name.startswith("AWS_")},
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


def can_open(environ: Mapping[str, str]) -> bool:
    """Tell whether `open_browser` knows a browser to start."""
    return _words(environ) is not None


def is_here(environ: Mapping[str, str]) -> bool:
    """Tell whether that browser runs on this very machine, so that it reaches a server on our 127.0.0.1."""
    return not _is_elsewhere(environ) and can_open(environ)


def find(chosen: str) -> list[str]:
    """Return the command that *chosen* means: a browser's name, or a command line where ``%s`` may stand for the link.

    Raise UsageError when there is no such program.
    """
    words = _split(chosen)
    if words:
        return words
    if sys.platform == "darwin" and "%s" not in chosen:
        return ["open", "-a", chosen]  # the name of an application, as Finder shows it
    raise UsageError(f"There is no browser {chosen} on PATH.", "Name a program, as in: --browser 'firefox -P work'")


def _words(environ: Mapping[str, str]) -> list[str] | None:
    """Return the command that opens links; the user's own choice counts first, then what the surroundings tell."""
    if chosen := environ.get("BROWSER"):
        return next(filter(None, map(_split, chosen.split(os.pathsep))), None)
    if is_remote(environ):
        return None
    if sys.platform == "win32":
        # The shell's own "open" would take the & of a link for the end of a command.
        return ["rundll32", "url.dll,FileProtocolHandler"]
    if sys.platform == "darwin":
        return ["open"]
    if is_container(environ):
        return None
    if is_wsl(environ):
        return [viewer] if (viewer := shutil.which("wslview")) else None
    launcher = next(filter(None, map(shutil.which, _LAUNCHERS)), None)
    return [launcher] if launcher and has_display(environ) else None


def _split(command: str) -> list[str] | None:
    """Return the words of *command*, or None if its program is not there."""
    try:
        # A path with blanks or backslashes, as on Windows, is one word.
        words = [command] if shutil.which(command) else shlex.split(command)
    except ValueError:
        return None
    return words if words and shutil.which(words[0]) else None


def _is_elsewhere(environ: Mapping[str, str]) -> bool:
    return is_remote(environ) or is_container(environ) or is_wsl(environ)
