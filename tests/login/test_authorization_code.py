"""Logins by an authorization code, which a browser on this machine brings back; and when there is a code instead."""

from __future__ import annotations

import json
import socket
import threading
import time
import urllib.request
from urllib.parse import parse_qs, urlsplit

import pytest
from contexts import CORP, LEGACY, START_URL, Clock, World

from ssoenv.aws import oidc, tokens
from ssoenv.aws.config import Session
from ssoenv.errors import NotLoggedIn, ServiceError, UsageError
from ssoenv.login import Way
from ssoenv.login.authorization_code import ssh_line


class Desk(World):
    """A world with a browser on this machine, and the real clock. *visit* is what the browser does with a link."""

    def __init__(self, home):
        super().__init__(home, terminal=True)
        self.visit = open_page
        self.change(now=time.time, sleep=self.doze, open_browser=self.open, has_browser=lambda: True)

    def doze(self, seconds):
        assert time.time() < self.clock.time + 60, "the browser did not come back"
        time.sleep(min(seconds, 0.02))

    def open(self, link):
        self.opened.append(link)
        threading.Thread(target=self.visit, args=(link,), daemon=True).start()
        return True


def open_page(link):
    """Follow *link*, as a browser does that is sent on from the portal; return the last page."""
    with urllib.request.urlopen(link, timeout=10) as page:
        return page.read().decode()


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path / "home")


@pytest.fixture
def desk_portal(start_portal, lead_to):
    return lead_to(start_portal(auto_approve=True))


def registration_file(world):
    (path,) = [
        path
        for path in tokens.token_cache(world.context).iterdir()
        if "accessToken" not in json.loads(path.read_text())
    ]
    return json.loads(path.read_text())


def test_browser_here_means_no_code(desk, desk_portal):
    """A browser on this machine brings the approval by itself: there is no code that could be phished."""
    fresh = desk.log_in()
    assert desk_portal.calls["StartDeviceAuthorization"] == 0
    assert desk.token_file()["accessToken"] == fresh.access_token
    assert fresh.refresh_token
    (link,) = desk.opened
    asked = {name: value for name, (value,) in parse_qs(urlsplit(link).query).items()}
    assert set(asked) == {
        *("response_type", "client_id", "redirect_uri", "state", "code_challenge_method", "code_challenge", "scopes")
    }
    assert asked["scopes"] == "sso:account:access"
    assert asked["redirect_uri"].startswith("http://127.0.0.1:")
    # The link is printed first, and the address that VS Code looks for to forward its port.
    origin = asked["redirect_uri"].removesuffix("/oauth/callback")
    assert link in desk.said[1]
    assert f"Approve only if you started this. Waiting at {origin} for 10 minutes" in desk.said[2]


def test_the_link_is_copied(desk, desk_portal):
    """Who asks for that has on the clipboard what the browser opens."""
    copied = []
    desk.log_in(way=Way(copy=copied.append))
    assert copied == desk.opened


def test_registration_for_codes_is_the_aws_clis(desk, desk_portal):
    """The registration is as `aws sso login` makes and keeps it, and it is used again."""
    desk.log_in()
    desk.log_in(force=True)
    assert desk_portal.calls["RegisterClient"] == 1
    (call,) = [call for call in desk_portal.requests if call.operation == "RegisterClient"]
    assert call.request.document == {
        "clientName": "ssoenv-corp",
        "clientType": "public",
        "grantTypes": ["authorization_code", "refresh_token"],
        "redirectUris": ["http://127.0.0.1/oauth/callback"],
        "issuerUrl": START_URL,
        "scopes": ["sso:account:access"],
    }
    assert registration_file(desk)["grantTypes"] == ["authorization_code", "refresh_token"]


def test_each_flow_refuses_the_others_registration(desk, desk_portal):
    """Both flows share one file; a change of flow registers anew, in the same place."""
    desk.log_in()
    desk.log_in(force=True, way=Way(browser=False))
    assert desk_portal.calls["RegisterClient"] == 2
    assert "grantTypes" not in registration_file(desk)
    desk.log_in(force=True)
    assert desk_portal.calls["RegisterClient"] == 3
    assert "authorization_code" in registration_file(desk)["grantTypes"]


