"""SSO OIDC, as botocore's own client sees it: three grants, and each error as the exception that the model names."""

import pytest
from botocore.exceptions import ClientError

LIFETIME = 90 * 24 * 3600


def raises(client, name, status=400):
    """Expect the modelled exception *name*; botocore would raise a bare ClientError if the wire were wrong."""
    return pytest.raises(getattr(client.exceptions, name), check=lambda error: http_status(error) == status)


def http_status(error):
    return error.response["ResponseMetadata"]["HTTPStatusCode"]


class TestRegisterClient:
    """A program makes itself known."""

    def test_registration(self, oidc, clock):
        """A client gets an id and a secret, with their lifetime in epoch seconds."""
        client = oidc.register_client(clientName="ssoenv", clientType="public")

        assert client["clientId"]
        assert client["clientSecret"]
        assert client["clientIdIssuedAt"] == int(clock.now())
        assert client["clientSecretExpiresAt"] == int(clock.now() + LIFETIME)

    @pytest.mark.parametrize(
        ("asked", "error"),
        [
            ({"clientType": "confidential"}, "InvalidClientMetadataException"),
            ({"grantTypes": ["password"]}, "UnsupportedGrantTypeException"),
            ({"redirectUris": ["https://example.com/callback"]}, "InvalidRedirectUriException"),
            ({"redirectUris": ["http://127.0.0.1/\r\nSet-Cookie: a"]}, "InvalidRedirectUriException"),
            ({"issuerUrl": "https://other.awsapps.com/start"}, "InvalidRequestException"),
            ({"clientName": ""}, "InvalidRequestException"),
        ],
    )
    def test_refusals(self, oidc, asked, error):
        """A registration that the service could not serve is refused."""
        with raises(oidc, error):
            oidc.register_client(**{"clientName": "ssoenv", "clientType": "public", **asked})


class TestStartDeviceAuthorization:
    """A program asks for a code to show."""

    def test_answer(self, portal, program):
        """The answer has a code to compare, a link that carries it, and the times to wait in seconds."""
        started = program.start(program.register())

        assert started["verificationUri"] == f"{portal.url}/device"
        assert started["verificationUriComplete"] == f"{portal.url}/device?user_code={started['userCode']}"
        assert (started["expiresIn"], started["interval"]) == (600, 1)

    @pytest.mark.parametrize("ending", ["", "/", "#/", "/#/console"])
    def test_start_url(self, program, ending):
        """The start URL may be what a person copies from the address bar."""
        url = f"https://my-sso-portal.awsapps.com/start{ending}"

        assert program.start(program.register(), url)["deviceCode"]

    def test_wrong_start_url(self, oidc, program):
        """Another portal's start URL is an invalid request."""
        client = program.register()

        with raises(oidc, "InvalidRequestException"):
            program.start(client, "https://other.awsapps.com/start")

    def test_wrong_region(self, oidc, portal, program):
        """A portal of another region may call the request invalid, without a word."""
        client = program.register()
        portal.wrong_region = "request"

        with raises(oidc, "InvalidRequestException") as caught:
            program.start(client)
        assert caught.value.response["Error"]["Message"] == ""

    def test_wrong_secret(self, oidc, program):
        """A client without its secret is unknown."""
        client = program.register()

        with raises(oidc, "InvalidClientException", 401):
            program.start({**client, "clientSecret": "other"})

    def test_registration_expired(self, oidc, program, clock):
        """A registration that has lapsed makes the client unknown."""
        client = program.register()
        clock.time += LIFETIME

        with raises(oidc, "InvalidClientException", 401):
            program.start(client)

    def test_client_of_other_flow(self, oidc, pkce, program):
        """A client that registered for authorization codes may not use the device flow."""
        with raises(oidc, "UnauthorizedClientException"):
            program.start(pkce.client)


class TestDeviceCode:
    """A program polls until the user has decided."""

    @pytest.fixture
    def client(self, program):
        return program.register()

    @pytest.fixture
    def started(self, program, client):
        return program.start(client)

    def test_approved(self, portal, program, client, started):
        """The approved client gets a bearer token and, as it asked for account access, a refresh token."""
        portal.approve(started["userCode"])

        token = program.poll(client, started["deviceCode"])

        assert token["tokenType"] == "Bearer"
        assert token["expiresIn"] == 3600
        assert token["accessToken"] != token["refreshToken"]

    def test_auto_approve(self, portal, program):
        """With auto_approve nobody has to be there."""
        portal.auto_approve = True
        client = program.register()

        assert program.poll(client, program.start(client)["deviceCode"])["accessToken"]

    def test_no_scope(self, program):
        """Without the scope for account access there is no refresh token."""
        assert "refreshToken" not in program.log_in(program.register(scopes=[]))

    def test_pending(self, oidc, program, clock, client, started):
        """Until the user has decided the client is told to wait, as often as it asks in time."""
        for _ in range(3):
            with raises(oidc, "AuthorizationPendingException"):
                program.poll(client, started["deviceCode"])
            clock.time += started["interval"]

    def test_slow_down(self, oidc, program, clock, client, started):
        """Who asks too soon has to leave five seconds more from then on."""
        code = started["deviceCode"]
        with raises(oidc, "AuthorizationPendingException"):
            program.poll(client, code)

        clock.time += 0.5
        with raises(oidc, "SlowDownException"):
            program.poll(client, code)
        clock.time += 5
        with raises(oidc, "SlowDownException"):
            program.poll(client, code)
        clock.time += 11
        with raises(oidc, "AuthorizationPendingException"):
            program.poll(client, code)

    def test_expired(self, oidc, portal, program, clock, client, started):
        """A code that nobody approved in time has expired, and can't be approved any more."""
        clock.time += started["expiresIn"]

        with raises(oidc, "ExpiredTokenException"):
            program.poll(client, started["deviceCode"])
        with pytest.raises(LookupError):
            portal.approve(started["userCode"])

    def test_denied(self, oidc, portal, program, client, started):
        """A user's refusal is access denied."""
        portal.deny(started["userCode"])

        with raises(oidc, "AccessDeniedException"):
            program.poll(client, started["deviceCode"])

    def test_used_twice(self, oidc, portal, program, client, started):
        """A device code brings one token."""
        portal.approve(started["userCode"])
        program.poll(client, started["deviceCode"])

        with raises(oidc, "InvalidGrantException"):
            program.poll(client, started["deviceCode"])

    def test_code_of_another(self, oidc, portal, program):
        """One client can't collect what another one was approved for."""
        started = program.start(program.register())
        portal.approve(started["userCode"])

        with raises(oidc, "InvalidGrantException"):
            program.poll(program.register(), started["deviceCode"])

    def test_unknown_grant(self, oidc, program):
        """A grant that the service does not know is unsupported."""
        with raises(oidc, "UnsupportedGrantTypeException"):
            oidc.create_token(**program.register(), grantType="password")


