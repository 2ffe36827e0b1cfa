"""The server that a browser brings the answer of a login to, over real sockets."""

from __future__ import annotations

import http.client
import os
import socket
import struct
import sys
import threading
from urllib.parse import urlencode

import pytest

from ssoenv.aws import oidc
from ssoenv.login import callback as callback_
from ssoenv.login.callback import Answer, Callback

PATH = "/oauth/callback"


@pytest.fixture
def callback():
    with Callback() as callback:
        yield callback
        callback.was_seen()  # no test waits for a browser to load the last page


def ask(callback, path, method="GET"):
    """Ask once, as a browser does, and return the answer with its body read."""
    connection = http.client.HTTPConnection("127.0.0.1", callback.server_port, timeout=10)
    try:
        connection.request(method, path)
        answer = connection.getresponse()
        answer.text = answer.read().decode()
        return answer
    finally:
        connection.close()


def bring(callback, **fields):
    return ask(callback, f"{PATH}?{urlencode(fields)}")


def test_a_code_with_the_right_state_is_the_answer(callback):
    """The code is taken; the browser goes on to a page whose address does not hold it."""
    page = bring(callback, code="a-code", state=callback.state)
    assert (page.status, page.headers["Location"]) == (303, "/done")
    assert callback.answer == Answer(code="a-code")
    done = ask(callback, "/done")
    assert done.status == 200
    assert "You may close this page" in done.text


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="only root can be two users")
@pytest.mark.parametrize("waits", [True, False])
def test_another_user_brings_no_answer(callback, waits):
    """One who reads the link in the browser's command line is refused, also who does not wait for the answer."""
    os.seteuid(65534)
    try:
        theirs = socket.socket()
    finally:
        os.seteuid(0)
    with theirs:
        theirs.connect(("127.0.0.1", callback.server_port))
        theirs.sendall(f"GET {PATH}?{urlencode({'code': 'theirs', 'state': callback.state})} HTTP/1.0\r\n\r\n".encode())
        if waits:
            assert theirs.recv(100).startswith(b"HTTP/1.0 403 ")
    assert bring(callback, code="a-code", state=callback.state).status == 303
    assert callback.answer == Answer(code="a-code")


def test_a_refusal_with_the_right_state_is_the_answer(callback):
    """Deny in the browser ends the login; the last page does not say that it is approved."""
    bring(callback, error="access_denied", error_description="no", state=callback.state)
    assert callback.answer == Answer(error="access_denied", description="no")
    done = ask(callback, "/done")
    assert "You may close this page" in done.text
    assert "Approved" not in done.text


def test_a_long_refusal_is_cut(callback):
    """The terminal is for the user, whatever somebody puts into the address."""
    bring(callback, error="access_denied", error_description="no" * 1000, state=callback.state)
    assert callback.answer == Answer(error="access_denied", description="no" * 100)


JUNK = [
    PATH,
    f"{PATH}?code=theirs",
    f"{PATH}?code=theirs&state=",
    f"{PATH}?code=theirs&state=wrong",
    f"{PATH}?code=theirs&state=%ff%fe",
    f"{PATH}?error=access_denied",
    f"{PATH}?error=access_denied&state=wrong",
    f"{PATH}/?code=theirs&state={{state}}",
    "/?code=theirs&state={state}",
    f"//127.0.0.1{PATH}?code=theirs&state={{state}}",
    f"{PATH}?state={{state}}",
    f"{PATH}?code=&state={{state}}",
    "/done",
    "/favicon.ico",
]


@pytest.mark.parametrize("path", JUNK)
def test_junk_does_not_end_the_login(callback, path):
    """What does not belong to this login is refused, and the real answer is still taken."""
    assert ask(callback, path.format(state=callback.state)).status in (400, 404)
    assert callback.answer is None
    bring(callback, code="ours", state=callback.state)
    assert callback.answer == Answer(code="ours")


@pytest.mark.parametrize("method", ["HEAD", "POST", "PUT", "OPTIONS"])
def test_only_a_visit_counts(callback, method):
    """A filter that looks at the link first, or a form from elsewhere, does not use it up."""
    status = ask(callback, f"{PATH}?code=theirs&state={callback.state}", method).status
    assert status == (200 if method == "HEAD" else 501)
    assert callback.answer is None