@pytest.mark.parametrize(
    "ask",
    [
        lambda desk: desk.log_in(way=Way(device_code=True)),
        lambda desk: desk.log_in(way=Way(browser=False)),
        lambda desk: desk.log_in(LEGACY),
        lambda desk: desk.log_in(way=Way(draw=lambda link, code: None)),
        lambda desk: desk.change(has_browser=lambda: False) or desk.log_in(),
        lambda desk: desk.change(open_browser=lambda link: False) or desk.log_in(),
    ],
    ids=["--device-code", "--no-browser", "legacy profile", "--qr", "no browser here", "browser does not start"],
)
def test_otherwise_a_code(desk, desk_portal, ask):
    """A device code is asked for where no browser can come back, where AWS offers nothing else, and on request."""
    desk.visit = lambda link: None
    ask(desk)
    assert desk_portal.calls["StartDeviceAuthorization"] == 1
    assert any("the code matches" in line for line in desk.said)


def test_refusal_by_the_browser(desk, desk_portal):
    """Deny comes back by the browser, and ends the login at once."""
    desk_portal.auto_approve = False
    pages = []

    def deny(link):
        data = (urlsplit(link).query + "&decision=denied").encode()
        with urllib.request.urlopen(link.partition("?")[0], data, timeout=10) as page:
            pages.append(page.read().decode())

    desk.visit = deny
    with pytest.raises(NotLoggedIn, match=r"declined in the browser\. Nothing changed\..*ssoenv login corp"):
        desk.log_in()
    assert tokens.read_token(desk.context, CORP) is None


def test_other_errors_of_the_browser_are_told(desk, desk_portal):
    """An error that the service sends by the browser is told in its words, made safe."""

    def visit(link):
        asked = parse_qs(urlsplit(link).query)
        open_page(
            f"{asked['redirect_uri'][0]}?error=server_error&error_description=try+later&state={asked['state'][0]}"
        )

    desk.visit = visit
    with pytest.raises(ServiceError, match=r"AWS answered server_error: try later\. .*ssoenv login corp"):
        desk.log_in()


def test_browser_that_never_comes_back(desk, desk_portal):
    """A closed tab is never heard of: after ten minutes the login ends, and nobody listens any more."""
    clock = Clock()
    desk.visit = lambda link: None
    desk.change(now=clock.now, sleep=clock.sleep)
    started = clock.time
    with pytest.raises(NotLoggedIn, match=r"Nobody approved the login in time.*--device-code"):
        desk.log_in()
    assert 600 <= clock.time - started < 601
    port = urlsplit(parse_qs(urlsplit(desk.opened[0]).query)["redirect_uri"][0]).port
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))


def test_lapsed_registration_for_codes_is_dropped(desk, desk_portal):
    """A client that the service has forgotten meanwhile is not tried a second time."""
    desk.log_in()

    def visit(link):
        desk_portal.clients.clear()
        asked = parse_qs(urlsplit(link).query)
        open_page(f"{asked['redirect_uri'][0]}?code=any&state={asked['state'][0]}")

    desk.visit = visit
    with pytest.raises(ServiceError, match="invalid_client"):
        desk.log_in(force=True)
    desk.visit = open_page
    assert desk.log_in(force=True).access_token in desk_portal.access_tokens


def test_login_page_that_is_not_https(desk, monkeypatch, desk_portal):
    """A page of another kind is neither shown nor opened."""
    monkeypatch.setattr(oidc, "authorize_link", lambda *_: "http://evil.example/authorize")
    with pytest.raises(ServiceError, match="not https"):
        desk.log_in()
    assert desk.opened == []
    assert "evil" not in "".join(desk.said)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def test_tunnel_to_a_remote_machine(desk, desk_portal):
    """With --redirect-port, no browser is needed here: one behind an ssh tunnel comes back by that port."""
    port = free_port()
    desk.change(
        environ={"SSH_CONNECTION": "203.0.113.5 50000 198.51.100.7 22", "USER": "dev"},
        has_browser=lambda: False,
        open_browser=lambda link: False,
    )

    def say(line):
        desk.said.append(line)
        if line.startswith("  http"):
            threading.Thread(target=open_page, args=(line.strip(),), daemon=True).start()

    desk.change(say=say)
    desk.log_in(way=Way(redirect_port=port))
    assert desk_portal.calls["StartDeviceAuthorization"] == 0
    assert f"  ssh -L {port}:127.0.0.1:{port} dev@198.51.100.7" in desk.said
    assert f"127.0.0.1%3A{port}%2F" in desk.said[3]


