"""A portal with a clock that tests set, botocore clients that find it, and a browser without redirects."""

from __future__ import annotations

import base64
import hashlib
import http.client
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

import botocore.session
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from contexts import Clock

from ssoenv.demo.portal import EXAMPLE, Portal

DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"


@dataclass
class Page:
    """What a browser got."""

    status: int
    headers: http.client.HTTPMessage
    text: str


class Program:
    """A program that logs in through the clients of botocore."""

    def __init__(self, portal, oidc):
        self.portal = portal
        self.oidc = oidc

    def register(self, **changes):
        """Return the client's id and secret, as the other operations want them."""
        asked = {"clientName": "ssoenv", "clientType": "public", "scopes": ["sso:account:access"]}
        client = self.oidc.register_client(**{**asked, **changes})
        return {"clientId": client["clientId"], "clientSecret": client["clientSecret"]}

    def start(self, client, start_url=EXAMPLE.start_url):
        """Return what StartDeviceAuthorization answers."""
        return self.oidc.start_device_authorization(**client, startUrl=start_url)

    def poll(self, client, device_code):
        """Ask once whether the user has approved."""
        return self.oidc.create_token(**client, grantType=DEVICE_CODE, deviceCode=device_code)

    def refresh(self, client, refresh_token):
        """Ask for the next pair of tokens."""
        return self.oidc.create_token(**client, grantType="refresh_token", refreshToken=refresh_token)

    def log_in(self, client=None):
        """Return what CreateToken answers once the user has approved."""
        client = client or self.register()
        started = self.start(client)
        self.portal.approve(started["userCode"])
        return self.poll(client, started["deviceCode"])


class Pkce:
    """A program that waits at a loopback address for an authorization code."""

    redirect_uri = "http://127.0.0.1:54321/oauth/callback"
    verifier = "v" * 64

    def __init__(self, program):
        self.program = program
        self.client = program.register(
            grantTypes=["authorization_code", "refresh_token"],
            redirectUris=["http://127.0.0.1/oauth/callback"],
            issuerUrl=EXAMPLE.start_url,
        )

    def question(self, **changes):
        """Return the fields that the browser is sent to /authorize with."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        asked = {
            "response_type": "code",
            "client_id": self.client["clientId"],
            "redirect_uri": self.redirect_uri,
            "state": "a-state",
            "code_challenge_method": "S256",
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "scopes": "sso:account:access",
        }
        return {**asked, **changes}

    def redeem(self, code, **changes):
        """Exchange the code for tokens."""
        asked = {"code": code, "redirectUri": self.redirect_uri, "codeVerifier": self.verifier}
        return self.program.oidc.create_token(**self.client, grantType="authorization_code", **{**asked, **changes})


@pytest.fixture
def account_in():
    """Read the account in an access key id, as it is read from AWS's own."""

    def decode(access_key_id):
        number = int.from_bytes(base64.b32decode(access_key_id[4:])[:6], "big")
        return f"{(number & 0x7FFFFFFFFF80) >> 7:012}"

    return decode


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def portal(clock, lead_to):
    with Portal(now=clock.now) as portal:
        yield lead_to(portal)


@pytest.fixture
def connect(portal):
    """Make an unsigned botocore client that tries each call once."""
    session, clients = botocore.session.Session(), []

    def make(service):
        config = Config(signature_version=UNSIGNED, retries={"total_max_attempts": 1})
        clients.append(session.create_client(service, region_name="eu-west-1", config=config))
        return clients[-1]

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def oidc(connect):
    return connect("sso-oidc")


@pytest.fixture
def sso(connect):
    return connect("sso")


@pytest.fixture
def program(portal, oidc):
    return Program(portal, oidc)


@pytest.fixture
def pkce(program):
    return Pkce(program)


@pytest.fixture
def token(program):
    return program.log_in()["accessToken"]


@pytest.fixture
def browse(portal):
    """Get a path of the portal's, or send a form to it; redirects are not followed."""

    def get(path, form=None, **query):
        path = f"{path}?{urlencode(query)}" if query else path
        connection = http.client.HTTPConnection(urlsplit(portal.url).netloc, timeout=10)
        try:
            if form is None:
                connection.request("GET", path)
            else:
                kind = {"Content-Type": "application/x-www-form-urlencoded"}
                connection.request("POST", path, urlencode(form), kind)
            response = connection.getresponse()
            return Page(response.status, response.headers, response.read().decode())
        finally:
            connection.close()

    return get
