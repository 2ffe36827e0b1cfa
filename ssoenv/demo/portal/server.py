"""The portal as a server on loopback: HTTP, the table of routes, start and stop."""

from __future__ import annotations

import sys
import time
from http.server import ThreadingHTTPServer
from typing import Any, Self

from ssoenv.demo.portal import approval, dialog, oidc, pages, signin, sso, start, sts
from ssoenv.demo.portal.state import Call, State
from ssoenv.demo.portal.wire import Fault, Request, Response
from ssoenv.loopback import LoopbackHandler, LoopbackServer

ROUTES = {
    (route.method, route.path, route.action): route
    for service in (oidc, sso, sts, signin, approval, start, dialog)
    for route in service.ROUTES
}

LARGEST_BODY = 1 << 20  # bytes; the largest real one, a refresh, has some thousand


class Portal(State):
    """An AWS access portal on a free port of 127.0.0.1.

    Takes the fields of `State` and runs while it is entered as a context, or between `start` and `stop`. Any
    thread may set it and ask it, as `State` says.
    """

    _server: _Server | None = None

    def start(self) -> None:
        """Serve, in a thread of its own that ends with the process."""
        self._server = _Server(self)
        self._server.start()

    def stop(self) -> None:
        """Stop serving and free the port."""
        server, self._server = self._server, None
        if server is not None:
            server.stop()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_raised: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """The address, without a final slash."""
        if self._server is None:
            raise RuntimeError("The portal has not been started.")
        return self._server.origin

    def environment(self) -> dict[str, str]:
        """Return the variables that lead botocore, and so the AWS CLI, to this portal."""
        services = ("SSO_OIDC", "SSO", "STS", "SIGNIN")
        return {f"AWS_ENDPOINT_URL_{service}": self.url for service in services}

    def answer(self, request: Request) -> Response:
        """Answer *request*; one at a time, so that no handler needs a lock of its own."""
        route = ROUTES.get((request.method, request.path, request.parameters.get("Action", "")))
        if route is None:
            return pages.message("Not found", "There is no such page.", 404)
        if self.latency:
            time.sleep(self.latency)
        with self.lock:
            self.calls[route.operation] += 1
            self.requests.append(Call(route.operation, request))
            outcome = self.planned(route.operation)
            try:
                outcome = outcome or route.handle(self, request)
            except Fault as fault:
                outcome = fault
            return route.refuse(outcome) if isinstance(outcome, Fault) else outcome


class _Server(LoopbackServer):
    def __init__(self, portal: Portal) -> None:
        self.portal = portal
        super().__init__(_Handler)

    def handle_error(self, *args: Any) -> None:
        """Report a fault of the portal's own, which holds no real secret; a client that went away is none."""
        if not isinstance(sys.exception(), ConnectionError):
            ThreadingHTTPServer.handle_error(self, *args)


class _Handler(LoopbackHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    timeout = 10  # seconds; a browser opens connections that it may never use
    wbufsize = -1  # one write a response: two would wait for each other's acknowledgement

    def date_time_string(self, timestamp: float | None = None) -> str:
        """Return the date of an answer, by the portal's clock."""
        return super().date_time_string(self.server.portal.now() if timestamp is None else timestamp)

    def _serve(self) -> None:
        length = self.headers.get("Content-Length") or "0"
        if not length.isdecimal() or int(length) > LARGEST_BODY:
            self._send(Response(413))
            return
        path, _, query = self.path.partition("?")
        request = Request(
            method=self.command,
            path=path,
            query=query,
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(int(length)),
        )
        self.server.let_in(self.connection)
        self._send(self.server.portal.answer(request))

    do_GET = do_POST = _serve

    def _send(self, response: Response) -> None:
        self.respond(response.status, {"Content-Type": response.content_type, **response.headers}, response.body)
