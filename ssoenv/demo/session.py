"""A shell for the user to try ssoenv in: it has the terminal, and all that it leaves is thrown away."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from ssoenv import completion_names, shells
from ssoenv.aws import config
from ssoenv.browser import can_open
from ssoenv.demo.stage import Stage, set_up
from ssoenv.demo.starts import STARTS, Start
from ssoenv.errors import UsageError
from ssoenv.running import signals
from ssoenv.shells import rc_files

_GREETING = """\
A demo of ssoenv: {shell} in a throw-away home, and a portal on this machine.
Three things to try:

  ssouse dev-readonly                   this shell is that account and role
  ssoenv status --verify                STS says whose the keys are
  ssouse prod-admin --region eu-west-1  another one; to end it: ssouse --off

{approval}
The AWS access portal of the demo: {url}/start
Its "Get credentials" dialog opens there by "Access keys", under a role.
Its web console: `ssoenv console --federate`. Without --federate the link leads
to AWS's own portal, which knows nothing of the demo.
`exit` ends the demo. Nothing of it is left behind.

"""
_BY_THE_USER = "Your browser opens for the login: press Allow there."
_BY_ITSELF = "No browser works here, so the portal approves each login by itself."

# A shell that is told to hang up gets so many seconds to end its jobs.
_GRACE = 3


def play(environ: Mapping[str, str], write: Callable[[str], None]) -> None:
    """Greet, and give the user's own shell the terminal until it ends. Raise UsageError if there is none to open."""
    start, program = own_shell(environ)
    has_browser = can_open(environ)
    with set_up(environ, auto_approve=not has_browser) as stage:
        approval = _BY_THE_USER if has_browser else _BY_ITSELF
        write(_GREETING.format(shell=start.name, approval=approval, url=stage.portal.url))
        _run(start, program, stage)
    write("The demo is over, and nothing of it is left.\n")


def own_shell(environ: Mapping[str, str]) -> tuple[Start, str]:
    """Return the shell to open and its program: the one at work, else the one in SHELL, else the first installed."""
    installed = {start.name: (start, program) for start in STARTS if (program := start.find(environ))}
    for name in _wanted(environ):
        if name in installed:
            return installed[name]
    raise UsageError("No shell that has `ssouse` is installed here.", f"Install one of: {', '.join(_names())}.")


def _wanted(environ: Mapping[str, str]) -> Iterator[str]:
    with suppress(UsageError):
        yield shells.detect(environ).name
    with suppress(UsageError):
        yield shells.find(Path(environ.get("SHELL", "")).name).name
    yield from _names()


def _names() -> list[str]:
    return [start.name for start in STARTS]


def _run(start: Start, program: str, stage: Stage) -> None:
    rc_file = stage.home / start.rc_file
    start.write(rc_file, rc_files.with_line("", start.load_line()).rstrip(), start.prompt)  # as --install writes it
    completion_names.refresh(config.load(stage.context), stage.context)
    words = [program, *(word.format(rc=rc_file) for word in start.interactive)]

    def begin() -> subprocess.Popen[bytes]:
        return subprocess.Popen(words, env=stage.environ, cwd=stage.home)

    with _terminal_lent(), signals.ended_child(begin, _hang_up) as child:
        child.wait()


def _hang_up(child: subprocess.Popen[bytes]) -> None:
    """End *child* if it still runs, as the end of its terminal would."""
    if child.poll() is None:
        child.send_signal(signal.SIGTERM if sys.platform == "win32" else signal.SIGHUP)
        try:
            child.wait(_GRACE)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


@contextmanager
def _terminal_lent() -> Iterator[None]:
    """Leave the terminal to a child; in the end take it back, as it was.

    Keys that end or stop a program are the child's: until it has made itself the terminal's owner, they reach us, too.
    """
    # Not SIG_IGN, which the child would inherit.
    with signals.caught(signals.numbered("SIGINT", "SIGQUIT"), lambda _number: None), _terminal_kept():
        yield


@contextmanager
def _terminal_kept() -> Iterator[None]:
    """Bring the terminal's modes back in the end, and make this process its owner again."""
    if sys.platform == "win32":
        yield
        return
    import termios

    terminal = sys.stdin.fileno()
    modes = termios.tcgetattr(terminal)
    try:
        yield
    finally:
        # Whoever is not the owner gets this signal for what follows, and would stop.
        handler = signal.signal(signal.SIGTTOU, signal.SIG_IGN)
        with suppress(OSError, termios.error):  # the terminal may be gone
            os.tcsetpgrp(terminal, os.getpgrp())
            termios.tcsetattr(terminal, termios.TCSANOW, modes)
        signal.signal(signal.SIGTTOU, handler)
