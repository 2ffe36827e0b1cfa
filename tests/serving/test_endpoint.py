"""The endpoint for credentials, asked by raw requests: who gets them, who does not, and what a slow one can do."""

from __future__ import annotations

import http.client
import socket
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from ssoenv.errors import NotLoggedIn, ServiceError
from ssoenv.serving import Endpoint, endpoint

SECRET = "canary/of+a-secret"


@pytest.fixture
def served():
    with Endpoint(lambda: {"AccessKeyId": "ASIAEXAMPLE", "SecretAccessKey": SECRET}) as served:
        yield served


def ask(served, *lines: str) -> http.client.HTTPResponse:
    """Send *lines* as a request; {port} and {token} stand for the endpoint's own."""
    head = "".join(f"{line}\r\n" for line in [*lines, ""]).format(port=served.server_port, token=served.token)
    with socket.create_connection(("127.0.0.1", served.server_port), timeout=20) as connection:
        connection.sendall(head.encode("latin-1"))
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        answer.text = answer.read().decode()
        return answer


GET, HOST, TOKEN = "GET /credentials HTTP/1.1", "Host: 127.0.0.1:{port}", "Authorization: {token}"


@pytest.mark.parametrize("end", [":{port}", ""], ids=["port", "no port"])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_who_knows_the_token_gets_the_credentials(served, host, end):
    """A GET with the token, by one of the three names of this machine; AWS's C runtime leaves the port out."""
    answer = ask(served, GET, f"Host: {host}{end}", TOKEN)
    assert answer.status == 200
    assert SECRET in answer.text
    assert (answer.headers["Cache-Control"], answer.headers["Connection"]) == ("no-store", "close")


@pytest.mark.parametrize(
    ("status", "lines"),
    [
        pytest.param(403, [GET, "Host: rebind.test:{port}", TOKEN], id="a page after DNS rebinding"),
        pytest.param(403, [GET, "Host: 127.0.0.1.rebind.test:{port}", TOKEN], id="a name that begins well"),
        pytest.param(403, [GET, "Host: rebind.test", TOKEN], id="a page after DNS rebinding, without port"),
        pytest.param(403, [GET, "Host: 127.0.0.1:80", TOKEN], id="a host of another port"),
        pytest.param(403, [GET, "Host: 0.0.0.0:{port}", TOKEN], id="0.0.0.0"),
        pytest.param(403, [GET, TOKEN], id="no host"),
        pytest.param(403, [GET, "Host: rebind.test:{port}", HOST, TOKEN], id="two hosts"),
        pytest.param(403, [GET, HOST, "Host: rebind.test:{port}", TOKEN], id="two hosts, ours first"),
        pytest.param(403, [GET, HOST, TOKEN, "Origin: https://rebind.test"], id="a page of another origin"),
        pytest.param(403, [GET, HOST, TOKEN, "origin: null"], id="a page without origin"),
        pytest.param(403, [GET, HOST, TOKEN, "Sec-Fetch-Site: same-origin"], id="a page of this origin"),
        pytest.param(
            403,
            ["OPTIONS /credentials HTTP/1.1", HOST, "Access-Control-Request-Headers: authorization"],
            id="a browser that asks first",
        ),
        pytest.param(501, ["POST /credentials HTTP/1.1", HOST, TOKEN], id="POST"),
        pytest.param(501, ["PUT /credentials HTTP/1.1", HOST, TOKEN], id="PUT"),
        pytest.param(401, [GET, HOST], id="no token"),
        pytest.param(401, [GET, HOST, "Authorization:"], id="an empty token"),
        pytest.param(401, [GET, HOST, "Authorization: {token}x"], id="a longer token"),
        pytest.param(401, [GET, HOST, "Authorization: Bearer {token}"], id="a scheme that SDKs don't send"),
        pytest.param(401, [GET, HOST, "Authorization: \xe9\xff{token}"], id="a token that is not ASCII"),
        pytest.param(404, ["GET / HTTP/1.1", HOST, TOKEN], id="another path"),
        pytest.param(404, ["GET http://127.0.0.1/credentials HTTP/1.1", HOST, TOKEN], id="as if we were a proxy"),
        pytest.param(431, [GET, HOST, TOKEN, f"Cookie: {'x' * 20_000}", "Origin: null"], id="a large head"),
        pytest.param(431, [GET, HOST, TOKEN, *["X: y"] * 200], id="many headers"),
    ],
)
def test_nobody_else_gets_them(served, status, lines):
    """Refused with a reason, and without anything that lets a page read it."""
    answer = ask(served, *lines)
    assert answer.status == status
    assert SECRET not in answer.text
    assert not any(name.lower().startswith("access-control") for name in answer.headers)


def test_a_head_that_does_not_end_is_refused(served):
    """Once there is more of a line than a request may need, nobody waits for the rest of it, or keeps it."""
    with socket.create_connection(("127.0.0.1", served.server_port), timeout=20) as connection:
        connection.sendall(f"{GET}\r\nCookie: ".encode().ljust(endpoint._LARGEST_HEAD, b"x"))
        assert connection.makefile("rb").readline().split()[1] == b"431"


@pytest.mark.parametrize(("error", "status"), [(NotLoggedIn, 403), (ServiceError, 503)])
def test_an_error_is_told_in_words(error, status):
    """Whoever runs the program that asked reads what to type, in the fields that SDKs show; no terminal is steered.

    What may be over soon has the status after which SDKs ask again.
    """

    def answer():
        raise error("It can't be \x1b]0;had\x07.", "Type: ssoenv login corp")

    with Endpoint(answer) as served:
        told = ask(served, GET, HOST, TOKEN)
    assert told.status == status
    assert (
        told.text
        == f'{{"Code": "{error.__name__}", "Message": "It can\'t be \\\\x1b]0;had\\\\x07. Type: ssoenv login corp"}}'
    )


def test_who_has_shown_the_token_is_not_cut(monkeypatch):
    """A renewal may take its time: neither connections that come meanwhile nor the limit for others end its wait."""
    monkeypatch.setattr(Endpoint, "most_connections", 4)
    monkeypatch.setattr(Endpoint, "longest_connection", 0.1)
    asked, renewed = Event(), Event()

    def answer():
        asked.set()
        assert renewed.wait(60)
        return {"SecretAccessKey": SECRET}

    with Endpoint(answer) as served, ThreadPoolExecutor() as pool:
        waiting = pool.submit(ask, served, GET, HOST, TOKEN)
        assert asked.wait(60)
        idle = [socket.create_connection(("127.0.0.1", served.server_port), timeout=20) for _ in range(8)]
        assert [connection.recv(1) for connection in idle] == [b""] * 8
        renewed.set()
        assert SECRET in waiting.result().text
        for connection in idle:
            connection.close()
