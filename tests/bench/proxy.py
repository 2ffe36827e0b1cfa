"""The embedded portal at AWS's own addresses, for programs that heed no other: a proxy on loopback that ends TLS."""

from __future__ import annotations

import ssl
from pathlib import Path

import trustme

from ssoenv.demo.portal import Portal
from ssoenv.demo.portal.wire import Request
from ssoenv.loopback import LoopbackHandler, LoopbackServer


class Proxy(LoopbackServer):
    """Answers in AWS's place as *portal* does, and passes nothing on: a program behind it can't leave the machine.

    *authority* is the file for the certificate that vouches for it.
    """

    def __init__(self, portal: Portal, authority: Path) -> None:
        ca = trustme.CA()
        ca.cert_pem.write_to_path(str(authority))
        self.portal, self.authority = portal, authority
        self.tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        services = ("oidc", "portal.sso")
        region = portal.organisation.sso_region
        ca.issue_cert(*(f"{service}.{region}.amazonaws.com" for service in services)).configure_cert(self.tls)
        super().__init__(_Handler)

    def environment(self) -> dict[str, str]:
        """Return the variables that lead a program here. Go reads the last one on Linux alone."""
        return {"HTTP_PROXY": self.origin, "HTTPS_PROXY": self.origin, "SSL_CERT_FILE": str(self.authority)}


class _Handler(LoopbackHandler):
    server: Proxy
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # one write a response

    def do_CONNECT(self) -> None:
        """Go on with the same connection over TLS."""
        self.send_response_only(200)
        self.end_headers()
        self.wfile.flush()
        self.request = self.server.tls.wrap_socket(self.connection, server_side=True)
        self.setup()
        self.close_connection = False

    def finish(self) -> None:
        """Close what `do_CONNECT` has made of the connection, which the server does not know."""
        super().finish()
        self.connection.close()

    def _serve(self) -> None:
        path, _, query = self.path.partition("?")
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(headers.get("content-length", 0)))
        answer = self.server.portal.answer(Request(self.command, path, query, headers, body))
        self.respond(answer.status, {"Content-Type": answer.content_type, **answer.headers}, answer.body)

    do_GET = do_POST = _serve
