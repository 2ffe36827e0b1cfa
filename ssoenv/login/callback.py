"""The browser's way back: it brings the authorization code to a server on 127.0.0.1 (RFC 8252)."""

from __future__ import annotations

import hmac
import secrets
from base64 import b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from threading import Event, Lock
from urllib.parse import parse_qsl

from ssoenv.aws.oidc import CALLBACK_PATH
from ssoenv.loopback import LoopbackHandler, LoopbackServer

_DONE_PATH = "/done"
# Seconds that a browser has to load the last page, before the port is closed.
_GRACE = 0.5

_STYLE = "body { font: 1.1rem/1.5 system-ui, sans-serif; margin: 4rem auto; max-width: 32rem; padding: 0 1rem }"
_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,">
<title>ssoenv</title>
<style>{style}</style>
</head>
<body>
<h1>{title}</h1>
<p>{text}</p>
</body>
</html>
"""
_HEADERS = {
    # With its icon in the page, a browser asks for none; that request would carry the code as its referrer.
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{b64encode(sha256(_STYLE.encode()).digest()).decode()}'; "
        "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Type": "text/html; charset=utf-8",
}
_APPROVED = ("Approved", "ssoenv goes on in your terminal. You may close this page.")
_REFUSED = ("Not approved", "Your terminal says more. You may close this page.")
_JUNK = ("This is not the answer to a login", "ssoenv still waits for the page that it opened.")
_NOT_FOUND = ("Not found", "There is no such page.")


@dataclass(frozen=True)
class Answer:
    """What the browser brought: a *code*, or an OAuth *error* with its *description*."""

    code: str = field(default="", repr=False)
    error: str = ""
    description: str = ""


class Callback(LoopbackServer):
    """An address on this machine where a browser brings the answer to one login.

    It serves while it is entered as a context. *answer* is the first one that carries *state*; all others change
    nothing. Raise OSError when *port* can't be had; 0 takes any free one.
    """

    def __init__(self, port: int = 0) -> None:
        self.state = secrets.token_urlsafe(32)
        self.answer: Answer | None = None
        self._lock = Lock()
        self._seen = Event()
        super().__init__(_Handler, port)

    @property
    def redirect_uri(self) -> str:
        """Where the service has to send the browser."""
        return self.origin + CALLBACK_PATH

    def __exit__(self, *raised: object) -> None:
        if self.answer:
            self._seen.wait(_GRACE)
        super().__exit__(*raised)

    def take(self, query: str) -> bool:
        """Take *query* as the answer, unless there is one; return False if it does not belong to this login."""
        fields = dict(parse_qsl(query))
        if not hmac.compare_digest(fields.get("state", "").encode("utf-8", "replace"), self.state.encode()):
            return False
        answer = Answer(fields.get("code", ""), fields.get("error", ""), fields.get("error_description", "")[:200])
        if not answer.code and not answer.error:
            return False
        with self._lock:
            self.answer = self.answer or answer
        return True

    def last_page(self) -> tuple[str, str]:
        """Return heading and text of the page that the browser ends on."""
        return _REFUSED if self.answer and self.answer.error else _APPROVED

    def was_seen(self) -> None:
        """Note that the browser has its last page."""
        self._seen.set()


class _Handler(LoopbackHandler):
    server: Callback

    def do_GET(self) -> None:
        """Answer a browser; only the login's own answer changes anything."""
        callback = self.server
        if self.is_own() is False:  # another user, who has read the link in the browser's command line
            self.send_error(403)
            return
        path, _, query = self.path.partition("?")
        if path == CALLBACK_PATH and callback.take(query):
            # So the code leaves the address bar, and the history.
            self._send(303, "", "", Location=_DONE_PATH)
        elif path == CALLBACK_PATH:
            self._send(400, *_JUNK)
        elif path == _DONE_PATH and callback.answer:
            self._send(200, *callback.last_page())
            callback.was_seen()
        else:
            self._send(404, *_NOT_FOUND)

    def do_HEAD(self) -> None:
        """Answer who only looks, such as a filter that previews links."""
        self._send(200, "", "")

    def _send(self, status: int, title: str, text: str, **headers: str) -> None:
        body = _PAGE.format(style=_STYLE, title=title, text=text).encode() if title else b""
        self.respond(status, {**_HEADERS, **headers}, body)
