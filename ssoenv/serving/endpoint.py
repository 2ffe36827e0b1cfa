"""The endpoint: HTTP on 127.0.0.1 for programs of this user that know its token, and for nobody else.

A web page is kept out thrice. After DNS rebinding it is of the same origin as this server, and all that gives it away
is the ``Host`` that it asks for; a page of another origin sends ``Origin`` or ``Sec-Fetch-Site``; and before it may
send a token a browser asks by OPTIONS, which is refused.
"""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Callable, Mapping
from typing import Any, BinaryIO

from ssoenv.errors import ServiceError, SsoenvError
from ssoenv.loopback import LoopbackHandler, LoopbackServer
from ssoenv.text import printable

_PATH = "/credentials"
_LARGEST_HEAD = 16 << 10  # bytes
_HEADERS = {"Content-Type": "application/json", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


class Endpoint(LoopbackServer):
    """Serves what *answer* returns, or the message of the error that it raises, while it is entered as a context.

    Raise OSError when *port* can't be had; 0 takes any free one.
    """

    poll_interval = 0.5  # it lives long

    def __init__(self, answer: Callable[[], Mapping[str, str]], port: int = 0) -> None:
        self.answer = answer
        self.token = secrets.token_urlsafe(32)
        super().__init__(_Handler, port)
        # AWS's C runtime leaves the port out. A browser does so at port 80 alone.
        ends = ("", f":{self.server_port}")
        self.hosts = frozenset(host + end for host in ("127.0.0.1", "localhost", "[::1]") for end in ends)

    @property
    def url(self) -> str:
        """Where SDKs ask: 127.0.0.1 is the one address that all of them take."""
        return self.origin + _PATH


class _Head:
    """What a client sends before its request is complete, up to the most that one may need."""

    def __init__(self, file: BinaryIO) -> None:
        self.left = _LARGEST_HEAD
        self.close = file.close
        self._file = file

    def readline(self, size: int) -> bytes:
        line = self._file.readline(min(size, self.left))
        self.left -= len(line)
        return line


class _Handler(LoopbackHandler):
    server: Endpoint
    server_version = "ssoenv"
    sys_version = ""
    wbufsize = -1  # one write a response

    def setup(self) -> None:
        super().setup()
        self.rfile: Any = _Head(self.rfile)

    def do_GET(self) -> None:
        """Answer with the credentials, or say why not."""
        refusal = self._refusal()
        if refusal:
            self.send_error(*refusal)
            return
        self.server.let_in(self.connection)
        try:
            self._send(200, self.server.answer())
        except SsoenvError as error:
            # SDKs show this text to their user.
            status = 503 if isinstance(error, ServiceError) else 403
            self._send(status, {"Code": type(error).__name__, "Message": printable(str(error))})

    def do_OPTIONS(self) -> None:
        """Refuse: programs don't ask first whether they may ask, only browsers do."""
        self.send_error(403, "No web page may ask.")

    def _refusal(self) -> tuple[int, str] | None:
        """Return status and reason of a refusal, if it is one; no web page may learn whether the token is right."""
        hosts = self.headers.get_all("Host", [])
        if self.rfile.left <= 0:  # there may be more headers than were read
            return 431, "The request is too large."
        if len(hosts) != 1 or hosts[0] not in self.server.hosts:
            return 403, "Not under this host name."
        if "Origin" in self.headers or "Sec-Fetch-Site" in self.headers:
            return 403, "No web page may ask."
        given = self.headers.get("Authorization", "")
        # As bytes: it takes no str that has other characters than ASCII.
        if not hmac.compare_digest(given.encode("utf-8", "replace"), self.server.token.encode()):
            return 401, "The token is wrong, or there is none."
        return None if self.path == _PATH else (404, "There is nothing here.")

    def send_error(self, code: int, message: str | None = None, _explain: str | None = None) -> None:
        """Refuse, in the form in which SDKs read errors; http.server calls it, too, for what is no request."""
        self._send(code, {"Code": "Refused", "Message": f"ssoenv: {message}"})

    def _send(self, status: int, content: Mapping[str, str]) -> None:
        self.respond(status, _HEADERS, json.dumps(content).encode())
