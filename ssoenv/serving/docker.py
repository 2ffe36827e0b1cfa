"""The arguments for ``docker run`` by which a container asks an endpoint."""

from __future__ import annotations

import errno
import shlex
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ssoenv import files
from ssoenv.context import Context


@contextmanager
def arguments(variables: str, port: int, context: Context) -> Iterator[str]:
    """Yield the arguments, a line, that lead to the *variables* (``NAME=value`` lines) of the endpoint at *port*.

    They name a file that is deleted in the end; that of a server that was killed is when the next one comes.
    """
    # Not in the arguments: those of a process are for all to see. Nor as a file for the container to read: whatever
    # user it runs as could not. SDKs take no address but loopback, so the container has to share that.
    file = context.cache_dir / "serving" / f"{port}.env"
    _sweep(file.parent)
    files.write_private(file, variables.encode())
    try:
        yield shlex.join(["--network", "host", "--env-file", str(file)]) + "\n"
    finally:
        files.delete(file)


def _sweep(folder: Path) -> None:
    """Delete files whose port refuses: a server listens before it writes its own."""
    try:
        found = list(folder.glob("*.env"))
    except OSError:  # that the own file can't be written there is said then
        return
    for left in found:
        with socket.socket() as probe, suppress(ValueError, OverflowError):  # it is no port
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", int(left.stem))) == errno.ECONNREFUSED:
                files.delete(left)
