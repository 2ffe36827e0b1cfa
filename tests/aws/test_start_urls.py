"""Start URLs: what they tell, and one redirect at a server of this machine."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from ssoenv.aws import start_urls
from ssoenv.errors import ServiceError

PORTAL = "https://ssoins-7223abcd.portal.eu-west-1.app.aws/"


@pytest.fixture
def vanity():
    """A customer's own address: *location* is where it leads, *seen* what it was asked."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            server.seen.append((self.path, dict(self.headers)))
            self.send_response(302 if server.location else 200)
            if server.location:
                self.send_header("Location", server.location)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.location, server.seen = PORTAL, []
    server.url = f"http://127.0.0.1:{server.server_port}/start"
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


PORTALS = {
    "https://my-sso-portal.awsapps.com/start": None,
    "https://my-sso-portal.awsapps.com/start/#/": None,
    "https://eu-west-1.awsapps.com/start": None,  # a name that the customer chose
    "https://start.us-gov-home.awsapps.com/directory/d-9067000000": None,
    "https://start.home.awsapps.cn/directory/d-9067000000": None,
    "https://identitycenter.amazonaws.com/ssoins-7223abcd": None,
    "https://ssoins-7223abcd.portal.eu-west-1.app.aws": "eu-west-1",
    "https://SSOINS-7223abcd.Portal.EU-west-1.app.aws:443/": "eu-west-1",
    "https://ssoins-7223abcd.eusc-de-east-1.portal.amazonaws.eu/": "eusc-de-east-1",
    "https://us-gov-west-1.signin.aws/platform/d-9067000000/login": "us-gov-west-1",
}


@pytest.mark.parametrize("url", PORTALS)
def test_addresses_of_awss(url):
    """Portal, issuer and regional addresses are taken as they are, without asking anybody."""
    assert start_urls.is_portal(url)
    assert start_urls.resolve(url) == url


@pytest.mark.parametrize("url", [url for url, region in PORTALS.items() if region])
def test_the_address_tells_the_region(url):
    """Where the host holds the region, nobody is asked for it."""
    assert start_urls.discover_region(url) == PORTALS[url]


LOOK_ALIKES = [
    "https://portal.awsapps.com.evil.example/start",
    "https://amazonaws.com.evil/ssoins-7223abcd",
    "https://evil-awsapps.com/start",
    "https://awsapps.com.evil/start",
    "https://awsapps.com/start",
    "https://x.portal.eu-west-1.app.aws.evil.example/",
    "https://x.portal.eu-west-1.evil-app.aws/",
    "https://bucket.s3.eu-west-1.amazonaws.com/start",
    "https://x.awsapps.com@evil.example/start",
    "https://x.awsapps.com:pw@evil.example/start",
    "https://evil.example\\@x.awsapps.com/start",
    "https://evil.example\\.awsapps.com/start",
    "https://evil.example/.awsapps.com",
    "https://evil.example?.awsapps.com",
    "https://evil.example#.awsapps.com",
    "https://x.awsapps.com:8443/start",
    "https://x.awsapps.com./start",
    "https://x.аwsapps.com/start",  # a Cyrillic а
    "https://x.xn--wsapps-2fg.com/start",
    "https://x.awsapps。com/start",
    "http://x.awsapps.com/start",
    "javascript://x.awsapps.com/start",
    "https:x.awsapps.com/start",
]


@pytest.mark.parametrize("url", LOOK_ALIKES)
def test_look_alikes_are_not_awss(url):
    """A host that only looks like AWS's is none, whatever stands around its name."""
    assert not start_urls.is_portal(url)


@pytest.mark.parametrize("url", [url for url in LOOK_ALIKES if url.isascii()])
def test_an_address_that_leads_to_a_look_alike_is_refused(vanity, url):
    """A login goes no further than such a redirect, and no region is taken from it."""
    vanity.location = url
    with pytest.raises(ServiceError, match="is no portal of AWS's"):
        start_urls.resolve(vanity.url)
    assert start_urls.discover_region(vanity.url) is None


def test_a_vanity_address_leads_to_the_portal(vanity):
    """One redirect, to a host of AWS's, is the portal, and tells its region."""
    assert start_urls.resolve(vanity.url) == PORTAL
    assert start_urls.discover_region(vanity.url) == "eu-west-1"


def test_one_redirect_only(vanity):
    """A chain of redirects is not followed."""
    vanity.location = vanity.url + "/again"
    assert start_urls.discover_region(vanity.url) is None
    assert [path for path, _ in vanity.seen] == ["/start"]


def test_an_address_that_leads_nowhere(vanity):
    """An own address that does not redirect is AWS's to judge, and tells no region."""
    vanity.location = None
    assert start_urls.resolve(vanity.url) == vanity.url
    assert start_urls.discover_region(vanity.url) is None


def test_nothing_secret_is_sent(vanity, monkeypatch):
    """Whoever answers there learns that somebody asked, and no more."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "ASIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a-secret")
    monkeypatch.setenv("AWS_PROFILE", "in-no-file")
    start_urls.discover_region(f"{vanity.url}#/secret")
    ((path, headers),) = vanity.seen
    assert path == "/start"
    assert {name.lower() for name in headers} <= {"host", "accept-encoding", "user-agent", "connection"}
    assert "AWS" not in str(headers)


def test_nobody_answers():
    """Without an answer there is no region, and a login says whom it asked."""
    assert start_urls.discover_region("http://127.0.0.1:9/start") is None
    with pytest.raises(ServiceError, match=r"Asking http://127\.0\.0\.1:9 for its portal failed"):
        start_urls.resolve("http://127.0.0.1:9/start")


def test_proxies_and_ca_bundle_are_botocores(vanity, monkeypatch, tmp_path):
    """HTTP_PROXY leads to the proxy; a CA bundle that is not there is an error, so it is looked at."""
    monkeypatch.setenv("HTTP_PROXY", vanity.url)
    assert start_urls.resolve("http://localhost.invalid:1/start") == PORTAL
    assert vanity.seen[0][0] == "http://localhost.invalid:1/start"
    monkeypatch.setenv("AWS_CA_BUNDLE", str(tmp_path / "missing.pem"))
    with pytest.raises(ServiceError, match="No such file"):
        start_urls.resolve(vanity.url.replace("http:", "https:"))
