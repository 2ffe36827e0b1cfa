"""A proxy that the environment names: every call goes by it, but for the hosts that NO_PROXY names."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

import pytest


class Proxy(ThreadingHTTPServer):
    """A proxy on 127.0.0.1 that notes what it is asked for, passes requests on, and refuses tunnels."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[str] = []
        self.url = f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    def _pass_on(self) -> None:
        self.server.asked.append(f"{self.command} {self.path}")
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        request = Request(self.path, body or None, dict(self.headers), method=self.command)
        try:
            answer = build_opener(ProxyHandler({})).open(request, timeout=10)
        except HTTPError as refusal:
            answer = refusal
        with answer:
            content = answer.read()
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.headers["Content-Type"])
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = _pass_on

    def do_CONNECT(self) -> None:
        self.server.asked.append(f"CONNECT {self.path}")
        self.send_error(403)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    with Proxy() as server:
        Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield server
        server.shutdown()


def switch(user, **environ: str) -> None:
    """Log in and switch, and see that both work."""
    for words in (["login", "corp"], ["use", "prod-admin", "--shell", "sh"]):
        user.does(*words, environ=environ)


def test_http_proxy(user, portal, proxy):
    """Each call of a login and a switch goes by HTTP_PROXY."""
    switch(user, HTTP_PROXY=proxy.url)
    assert len(proxy.asked) == len(portal.requests)
    assert f"POST {portal.url}/token" in proxy.asked
    assert any(line.startswith(f"GET {portal.url}/federation/credentials?") for line in proxy.asked)


def test_no_proxy(user, portal, proxy):
    """What NO_PROXY names is asked directly."""
    switch(user, HTTP_PROXY=proxy.url, HTTPS_PROXY=proxy.url, NO_PROXY="127.0.0.1")
    assert proxy.asked == []
    assert portal.calls["GetRoleCredentials"] == 2


def test_https_proxy(logged_in, portal, proxy):
    """AWS itself is asked through a tunnel of HTTPS_PROXY; one that the proxy refuses is named."""
    without = dict.fromkeys(portal.environment(), "")
    environ = {**without, "HTTPS_PROXY": proxy.url, "AWS_MAX_ATTEMPTS": "1"}
    for words in (["login", "corp", "--force", "--device-code"], ["use", "prod-admin", "--shell", "sh"]):
        done = logged_in.ssoenv(*words, environ=environ)
        assert done.returncode == 5
        assert "there is no way through the proxy" in done.stderr
    hosts = ("oidc.eu-central-1.amazonaws.com", "portal.sso.eu-central-1.amazonaws.com")
    assert proxy.asked == [f"CONNECT {host}:443" for host in hosts]


@pytest.mark.parametrize("scheme", ["http", "HTTP", "socks5"])
def test_the_password_of_a_proxy_is_not_shown(logged_in, scheme):
    """A proxy that is not there is told, without its address, in which a password may stand."""
    proxies = {
        "HTTP_PROXY": f"{scheme}://me:s3cret@127.0.0.1:1",
        "NO_PROXY": "",
        "no_proxy": "",
        "AWS_MAX_ATTEMPTS": "1",
    }
    done = logged_in.ssoenv("use", "prod-admin", "--shell", "sh", environ=proxies)
    assert done.returncode == 5
    assert "s3cret" not in done.stderr
    assert "proxy" in done.stderr
