"""A secret link handed to the browser by a page on this machine, as a command line can be read by others."""

from __future__ import annotations

import hmac
import os
import secrets
import socketserver
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from types import TracebackType
from typing import Self


class Handoff:
    """An address on 127.0.0.1 that leads to *link*, once; it serves while it is entered as a context."""

    def __init__(self, link: str) -> None:
        self._link: str | None = link
        self._path = f"/{secrets.token_urlsafe(32)}"
        self._lock = Lock()
        self._taken = Event()
        self._server = _Server(self)

    @property
    def url(self) -> str:
        """The address; what it leads to is in nobody's command line."""
        return f"http://127.0.0.1:{self._server.server_port}{self._path}"

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, args=(0.05,), daemon=True, name="handoff").start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def wait(self, seconds: float) -> bool:
        """Wait until the browser has the link; return False if it has not come in *seconds*."""
        return self._taken.wait(seconds)

    def take(self, path: str) -> str | None:
        """Return the link to whoever knows its *path*, the first time."""
        if not hmac.compare_digest(path.encode("utf-8", "replace"), self._path.encode()):
            return None
        with self._lock:
            link, self._link = self._link, None
        return link

    def was_sent(self) -> None:
        """Note that the browser has the link."""
        self._taken.set()


class _Server(ThreadingHTTPServer):
    """A thread for each connection: browsers open some that they never use."""

    daemon_threads = True
    # On Windows this would let another program listen at the same port.
    allow_reuse_address = os.name == "posix"

    def __init__(self, handoff: Handoff) -> None:
        self.handoff = handoff
        super().__init__(("127.0.0.1", 0), _Handler)

    def server_bind(self) -> None:
        """Bind, without HTTPServer's look-up of a host name, which can take seconds."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", self.socket.getsockname()[1]

    def handle_error(self, *_args: object) -> None:
        """Keep silent: a trace-back would show the link at the terminal."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = 5  # seconds

    def do_GET(self) -> None:
        """Send the browser on."""
        link = self.server.handoff.take(self.path)
        if link is None:
            self.send_error(404)
            return
        self.send_response(303)
        self.send_header("Location", link)
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Length", "0")
        self.end_headers()
        self.wfile.flush()
        self.server.handoff.was_sent()

    def log_message(self, *_args: object) -> None:
        """Keep the terminal for the user, and the link out of it."""
