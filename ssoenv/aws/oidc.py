"""SSO OIDC: client registration, the two ways to an approval, and tokens (OAuth 2.0, RFC 7636, RFC 8628)."""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any
from urllib.parse import quote, urlencode

from ssoenv.aws.clients import calling, error_of
from ssoenv.aws.config import Session
from ssoenv.aws.times import checked
from ssoenv.aws.tokens import AUTHORIZATION_CODE, Registration, Token
from ssoenv.text import checked_ascii

# Where the browser brings an authorization code, at whatever port of 127.0.0.1 (RFC 8252).
CALLBACK_PATH = "/oauth/callback"
_DEVICE_CODE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
# Seconds between two polls, where the service names none (RFC 8628, 3.2), and at least.
_DEFAULT_INTERVAL = 5
_SHORTEST_INTERVAL = 1.0
# Statuses from here on tell of a fault of the service, and so many in a row are waited out.
_FAULT = 500
_MOST_FAULTS = 5
# No token and no code lives as long as this many seconds.
_TOO_LONG = 10**9


class OAuthError(Exception):
    """The service's answer is an OAuth error: *code* as in the protocol, such as ``authorization_pending``.

    *reason* is AWS's own addition: a fault of the customer's key that the instance is encrypted with, ``KMS_…``.
    """

    def __init__(self, code: str, description: str, reason: str = "") -> None:
        super().__init__(code, description, reason)
        self.code = code
        self.description = description
        self.reason = reason


@dataclass(frozen=True)
class DeviceAuthorization:
    """What the user approves in a browser. *expires_in* and *interval* are seconds."""

    device_code: str = field(repr=False)
    user_code: str
    verification_uri_complete: str
    expires_in: float
    interval: float


def register(session: Session, name: str, scopes: tuple[str, ...], *, issuer_url: str | None = None) -> Registration:
    """Register a public client called *name*. Raise OAuthError or ServiceError.

    With *issuer_url*, the portal's start URL, it is one for authorization codes, else one for device codes.
    """
    request: dict[str, Any] = {"clientName": name, "clientType": "public"}
    if issuer_url:
        request["grantTypes"] = [AUTHORIZATION_CODE, "refresh_token"]
        request["redirectUris"] = [f"http://127.0.0.1{CALLBACK_PATH}"]  # a port is named with each login
        request["issuerUrl"] = issuer_url
    if scopes:
        request["scopes"] = list(scopes)
    with _calling("Registering with SSO OIDC", session) as oidc:
        answer = oidc.register_client(**request)
        return Registration(
            client_id=checked_ascii(answer["clientId"]),
            client_secret=checked_ascii(answer["clientSecret"]),
            expires_at=checked(answer["clientSecretExpiresAt"]),
            scopes=scopes,
            grant_types=tuple(request["grantTypes"]) if issuer_url else None,
        )


def start_device_authorization(session: Session, registration: Registration, start_url: str) -> DeviceAuthorization:
    """Ask for a code that the user approves at *start_url*'s portal. Raise OAuthError or ServiceError."""
    with _calling("Starting the login", session) as oidc:
        answer = oidc.start_device_authorization(
            clientId=registration.client_id, clientSecret=registration.client_secret, startUrl=start_url
        )
        return DeviceAuthorization(
            device_code=checked_ascii(answer["deviceCode"]),
            user_code=checked_ascii(answer["userCode"]),
            verification_uri_complete=checked_ascii(answer.get("verificationUriComplete") or answer["verificationUri"]),
            expires_in=_seconds(answer["expiresIn"]),
            interval=max(_SHORTEST_INTERVAL, _seconds(answer.get("interval") or _DEFAULT_INTERVAL)),
        )


def new_verifier() -> str:
    """Return a new code verifier (RFC 7636): 64 characters of chance."""
    return secrets.token_urlsafe(48)


def challenge(verifier: str) -> str:
    """Return the S256 code challenge of *verifier*."""
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def authorize_link(
    session: Session, registration: Registration, redirect_uri: str, state: str, code_challenge: str
) -> str:
    """Return the page where the user approves; it sends the browser on to *redirect_uri* with a code and *state*.

    The service model has no such operation. Its host is the one that botocore sends the others to, by the endpoint
    rules: ``client.meta.endpoint_url`` is another for FIPS in GovCloud.
    """
    with _calling("Finding the login page", session) as oidc:
        other = oidc.generate_presigned_url("register_client", Params={"clientName": "-", "clientType": "public"})
    query = {
        "response_type": "code",
        "client_id": registration.client_id,
        "redirect_uri": redirect_uri,
        "state": state,
        "code_challenge_method": "S256",
        "scopes": " ".join(registration.scopes),
        "code_challenge": code_challenge,
    }
    return f"{other.removesuffix('/client/register')}/authorize?{urlencode(query, quote_via=quote)}"