def test_a_second_visit_changes_nothing(callback):
    """Reload sends the code again, and an attacker might send another: the first one stands."""
    first = bring(callback, code="first", state=callback.state)
    for fields in ({"code": "second"}, {"error": "access_denied"}):
        again = bring(callback, **fields, state=callback.state)
        assert (again.status, again.headers["Location"]) == (first.status, first.headers["Location"])
    assert callback.answer == Answer(code="first")


def test_a_thousand_strangers(callback):
    """A thousand junk callbacks during a login, then the real one: it is taken, and none of the junk."""
    for number in range(1000):
        assert bring(callback, code="theirs", state=f"guess-{number}").status == 400
    assert callback.answer is None
    bring(callback, code="ours", state=callback.state)
    assert callback.answer == Answer(code="ours")


def test_idle_connections_hold_nobody_up(callback):
    """A browser opens connections that it does not use; the callback comes by another one and is served."""
    idle = [socket.create_connection(("127.0.0.1", callback.server_port)) for _ in range(20)]
    try:
        assert bring(callback, code="ours", state=callback.state).status == 303
    finally:
        for connection in idle:
            connection.close()


@pytest.mark.parametrize("path", [f"{PATH}?code=a-code&state={{state}}", "/done", f"{PATH}?junk", "/nowhere"])
def test_no_page_leaks_the_code(callback, path):
    """Nothing is loaded, kept or told on: the code is in the address that led here."""
    bring(callback, code="a-code", state=callback.state)
    page = ask(callback, path.format(state=callback.state))
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Connection"] == "close"
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none';")
    assert "a-code" not in page.text
    if page.text:
        assert '<link rel="icon" href="data:,">' in page.text


def test_the_port_is_closed_afterwards():
    """After the login nobody listens, not even at a connection that was open before."""
    with Callback() as callback:
        bring(callback, code="a-code", state=callback.state)
        ask(callback, "/done")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", callback.server_port))


def test_the_last_page_is_waited_for(monkeypatch):
    """The port stays open until the browser has the page that says so, and no longer."""
    monkeypatch.setattr(callback_, "_GRACE", 60)
    callback = Callback()
    callback.start()
    bring(callback, code="a-code", state=callback.state)
    leaving = threading.Thread(target=callback.__exit__, args=(None, None, None), daemon=True)
    leaving.start()
    leaving.join(0.5)
    assert leaving.is_alive()
    assert ask(callback, "/done").status == 200
    leaving.join(30)
    assert not leaving.is_alive()


def test_only_this_machine_reaches_it(callback):
    """It listens at 127.0.0.1 and at no other address."""
    assert callback.socket.getsockname() == ("127.0.0.1", callback.server_port)
    assert callback.redirect_uri == f"http://127.0.0.1:{callback.server_port}/oauth/callback"


def test_a_taken_port_is_an_error(callback):
    """A port that another program has is not shared."""
    with pytest.raises(OSError, match="in use"):
        Callback(callback.server_port)


def test_nothing_is_written_to_the_terminal(callback, capfd):
    """Neither a request nor a broken or an aborted one is logged: the code would be in it."""
    bring(callback, code="a-code", state=callback.state)
    with socket.create_connection(("127.0.0.1", callback.server_port)) as broken:
        broken.sendall(b"\xff\xfe nonsense a-code\r\n\r\n")
        broken.recv(1000)
    with socket.create_connection(("127.0.0.1", callback.server_port)) as aborted:
        aborted.sendall(f"GET {PATH}?code=a-code".encode())
        reset = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
        aborted.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)
    ask(callback, "/done")  # comes after it, so there is a thread for it now
    for thread in threading.enumerate():
        if "process_request_thread" in thread.name:
            thread.join(10)
    assert capfd.readouterr() == ("", "")


def test_state_and_verifier_are_new_each_time():
    """Both have 256 bits of chance at least; the challenge is RFC 7636's example."""
    made = [Callback() for _ in range(2)]
    for callback in made:
        callback.server_close()
    assert len({callback.state for callback in made}) == 2
    assert len(made[0].state) >= 43
    assert oidc.new_verifier() != oidc.new_verifier()
    assert len(oidc.new_verifier()) == 64
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert oidc.challenge(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_the_code_is_in_no_repr():
    """A traceback or a debugger that shows the answer shows no code."""
    assert "a-code" not in repr(Answer(code="a-code"))
