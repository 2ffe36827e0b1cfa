"""Answers that no AWS service gives: those of a proxy, of a network's sign-in page, or of somebody with ideas."""

from __future__ import annotations

import json
import os
import time

import pytest

from ssoenv.aws import oidc, portal, sts
from ssoenv.aws.config import Session, SsoRole
from ssoenv.aws.portal import Pace
from ssoenv.aws.roles import Credentials
from ssoenv.aws.tokens import Registration, Token
from ssoenv.demo.portal import Portal
from ssoenv.demo.portal.wire import Response
from ssoenv.errors import ServiceError
from ssoenv.login.wording import explained

REGION = "eu-central-1"
SESSION = Session("corp", "https://my-sso-portal.awsapps.com/start", REGION, None)
CLIENT = Registration("id", "secret", 0.0)
SOON = int(time.time()) + 3600
KEYS = {"accessKeyId": "AKIA", "secretAccessKey": "secret", "sessionToken": "token", "expiration": SOON * 1000}
REGISTERED = {"clientId": "id", "clientSecret": "secret", "clientSecretExpiresAt": SOON}
STARTED = {"deviceCode": "code", "userCode": "AB", "verificationUri": "https://here/", "expiresIn": 600, "interval": 1}
TOKEN = {"accessToken": "token", "expiresIn": 3600, "refreshToken": "more"}
DEEP = b"[" * 100_000


@pytest.fixture
def answering(monkeypatch):
    """Let every path of a portal answer with one body; botocore tries once."""
    said = []

    class Puppet(Portal):
        def answer(self, _request):
            return said[-1]

    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with Puppet() as puppet:
        for name, value in puppet.environment().items():
            monkeypatch.setenv(name, value)

        def let(body, status=200):
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            said.append(Response(status, data, "application/json"))

        yield let


def _keys():
    return portal.role_credentials(SsoRole(SESSION, "123456789011", "ReadOnly"), "bearer", {})


def _role_names():
    return portal.role_names(SESSION, "bearer", "123456789011")


def _accounts():
    with portal.listing(SESSION, "bearer", Pace(2000)) as listing:
        return list(listing.accounts())


def _register():
    return oidc.register(SESSION, "ssoenv", ())


def _start():
    return oidc.start_device_authorization(SESSION, CLIENT, "https://here/")


def _poll():
    with oidc.polling(SESSION, CLIENT, "code") as ask:
        return ask(time.time())


def _trade():
    return oidc.token_for_code(SESSION, CLIENT, "code", "http://127.0.0.1/", "verifier", time.time())


def _refresh():
    return oidc.refresh(SESSION, Token("old", 0.0, "more", "id", "secret", float(SOON)), time.time())


def _identity():
    return sts.caller_identity(REGION, Credentials("AKIA", "secret", None, None))


@pytest.mark.parametrize("body", [b"<html>Sign in</html>", b"", b"null", b"[]", b"{}", b"\xff\xfe{", DEEP])
@pytest.mark.parametrize("call", [_keys, _role_names, _accounts, _register, _start, _poll, _trade, _refresh, _identity])
def test_what_is_no_answer_at_all(answering, call, body):
    """A page, nothing, or JSON of another form is an error of the service, and says what may be in between."""
    answering(body)
    with pytest.raises(ServiceError, match=r"AWS's protocol|invalid XML"):
        call()


