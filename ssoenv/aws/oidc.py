"""SSO OIDC: client registration, device authorization and tokens (OAuth 2.0, RFC 8628)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from ssoenv.aws.clients import calling, error_of
from ssoenv.aws.tokens import Registration, Token

DEVICE_CODE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"


class OAuthError(Exception):
    """The service's answer is an OAuth error: *code* as in the protocol, such as ``authorization_pending``."""

    def __init__(self, code: str, description: str) -> None:
        super().__init__(code, description)
        self.code = code
        self.description = description


@dataclass(frozen=True)
class DeviceAuthorization:
    """What the user approves in a browser. *expires_in* and *interval* are seconds."""

    device_code: str = field(repr=False)
    user_code: str
    verification_uri: str
    verification_uri_complete: str
    expires_in: float
    interval: float


def register(region: str, name: str, scopes: tuple[str, ...]) -> Registration:
    """Register a public client called *name* for device logins. Raise OAuthError or ServiceError."""
    request: dict[str, Any] = {"clientName": name, "clientType": "public"}
    if scopes:
        request["scopes"] = list(scopes)
    with _calling("Registering with SSO OIDC", region) as oidc:
        answer = oidc.register_client(**request)
    return Registration(
        client_id=answer["clientId"],
        client_secret=answer["clientSecret"],
        expires_at=float(answer["clientSecretExpiresAt"]),
        scopes=scopes,
    )


def start_device_authorization(region: str, registration: Registration, start_url: str) -> DeviceAuthorization:
    """Ask for a code that the user approves at *start_url*'s portal. Raise OAuthError or ServiceError."""
    with _calling("Starting the login", region) as oidc:
        answer = oidc.start_device_authorization(
            clientId=registration.client_id, clientSecret=registration.client_secret, startUrl=start_url
        )
    return DeviceAuthorization(
        device_code=answer["deviceCode"],
        user_code=answer["userCode"],
        verification_uri=answer["verificationUri"],
        verification_uri_complete=answer.get("verificationUriComplete") or answer["verificationUri"],
        expires_in=float(answer["expiresIn"]),
        interval=float(answer.get("interval") or 5),
    )


def token_for_device(region: str, registration: Registration, device_code: str, now: float) -> Token:
    """Ask once whether the login is approved. Raise OAuthError (``authorization_pending``, …) or ServiceError."""
    with _calling("Waiting for the approval", region) as oidc:
        answer = oidc.create_token(
            clientId=registration.client_id,
            clientSecret=registration.client_secret,
            grantType=DEVICE_CODE_GRANT,
            deviceCode=device_code,
        )
    return _token(answer, now, registration.client_id, registration.client_secret, registration.expires_at, None)


def refresh(region: str, token: Token, now: float) -> Token:
    """Trade *token*'s refresh token for a new token. Raise OAuthError (``invalid_grant``, …) or ServiceError.

    The service may hand out another refresh token and end the old one; without one in its answer the old one stays.
    """
    with _calling("Refreshing the login", region) as oidc:
        answer = oidc.create_token(
            clientId=token.client_id,
            clientSecret=token.client_secret,
            grantType="refresh_token",
            refreshToken=token.refresh_token,
        )
    return _token(answer, now, token.client_id, token.client_secret, token.registration_expires_at, token.refresh_token)


def _token(
    answer: dict[str, Any],
    now: float,
    client_id: str | None,
    client_secret: str | None,
    registration_expires_at: float | None,
    old_refresh_token: str | None,
) -> Token:
    return Token(
        access_token=answer["accessToken"],
        expires_at=now + float(answer["expiresIn"]),
        refresh_token=answer.get("refreshToken") or old_refresh_token,
        client_id=client_id,
        client_secret=client_secret,
        registration_expires_at=registration_expires_at,
    )


@contextmanager
def _calling(doing: str, region: str) -> Iterator[Any]:
    """Hand out a client, and turn the service's OAuth errors into OAuthError."""
    import botocore.exceptions

    with calling(doing, "sso-oidc", region) as oidc:
        try:
            yield oidc
        except botocore.exceptions.ClientError as error:
            if "error" in error.response:
                raise OAuthError(*error_of(error)) from None
            raise