class TestRefreshToken:
    """A program renews its token."""

    def test_rotation(self, oidc, program):
        """A refresh token works once: it brings a new access token and its own successor."""
        client = program.register()
        first = program.log_in(client)

        second = program.refresh(client, first["refreshToken"])

        assert second["accessToken"] != first["accessToken"]
        assert second["refreshToken"] != first["refreshToken"]
        with raises(oidc, "InvalidGrantException"):
            program.refresh(client, first["refreshToken"])
        assert program.refresh(client, second["refreshToken"])["accessToken"]

    def test_lenient_rotation(self, portal, program):
        """Without strict rotation the old refresh token works on."""
        portal.strict_rotation = False
        client = program.register()
        first = program.log_in(client)
        program.refresh(client, first["refreshToken"])

        assert program.refresh(client, first["refreshToken"])["accessToken"]

    def test_other_client(self, oidc, program):
        """A refresh token is worth nothing to another client."""
        first = program.log_in()

        with raises(oidc, "InvalidGrantException"):
            program.refresh(program.register(), first["refreshToken"])

    def test_session_over(self, oidc, portal, program, clock):
        """Once the portal session is over, refreshing is an invalid grant."""
        client = program.register()
        first = program.log_in(client)
        clock.time += portal.session_lifetime

        with raises(oidc, "InvalidGrantException"):
            program.refresh(client, first["refreshToken"])

    def test_never_beyond_session(self, portal, program, clock):
        """An access token ends with the session at the latest."""
        client = program.register()
        first = program.log_in(client)
        clock.time += portal.session_lifetime - 60

        assert program.refresh(client, first["refreshToken"])["expiresIn"] == 60


class TestAuthorizationCode:
    """A program redeems what the browser brought it."""

    def code(self, browse, pkce):
        """Return a code that the user has approved."""
        page = browse("/authorize", {**pkce.question(), "decision": "approved"})
        return page.headers["Location"].partition("code=")[2].partition("&")[0]

    def test_approved(self, browse, pkce):
        """The code, with its verifier and the exact address, brings both tokens."""
        token = pkce.redeem(self.code(browse, pkce))

        assert token["accessToken"] != token["refreshToken"]

    @pytest.mark.parametrize(
        "changes",
        [
            {"codeVerifier": "w" * 64},
            {"redirectUri": "http://127.0.0.1:54322/oauth/callback"},
            {"code": "another"},
        ],
    )
    def test_mismatch(self, oidc, browse, pkce, changes):
        """Another verifier, port or code is an invalid grant."""
        asked = {"code": self.code(browse, pkce), **changes}

        with raises(oidc, "InvalidGrantException"):
            pkce.redeem(**asked)

    def test_used_twice(self, oidc, browse, pkce):
        """A code works once."""
        code = self.code(browse, pkce)
        pkce.redeem(code)

        with raises(oidc, "InvalidGrantException"):
            pkce.redeem(code)

    def test_expired(self, oidc, browse, pkce, clock):
        """A code that was left lying has expired."""
        code = self.code(browse, pkce)
        clock.time += 301

        with raises(oidc, "ExpiredTokenException"):
            pkce.redeem(code)


def test_planned_server_fault(oidc, portal):
    """A fault of the service is the modelled one too."""
    portal.fail("RegisterClient", type="InternalServerException", status=500, message="Sorry")

    with raises(oidc, "InternalServerException", 500) as caught:
        oidc.register_client(clientName="ssoenv", clientType="public")
    assert caught.value.response["error"] == "server_error"
    assert caught.value.response["Error"]["Message"] == "Sorry"


def test_the_check_of_this_file(oidc):
    """`raises` tells one modelled exception from another."""
    with pytest.raises(ClientError), raises(oidc, "SlowDownException"):
        oidc.register_client(clientName="ssoenv", clientType="confidential")


def test_no_interval(portal, program):
    """With an interval of 0 a test may poll as fast as it likes."""
    portal.poll_interval = 0
    client = program.register()
    code = program.start(client)["deviceCode"]

    for _ in range(5):
        with raises(program.oidc, "AuthorizationPendingException"):
            program.poll(client, code)
