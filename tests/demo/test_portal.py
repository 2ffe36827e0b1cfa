"""The portal as a whole: start and stop, what a test may plan, and what it may ask afterwards."""

import socket
import struct
import threading
import time
from urllib.parse import urlsplit

import botocore.session
import pytest
from botocore.config import Config

from ssoenv.demo.portal import Portal


def test_stop_frees_the_port():
    """After stop nobody answers, and a new portal can start."""
    with Portal() as portal:
        address = urlsplit(portal.url)
        socket.create_connection((address.hostname, address.port)).close()

    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((address.hostname, address.port))
    with pytest.raises(RuntimeError):
        _ = portal.url


def test_loopback_only():
    """The portal listens on 127.0.0.1."""
    with Portal() as portal:
        assert urlsplit(portal.url).hostname == "127.0.0.1"
        assert portal._server.server_address[0] == "127.0.0.1"


def test_environment(portal):
    """The variables are those that botocore reads for each service."""
    session = botocore.session.Session()

    for service in ("sso", "sso-oidc", "sts", "signin"):
        client = session.create_client(
            service, region_name="eu-west-1", aws_access_key_id="a", aws_secret_access_key="b"
        )
        assert client.meta.endpoint_url == portal.url
        client.close()
    assert len(portal.environment()) == 4


def test_planned_faults(sso, token, portal):
    """A planned fault meets that many calls of that operation, and no other."""
    portal.fail("ListAccounts", type="ResourceNotFoundException", message="Gone", status=404, times=2)

    for _ in range(2):
        with pytest.raises(sso.exceptions.ResourceNotFoundException, match="Gone"):
            sso.list_accounts(accessToken=token)
    assert sso.list_accounts(accessToken=token)["accountList"]


def test_retried_faults(portal, token):
    """Throttling that ends is worked off by botocore's own retries."""
    portal.fail("ListAccounts", type="TooManyRequestsException", status=429)
    config = Config(signature_version=botocore.UNSIGNED, retries={"total_max_attempts": 2})
    sso = botocore.session.Session().create_client("sso", region_name="eu-west-1", config=config)

    assert sso.list_accounts(accessToken=token)["accountList"]
    assert portal.calls["ListAccounts"] == 2
    sso.close()


def test_redirect(browse, portal):
    """A planned redirect sends the client elsewhere."""
    portal.redirect("ListAccounts", "http://127.0.0.1:1/elsewhere")

    page = browse("/assignment/accounts")

    assert (page.status, page.headers["Location"]) == (302, "http://127.0.0.1:1/elsewhere")
    assert browse("/assignment/accounts").status == 401


def test_record(sso, token, portal):
    """Each request is counted and kept as it came."""
    sso.list_account_roles(accessToken=token, accountId="123456789011")

    assert portal.calls == {
        "RegisterClient": 1,
        "StartDeviceAuthorization": 1,
        "CreateToken": 1,
        "ListAccountRoles": 1,
    }
    assert [call.operation for call in portal.requests] == list(portal.calls)
    assert portal.requests[0].request.document["scopes"] == ["sso:account:access"]
    last = portal.requests[-1].request
    assert last.headers["x-amz-sso_bearer_token"] == token
    assert "authorization" not in last.headers
    assert last.parameters["account_id"] == "123456789011"


def test_latency(browse, portal):
    """Each answer takes as long as was asked for, at least."""
    portal.latency = 0.1
    started = time.monotonic()

    browse("/start")

    assert time.monotonic() - started >= 0.1


@pytest.mark.parametrize("path", ["/nothing", "/federation", "/favicon.ico"])
def test_unknown_path(browse, path):
    """What the portal does not have is not found."""
    assert browse(path).status == 404


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (413, b"POST /token HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n"),
        (413, b"POST /token HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n"),
        (400, b"POST /token HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n\xff\xff"),
        (400, b"POST /token HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n[]"),
        (404, b"GET //[/ HTTP/1.1\r\n\r\n"),
        (501, b"\x16\x03\x01 noise HTTP/1.1\r\n\r\n"),
    ],
)
def test_junk(portal, capfd, status, text):
    """Junk is refused, and nothing is said at the terminal."""
    address = urlsplit(portal.url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        connection.sendall(text)
        connection.shutdown(socket.SHUT_WR)
        with connection.makefile("rb") as answer:
            first_line = answer.readline().decode()

    assert first_line.split()[1] == str(status)
    assert capfd.readouterr() == ("", "")


def test_client_that_goes_away(portal, browse, capfd):
    """A client that breaks off in the middle disturbs neither the terminal nor the next one."""
    address = urlsplit(portal.url)
    with socket.create_connection((address.hostname, address.port)) as connection:
        connection.sendall(b"POST /token HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
        # No farewell: the connection is reset.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    assert browse("/start").status == 200
    for thread in threading.enumerate():
        if "process_request" in thread.name:
            thread.join()
    assert capfd.readouterr() == ("", "")


def test_many_at_once(browse, portal):
    """Fifty clients at once are all served, and all counted."""
    statuses = []
    threads = [threading.Thread(target=lambda: statuses.append(browse("/start").status)) for _ in range(50)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert statuses == [200] * 50
    assert portal.calls["Start"] == 50