def test_the_port_is_taken(desk, desk_portal):
    """A port that another program has is named."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(UsageError, match=f"Nobody can listen at port {port}.*--redirect-port"):
            desk.log_in(way=Way(redirect_port=port))


@pytest.mark.parametrize(
    ("environ", "line"),
    [
        ({"USER": "dev", "SSH_CONNECTION": "1.2.3.4 5 6.7.8.9 22"}, "ssh -L 99:127.0.0.1:99 dev@6.7.8.9"),
        ({"USER": "dev", "SSH_CONNECTION": "1.2.3.4 5 ::1 2222"}, "ssh -L 99:127.0.0.1:99 -p 2222 dev@::1"),
        ({"USER": "a b", "SSH_CONNECTION": "1.2.3.4 5 6.7.8.9 22"}, "ssh -L 99:127.0.0.1:99 6.7.8.9"),
        (
            {"USER": "-oProxyCommand=x", "SSH_CONNECTION": "1 2 $(x) 22"},
            f"ssh -L 99:127.0.0.1:99 {socket.gethostname()}",
        ),
    ],
)
def test_ssh_line(environ, line):
    """The line to type tells ssh user, address and port as far as they are known, and no word that runs anything."""
    assert ssh_line(99, environ) == line


def test_vanity_url_is_the_key_and_never_sent(desk, desk_portal, monkeypatch):
    """The service is asked by the address that a vanity one leads to; the token lies under the configured one."""
    from ssoenv.aws import start_urls

    vanity = Session(None, "https://sso.example.com", "eu-central-1", None)
    monkeypatch.setattr(start_urls, "_redirect", lambda url: START_URL)
    desk.visit = lambda link: None
    desk.log_in(vanity)
    (call,) = [call for call in desk_portal.requests if call.operation == "StartDeviceAuthorization"]
    assert call.request.document["startUrl"] == START_URL
    assert desk.token_file(vanity)["startUrl"] == "https://sso.example.com"


@pytest.mark.parametrize("variable", ["", "AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT"])
@pytest.mark.parametrize("region", ["eu-west-1", "cn-north-1", "us-gov-west-1", "us-gov-east-1", "eusc-de-east-1"])
def test_login_page_is_where_botocore_calls(monkeypatch, region, variable):
    """In each partition, with FIPS and with dual-stack, the page's host is the one that botocore sends calls to."""
    import botocore.awsrequest
    import botocore.httpsession

    if variable:
        monkeypatch.setenv(variable, "true")
    called, session = [], CORP._replace(region=region)

    def send(self, request):
        called.append(request.url)
        raise botocore.httpsession.HTTPClientError(error="not sent")

    monkeypatch.setattr(botocore.httpsession.URLLib3Session, "send", send)
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with pytest.raises(ServiceError):
        oidc.register(session, "name", ())
    link = oidc.authorize_link(
        session, tokens.Registration("id", "secret", 0, ("a", "b")), "http://127.0.0.1:1", "s", "c"
    )
    assert link.partition("?")[0] == called[0].replace("/client/register", "/authorize")
    assert "&scopes=a%20b&" in link


def test_endpoint_variable_leads_the_browser_too(monkeypatch):
    """An endpoint of the user's own, with a path, is where the login page is."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_SSO_OIDC", "http://127.0.0.1:9/oidc/")
    link = oidc.authorize_link(CORP, tokens.Registration("id", "secret", 0), "http://127.0.0.1:1", "s", "c")
    assert link.startswith("http://127.0.0.1:9/oidc/authorize?")
