"""A secret link handed to the browser by a page on this machine, as a command line can be read by others."""

from __future__ import annotations

import hmac
import secrets
from threading import Event, Lock

from ssoenv.errors import ServiceError
from ssoenv.loopback import LoopbackHandler, LoopbackServer

# How long a second request may follow the first where nothing tells whose they are. Seconds.
_SECOND_WITHIN = 2


class Handoff(LoopbackServer):
    """An address on 127.0.0.1 that leads to *link*, once; it serves while it is entered as a context.

    The browser's command line holds the address, so where the system tells, no other user gets the link by it.
    """

    def __init__(self, link: str) -> None:
        self._link: str | None = link
        self._path = f"/{secrets.token_urlsafe(32)}"
        self._lock = Lock()
        self._taken = Event()
        self._by_anybody = False
        self._again = Event()
        super().__init__(_Handler)

    @property
    def url(self) -> str:
        """The address; what it leads to is in nobody's command line."""
        return self.origin + self._path

    def wait(self, seconds: float) -> bool:
        """Wait until the browser has the link; return False if it has not come in *seconds*.

        Raise ServiceError when two came for it and nothing tells whether the first was the browser.
        """
        if not self._taken.wait(seconds):
            return False
        if self._by_anybody and self._again.wait(_SECOND_WITHIN):
            raise ServiceError(
                "Two requests came for the sign-in link, so another program may have it.",
                "If no console is open in your browser, end the role's sessions. To see a link: ssoenv console --print",
            )
        return True

    def take(self, path: str, *, is_own: bool | None) -> str | None:
        """Return the link to whoever knows its *path*, the first time; *is_own* as `LoopbackHandler` tells."""
        if not hmac.compare_digest(path.encode("utf-8", "replace"), self._path.encode()):
            return None
        with self._lock:
            link, self._link = self._link, None
        if link is None:
            self._again.set()
        else:
            self._by_anybody = is_own is None
        return link

    def was_sent(self) -> None:
        """Note that the browser has the link."""
        self._taken.set()


class _Handler(LoopbackHandler):
    server: Handoff

    def do_GET(self) -> None:
        """Send the browser on."""
        is_own = self.is_own()
        if is_own is False:
            self.send_error(403)
            return
        link = self.server.take(self.path, is_own=is_own)
        if link is None:
            self.send_error(404)
            return
        self.respond(303, {"Location": link, "Referrer-Policy": "no-referrer", "Cache-Control": "no-store"})
        self.server.was_sent()
