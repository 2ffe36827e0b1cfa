"""A command: found as a shell finds it, and run in place of this process or as a child of it."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from ssoenv.environment import Change, checked
from ssoenv.errors import NotExecutable, NotFound, SsoenvError

if TYPE_CHECKING:
    from subprocess import Popen

_SHELL = "/bin/sh" if os.name == "posix" else ""
_HEAD = 80  # bytes of a file that tell text from a program of another machine, as bash does it
# What the system answers when it can't start one more.
_LIMITS = (errno.EMFILE, errno.ENFILE, errno.EAGAIN, errno.ENOMEM)

_Result = TypeVar("_Result")


def environ_after(change: Change, environ: Mapping[str, str]) -> dict[str, str]:
    """Return this process's *environ* after *change*, less what Python itself has put there.

    Raise ConfigError for a value that no variable can hold.
    """
    after = dict(environ)
    if not _has_own_ctype():
        after.pop("LC_CTYPE", None)
    for name, value in change.variables.items():
        if value is None:
            after.pop(name, None)
        else:
            after[name] = checked(name, value)
    return after


def _has_own_ctype() -> bool:
    """Tell whether LC_CTYPE is the caller's, and not Python's own, which it sets where the locale is C (PEP 538)."""
    try:
        return b"\0LC_CTYPE=" in b"\0" + Path("/proc/self/environ").read_bytes()
    except OSError:  # only Linux tells what a process was started with
        return True


def find(name: str, environ: Mapping[str, str]) -> str:
    """Return the file that the command *name* means, by the PATH of *environ*.

    Raise NotFound if there is none, NotExecutable if there is one that may not be executed.
    """
    path = environ.get("PATH", os.defpath)
    if name and (found := shutil.which(name, path=path)):
        return found
    # A path, as opposed to a bare name. Path.is_dir raises where a folder above can't be searched.
    if os.path.isdir(name) and os.path.dirname(name):  # noqa: PTH112, PTH120
        raise NotExecutable(f"{name} can't be executed: it is a folder.", "Name a program in it.")
    if name and (found := shutil.which(name, os.F_OK, path)):
        raise NotExecutable(f"{found} can't be executed: permission denied.", "Look at its mode: chmod +x")
    raise NotFound(f"There is no command {name or '(an empty word)'}.", "Check the spelling, and PATH.")


def replace(path: str, words: Sequence[str], environ: Mapping[str, str]) -> NoReturn:
    """Let the program at *path* take the place of this process, called by *words*. Raise NotExecutable if that fails.

    There is no such thing on Windows: the caller's shell would not wait.
    """
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    # Python ignores these, and the program would inherit that: `yes` would complain to a `head` that has gone.
    for name in ("SIGPIPE", "SIGXFSZ"):
        signal.signal(getattr(signal, name), signal.SIG_DFL)
    _tried(lambda file, called: os.execve(file, called, environ), path, words, environ)  # noqa: S606
    raise AssertionError("execve returns no other way than by an error")


def start(path: str, words: Sequence[str], environ: Mapping[str, str], **pipes: Any) -> Popen[bytes]:
    """Start the program at *path* as a child, called by *words*. Raise NotExecutable if that fails."""
    from subprocess import Popen

    def run(file: str, called: list[str]) -> Popen[bytes]:
        # What the caller has opened for the program goes along, such as bash's <(...); Python's own files never do.
        return Popen(called, executable=file, env=environ, close_fds=False, **pipes)

    return _tried(run, path, words, environ)


def _tried(
    run: Callable[[str, list[str]], _Result], path: str, words: Sequence[str], environ: Mapping[str, str]
) -> _Result:
    try:
        try:
            return run(path, [*words])
        except OSError as error:
            if error.errno != errno.ENOEXEC or not _SHELL or b"\0" in _head(path):
                raise
            return run(_SHELL, [_SHELL, path, *words[1:]])  # a script without #!, which a shell runs by itself
    except OSError as error:
        raise _fault(error, path, words, environ) from None


def _head(path: str) -> bytes:
    with Path(path).open("rb") as file:
        return file.read(_HEAD)


def _fault(error: OSError, path: str, words: Sequence[str], environ: Mapping[str, str]) -> SsoenvError:
    if error.errno == errno.E2BIG:
        sizes = {f"the variable {name}": len(os.fsencode(f"{name}={value}")) for name, value in environ.items()}
        sizes.update({f"word {place} of the command": len(os.fsencode(word)) for place, word in enumerate(words, 1)})
        largest = max(sizes, key=lambda what: sizes[what])
        return NotExecutable(
            f"{path} can't be executed: its words and the environment are too large. The largest of all is {largest}, "
            f"with {sizes[largest]} bytes.",
            "Make it shorter, or leave it out.",
        )
    if error.errno == errno.ENOENT:  # the file itself was found
        fault = f"{path} can't be executed: what should run it does not exist."
        return NotExecutable(fault, "Look at its first line, after #!.")
    limits = "Run fewer at once, or see what this shell may take: ulimit -a"
    cure = limits if error.errno in _LIMITS else "Is it a program for this machine?"
    return NotExecutable(f"{path} can't be executed: {error.strerror}.", cure)
