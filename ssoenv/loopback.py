"""An HTTP server on 127.0.0.1, with what each of ours needs."""

from __future__ import annotations

import errno
import os
import socket
import socketserver
import struct
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, Self

_PAUSE = 0.2  # seconds, until one more file may be opened
_ESTABLISHED = 1  # a connection whose two ends are there, for Linux


class LoopbackServer(ThreadingHTTPServer):
    """Serves by *handler* while it is entered as a context, or between `start` and `stop`.

    A thread for each connection: browsers open some that they never use, and one thread would wait for these. Raise
    OSError when *port* can't be had; 0 takes any free one.
    """

    daemon_threads = True
    request_queue_size = 128
    # With these another program could listen at the same port: the one on Windows, the other wherever there is one.
    allow_reuse_address = os.name == "posix"
    allow_reuse_port = False
    # How soon it sees that it has to end. Seconds.
    poll_interval = 0.05
    # How many connections may be open that have not been let in, and for how long (seconds): on macOS a process has 256
    # files at most, and a timeout of reads starts anew with each byte.
    most_connections = 64
    longest_connection = 15

    def __init__(self, handler: type[BaseHTTPRequestHandler], port: int = 0) -> None:
        self._open: dict[Any, float] = {}
        super().__init__(("127.0.0.1", port), handler)

    @property
    def origin(self) -> str:
        """The address without a path: ``http://127.0.0.1:PORT``."""
        return f"http://127.0.0.1:{self.server_port}"

    def start(self) -> None:
        """Serve, in a thread of its own that ends with the process."""
        Thread(target=self.serve_forever, args=(self.poll_interval,), daemon=True, name=type(self).__name__).start()

    def stop(self) -> None:
        """Stop serving and free the port."""
        self.shutdown()
        self.server_close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_raised: object) -> None:
        self.stop()

    def server_bind(self) -> None:
        """Bind, without HTTPServer's look-up of a host name, which can take seconds."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", self.socket.getsockname()[1]

    def get_request(self) -> Any:
        """Accept a connection; after a pause where no file can be opened, as it would be announced again at once."""
        try:
            return super().get_request()
        except OSError as error:
            if error.errno in (errno.EMFILE, errno.ENFILE):
                time.sleep(_PAUSE)
            raise

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serve a connection in a thread; if there are too many, cut the oldest that has not been let in."""
        self._open[request] = time.monotonic()
        if len(self._open) > self.most_connections:
            self._cut(next(iter(self._open)))
        super().process_request(request, client_address)

    def service_actions(self) -> None:
        """Cut connections that take too long."""
        for request, since in list(self._open.items()):
            if time.monotonic() - since > self.longest_connection:
                self._cut(request)

    def let_in(self, request: Any) -> None:
        """Free a connection from both limits: what it asks for may take its time."""
        self._open.pop(request, None)

    def shutdown_request(self, request: Any) -> None:
        """Forget a connection that is done."""
        self._open.pop(request, None)
        super().shutdown_request(request)

    def _cut(self, request: Any) -> None:
        self._open.pop(request, None)
        with suppress(OSError):  # it may be over
            request.shutdown(socket.SHUT_RDWR)

    def handle_error(self, *_args: object) -> None:
        """Keep silent: a trace-back could show a secret at the terminal, and a client that went away is no fault."""


class LoopbackHandler(BaseHTTPRequestHandler):
    """What answers a request."""

    timeout = 5  # seconds, for each read

    def is_own(self) -> bool | None:
        """Tell whether who asks is a program of this user's, or of root's; None where the system does not say."""
        return _is_own(self.connection, self.client_address)

    def respond(self, status: int, headers: Mapping[str, str], body: bytes = b"") -> None:
        """Send an answer, and no more on its connection: one that is kept alive is served on after `stop`."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Keep the terminal for the user, and what is secret in an address out of it."""


def _is_own(connection: socket.socket, client: tuple[str, int]) -> bool | None:
    """Tell whether the *client* of a *connection* is a program of this user's or of root's; None where nothing tells.

    Source: proc_pid_net(5), the end of the connection that is the client's own; its fourth field is the state, its
    eighth the user. And tcp(7), whose TCP_INFO begins with the state.
    """
    if sys.platform != "linux":
        return None
    server = connection.getsockname()
    # A client's socket may be of IPv6 all the same; the addresses are then mapped ones.
    for table, prefix in (("tcp", b""), ("tcp6", bytes(10) + b"\xff\xff")):
        ends = [_as_listed(prefix + socket.inet_aton(host), port) for host, port in (client, server)]
        try:
            rows = Path("/proc/self/net", table).read_text("ascii").splitlines()
        except OSError:
            continue  # a machine without IPv6 has no table of it
        for fields in map(str.split, rows):
            if fields[1:3] == ends:
                # Root's may be a relay, such as that of WSL. Who has closed the connection is shown as root, too.
                return int(fields[3], 16) == _ESTABLISHED if fields[7] == "0" else fields[7] == str(os.getuid())
    # A client that is in no table, and still there, is on another system, such as the Windows around this Linux.
    state = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0]
    return None if state == _ESTABLISHED else False


def _as_listed(address: bytes, port: int) -> str:
    words = struct.unpack(f"={len(address) // 4}I", address)
    return f"{''.join(f'{word:08X}' for word in words)}:{port:04X}"
