"""The page that hands a secret link to the browser, and who else comes for it, over real sockets."""

from __future__ import annotations

import http.client
import os
import socket
import sys

import pytest

from ssoenv.errors import ServiceError
from ssoenv.handoff import Handoff

LINK = "https://signin.example/federation?SigninToken=a-secret"
SENT_ON = (303, LINK, "no-store")


def ask(handoff, connection, path=None):
    """Ask for the page at the *connection*, and return the status, where it leads and whether a cache may keep that."""
    with connection:
        path = path or handoff.url.partition(f":{handoff.server_port}")[2]
        connection.sendall(f"GET {path} HTTP/1.0\r\n\r\n".encode())
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        return answer.status, answer.headers["Location"], answer.headers["Cache-Control"]


@pytest.mark.parametrize("host", ["127.0.0.1", "::ffff:127.0.0.1"])
def test_the_users_own_browser_gets_it_once(host):
    """Also one whose sockets are all of IPv6; who has only the port gets nothing, and nor does who comes later."""
    nothing = (404, None, None)
    with Handoff(LINK) as handoff:
        for path, answer in (("/", nothing), ("/guessed", nothing), (None, SENT_ON), (None, nothing)):
            try:
                connection = socket.create_connection((host, handoff.server_port), timeout=10)
            except OSError:
                assert host != "127.0.0.1"
                pytest.skip("no IPv6 here")
            assert ask(handoff, connection, path) == answer
        assert handoff.wait(10)


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="only root can be two users")
@pytest.mark.parametrize(("family", "prefix"), [(socket.AF_INET, ""), (socket.AF_INET6, "::ffff:")])
def test_another_user_gets_nothing(family, prefix):
    """One who reads the address in the browser's command line is refused, and the browser still gets the link."""
    with Handoff(LINK) as handoff:
        os.seteuid(65534)
        try:
            theirs = socket.socket(family)
        except OSError:
            pytest.skip("no IPv6 here")
        finally:
            os.seteuid(0)
        theirs.settimeout(10)
        theirs.connect((f"{prefix}127.0.0.1", handoff.server_port))
        assert ask(handoff, theirs) == (403, None, None)
        assert not handoff.wait(0)
        own = socket.create_connection(("127.0.0.1", handoff.server_port), timeout=10)
        assert ask(handoff, own) == SENT_ON
        assert handoff.wait(10)


def test_two_that_nobody_can_tell_apart():
    """Where the system does not say whose a request is, a second one means that the link may be elsewhere."""
    handoff = Handoff(LINK)
    path = "/" + handoff.url.rpartition("/")[2]
    assert [handoff.take(path, is_own=None) for _ in range(2)] == [LINK, None]
    handoff.was_sent()
    handoff.server_close()
    with pytest.raises(ServiceError, match="Two requests came"):
        handoff.wait(0)
