"""`ssoenv serve` while it runs, and the end of a server."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from user import User


@contextmanager
def serving(user: User, *words: str) -> Iterator[subprocess.Popen[str]]:
    """Run `ssoenv serve`, and give its process."""
    process = user.start("serve", *words)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def await_end(url: str) -> None:
    """Return when nobody listens at that address any more; never, if the server lives on."""
    while True:
        try:
            socket.create_connection(("127.0.0.1", urlsplit(url).port), timeout=20).close()
        except ConnectionError:  # reset, where it closes the port just now
            return
        time.sleep(0.1)