@pytest.mark.parametrize(
    ("call", "body"),
    [
        *((_keys, {"roleCredentials": {**KEYS, "expiration": time}}) for time in ("x", None, 1, 10**30, -(10**18))),
        *((_keys, {"roleCredentials": {**KEYS, "secretAccessKey": value}}) for value in (5, None, {}, "", "a\nb", "é")),
        (_keys, {"roleCredentials": {**KEYS, "sessionToken": "a\x1b[31m"}}),
        (_keys, {"roleCredentials": {**KEYS, "accessKeyId": "\ud800"}}),
        (_keys, {"roleCredentials": None}),
        (_role_names, {"roleList": [{}]}),
        (_accounts, {"accountList": [{}]}),
        (_accounts, {"accountList": ["x"]}),
        (_register, {**REGISTERED, "clientId": 5}),
        (_register, {**REGISTERED, "clientSecret": "a\nb"}),
        *((_register, {**REGISTERED, "clientSecretExpiresAt": time}) for time in ("x", 10**15, 10**400)),
        *((_start, {**STARTED, "expiresIn": span}) for span in ("x", 10**10, float("nan"), float("inf"))),
        (_start, {**STARTED, "interval": 10**12}),
        (_start, {**STARTED, "userCode": "\x1b[31m"}),
        (_start, {**STARTED, "deviceCode": 5}),
        (_start, {**STARTED, "verificationUri": ["https://here/"]}),
        *((_poll, {**TOKEN, "expiresIn": span}) for span in ("x", 10**12, 10**400)),
        (_poll, {**TOKEN, "accessToken": "a\nb"}),
        (_trade, {**TOKEN, "accessToken": None}),
        (_refresh, {**TOKEN, "refreshToken": {"a": 1}}),
    ],
)
def test_value_of_another_form(answering, call, body):
    """A secret that is no text, or a time beyond the calendar, is not taken for one; the message does not quote it."""
    answering(body)
    with pytest.raises(ServiceError, match="does not speak AWS's protocol"):
        call()


@pytest.mark.parametrize("status", [302, 403, 404, 500])
def test_keys_beside_an_error(answering, status):
    """What comes with another status than OK is not taken for credentials, however well it looks."""
    answering({"roleCredentials": KEYS}, status)
    with pytest.raises((ServiceError, portal.Forbidden)):
        _keys()


@pytest.mark.parametrize("body", [b"[1]", DEEP, b'{"message": 5, "__type": 7}'])
def test_error_of_another_form(answering, body):
    """What comes with an HTTP error may be anything, too."""
    answering(body, 400)
    for call in (_keys, _register):
        with pytest.raises(ServiceError):
            call()


@pytest.mark.parametrize(("named", "taken"), [(0, 5), (-5, 1), (2, 2)])
def test_polls_at_most_once_a_second(answering, named, taken):
    """An interval that would have us hammer the service is not kept; 0 means none is named (RFC 8628: 5 s)."""
    answering({**STARTED, "interval": named})
    assert _start().interval == taken


@pytest.mark.parametrize(
    ("answered", "kept"), [({}, "more"), ({"refreshToken": None}, "more"), ({"refreshToken": "other"}, "other")]
)
def test_refresh_token_that_stays(answering, answered, kept):
    """Who gets no other refresh token keeps the one that there is (RFC 6749, 6)."""
    answering({"accessToken": "token", "expiresIn": 3600, **answered})
    assert _refresh().refresh_token == kept


def test_key_of_the_customers_that_can_not_be_used(answering):
    """Whoever encrypts Identity Center with a key of their own gets that as the reason, not a wrong start URL."""
    answering({"__type": "AccessDeniedException", "error": "access_denied", "reason": "KMS_AccessDeniedException"}, 400)
    with pytest.raises(oidc.OAuthError) as refusal:
        _trade()
    assert "key that it is encrypted with (KMS_AccessDeniedException)" in str(
        explained(refusal.value, SESSION, by_code=False)
    )


def test_endpoint_of_everything(answering, monkeypatch):
    """Where AWS_ENDPOINT_URL leads all services elsewhere, what answers badly there is not said to be AWS's fault."""
    own = os.environ["AWS_ENDPOINT_URL_SSO_OIDC"]
    monkeypatch.delenv("AWS_ENDPOINT_URL_SSO_OIDC")
    monkeypatch.setenv("AWS_ENDPOINT_URL", own)
    for body, status in ((b"{}", 501), (b"{}", 404)):
        answering(body, status)
        with pytest.raises(ServiceError, match="where AWS_ENDPOINT_URL leads"):
            _register()
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(ServiceError, match="where AWS_ENDPOINT_URL leads"):
        _register()
    monkeypatch.setenv("AWS_ENDPOINT_URL_SSO_OIDC", own)  # which goes before it
    with pytest.raises(ServiceError, match="Try again in a moment"):
        _register()


def test_profile_that_is_gone(answering):
    """A server outlives the profile that it was started for: that one has no say any more, and stops nothing."""
    answering(REGISTERED)
    assert oidc.register(SESSION._replace(profile="gone"), "ssoenv", ()).client_id == "id"


def test_refusal_without_a_body(answering):
    """HTTP 401 alone says that the portal does not take the token."""
    answering(b"", 401)
    with pytest.raises(portal.Unauthorized):
        _keys()