def token_for_code(
    session: Session, registration: Registration, code: str, redirect_uri: str, verifier: str, now: float
) -> Token:
    """Trade the browser's *code* for a token. Raise OAuthError (``invalid_grant``, …) or ServiceError."""
    with _calling("Finishing the login", session) as oidc:
        answer = oidc.create_token(
            clientId=registration.client_id,
            clientSecret=registration.client_secret,
            grantType=AUTHORIZATION_CODE,
            code=code,
            redirectUri=redirect_uri,
            codeVerifier=verifier,
        )
        return _token(answer, now, registration)


@contextmanager
def polling(session: Session, registration: Registration, device_code: str) -> Iterator[Callable[[float], Token]]:
    """Hand out what asks once, at the time that it is given, whether the login is approved, and returns its token.

    It raises OAuthError (``authorization_pending``, …) or ServiceError. Without an answer, or while the service has a
    fault, that is ``unanswered``, and ServiceError only after some in a row. One client serves all polls: making one
    takes longer than its call.
    """
    from botocore import exceptions

    faults = 0
    with calling("Waiting for the approval", "sso-oidc", session.region, profile=session.profile) as oidc:

        def ask(now: float) -> Token:
            nonlocal faults
            try:
                with _oauth_errors():
                    answer = oidc.create_token(
                        clientId=registration.client_id,
                        clientSecret=registration.client_secret,
                        grantType=_DEVICE_CODE_GRANT,
                        deviceCode=device_code,
                    )
            except (exceptions.ClientError, exceptions.ConnectionError, exceptions.HTTPClientError):
                faults += 1
                if faults > _MOST_FAULTS:
                    raise
                raise OAuthError("unanswered", "") from None
            except OAuthError:
                faults = 0
                raise
            return _token(answer, now, registration)

        yield ask


def refresh(session: Session, token: Token, now: float) -> Token:
    """Trade *token*'s refresh token for a new token. Raise OAuthError (``invalid_grant``, …) or ServiceError.

    The service may hand out another refresh token and end the old one; without one in its answer the old one stays.
    """
    with _calling("Refreshing the login", session) as oidc:
        answer = oidc.create_token(
            clientId=token.client_id,
            clientSecret=token.client_secret,
            grantType="refresh_token",
            refreshToken=token.refresh_token,
        )
        return replace(token, **_granted(answer, now))


def _token(answer: dict[str, Any], now: float, registration: Registration) -> Token:
    return Token(
        **_granted(answer, now),
        client_id=registration.client_id,
        client_secret=registration.client_secret,
        registration_expires_at=registration.expires_at,
    )


def _granted(answer: dict[str, Any], now: float) -> dict[str, Any]:
    """Return the fields of a `Token` that *answer* has; it need not have a refresh token."""
    expires_at = checked(now + _seconds(answer["expiresIn"]))
    granted = {"access_token": checked_ascii(answer["accessToken"]), "expires_at": expires_at}
    return {**granted, "refresh_token": checked_ascii(fresh)} if (fresh := answer.get("refreshToken")) else granted


def _seconds(value: Any) -> float:
    if not abs(value) < _TOO_LONG:  # also what is not a number in JSON's eyes, yet in Python's
        raise ValueError("no such time")
    return float(value)


@contextmanager
def _calling(doing: str, session: Session) -> Iterator[Any]:
    """Hand out a client, and turn the service's OAuth errors into OAuthError."""
    with calling(doing, "sso-oidc", session.region, profile=session.profile) as oidc, _oauth_errors():
        yield oidc


@contextmanager
def _oauth_errors() -> Iterator[None]:
    import botocore.exceptions

    try:
        yield
    except botocore.exceptions.ClientError as error:
        # A fault of the service may have the form, and is no OAuth error.
        code, description, status = error_of(error)
        if "error" in error.response and status < _FAULT:
            raise OAuthError(code, description, str(error.response.get("reason") or "")) from None
        raise
