"""A server that runs on behind the shell that asked for it, and ends with that."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from threading import Event
from typing import NamedTuple

from ssoenv import background, environment
from ssoenv.aws.config import Session
from ssoenv.aws.roles import Credentials
from ssoenv.context import Context
from ssoenv.errors import ServiceError
from ssoenv.serving.endpoint import Endpoint
from ssoenv.serving.supply import Supply
from ssoenv.targets import Target

# Who has not logged in again for so long (seconds) is not at work; until then the endpoint says what to type.
_GIVES_UP_AFTER = 24 * 3600
_FORKED = 0x40  # Linux, PF_FORKNOEXEC: the process still runs what its parent runs


class Address(NamedTuple):
    """Where programs ask, and the secret by which they may."""

    url: str
    token: str


@dataclass(frozen=True)
class Process:
    """A process; *started* is when, as the system counts it, "" where it does not tell."""

    pid: int
    started: str = ""

    def has_ended(self) -> bool:
        """Tell whether it has ended, though another process may have its number by now."""
        if sys.platform == "linux":
            found = _stat(self.pid)
            return found is None or found.started != self.started
        with suppress(PermissionError):  # there is one, of another user
            try:
                os.kill(self.pid, 0)
            except ProcessLookupError:
                return True
        return False


def start(target: Target, first: Credentials, lifetime: float | None, context: Context) -> Address:
    """Start a server of *target*, of which *first* are the credentials, and return where it listens.

    It ends with the shell that this process was called from, after *lifetime* (seconds), or when renewing has failed
    for a day. Raise ServiceError when it does not start.
    """
    shell = calling_shell()
    order = {
        "target": asdict(target),
        "credentials": asdict(first),
        "shell": shell and asdict(shell),
        "lifetime": lifetime,
    }
    with suppress(ValueError):
        return Address(*json.loads(background.ask("ssoenv.serving", order, _environ(target, context.environ))))
    raise ServiceError("The endpoint did not start.", "See what it says by itself: ssoenv serve NAME")


def _environ(target: Target, environ: Mapping[str, str]) -> Mapping[str, str]:
    """Return the environment of a server of *target*: *environ* less what the shell has been until now.

    The server lives long, and has no use for older keys; but a profile of another kind than SSO may live on them.
    """
    if target.session is None:
        return environ
    gone = environment.profile_change(None, None).variables
    return {name: value for name, value in environ.items() if name not in gone}


def run(context: Context) -> None:
    """Serve what the process that called `start` orders on stdin; tell it on stdout where."""
    background.forbid_core_dumps()
    order = json.loads(sys.stdin.buffer.readline())
    session = order["target"]["session"]
    target = replace(Target(**order["target"]), session=Session(*session) if session else None)
    shell = Process(**order["shell"]) if order["shell"] else None
    until = context.now() + order["lifetime"] if order["lifetime"] is not None else None
    supply = Supply(target, Credentials(**order["credentials"]), context)
    with Endpoint(supply.answer) as endpoint:
        sys.stdout.write(json.dumps([endpoint.url, endpoint.token]) + "\n")
        sys.stdout.flush()

        def is_over() -> bool:
            failing = supply.failing_since
            return bool(shell and shell.has_ended()) or (
                failing is not None and context.now() - failing > _GIVES_UP_AFTER
            )

        supply.keep(until, Event(), is_over)


def calling_shell() -> Process | None:
    """Return the shell that this process was called from, None where the system does not tell.

    In ``$(…)`` the parent is a copy of the shell, which ends at once; Linux tells copies by a flag. On other POSIX
    systems it is the terminal's first shell.
    """
    if sys.platform == "win32":
        return None
    if sys.platform != "linux":
        return Process(os.getsid(0))
    pid, found = os.getppid(), _stat(os.getppid())
    # Some sandboxes tell no flags at all: then the first process of the system has to do.
    while found and found.parent and (not found.flags or found.flags & _FORKED):
        pid, found = found.parent, _stat(found.parent)
    return Process(pid, found.started) if found else None


class _Stat(NamedTuple):
    parent: int
    flags: int
    started: str


def _stat(pid: int) -> _Stat | None:
    """Return what Linux tells of a process (proc_pid_stat(5)), None if it has ended."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text("ascii", "replace")
    except OSError:
        return None
    state, parent, *rest = text.rpartition(")")[2].split()  # what stands before is the program's choice
    return None if state in "ZX" else _Stat(int(parent), int(rest[4]), rest[17])
