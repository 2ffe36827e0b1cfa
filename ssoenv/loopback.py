"""An HTTP server on 127.0.0.1, with what each of ours needs."""

from __future__ import annotations

import os
import socketserver
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Self


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

    def __init__(self, handler: type[BaseHTTPRequestHandler], port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), handler)

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

    def handle_error(self, *_args: object) -> None:
        """Keep silent: a trace-back could show a secret at the terminal, and a client that went away is no fault."""
