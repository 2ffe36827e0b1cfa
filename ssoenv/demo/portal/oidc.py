"""SSO OIDC: a client registers, asks for approval, and gets tokens.

Paths, fields and errors are those of botocore's ``sso-oidc`` service model.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Any

from ssoenv.demo.portal import mint
from ssoenv.demo.portal.state import (
    AccessToken,
    Client,
    Decision,
    DeviceAuthorization,
    Login,
    RefreshToken,
    State,
)
from ssoenv.demo.portal.wire import Fault, Request, Response, Route

DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
AUTHORIZATION_CODE = "authorization_code"
REFRESH_TOKEN = "refresh_token"  # noqa: S105 - the name of a grant
ACCOUNT_ACCESS = "sso:account:access"
REDIRECT_URI = re.compile(r"http://127\.0\.0\.1/[A-Za-z0-9/._-]*")


def refuse(fault: Fault) -> Response:
    """Word *fault* as this service does: botocore goes by the header, other clients by ``error``."""
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", fault.type.removesuffix("Exception")).lower()
    error = "server_error" if name == "internal_server" else name
    return Response.json(
        {"error": error, "error_description": fault.message},
        fault.status,
        x_amzn_ErrorType=f"{fault.type}:http://internal.amazon.com/coral/com.amazonaws.ssooidc/",
    )


def register_client(state: State, request: Request) -> Response:
    """RegisterClient."""
    asked = request.document
    name, issuer = _text(asked, "clientName"), asked.get("issuerUrl")
    grant_types = _texts(asked, "grantTypes") or (DEVICE_CODE, REFRESH_TOKEN)
    redirect_uris = _texts(asked, "redirectUris")
    if asked.get("clientType") != "public":
        raise Fault("InvalidClientMetadataException", "Client type is not public")
    if not {DEVICE_CODE, AUTHORIZATION_CODE, REFRESH_TOKEN}.issuperset(grant_types):
        raise Fault("UnsupportedGrantTypeException", "Grant type is not supported")
    if not all(REDIRECT_URI.fullmatch(uri) for uri in redirect_uris):
        raise Fault("InvalidRedirectUriException", "Redirect URI is not http://127.0.0.1/…")
    if issuer is not None:
        _check_start_url(state, issuer)

    client = Client(
        client_id=mint.token()[:22],
        secret=mint.token(),
        name=name,
        scopes=_texts(asked, "scopes"),
        grant_types=grant_types,
        redirect_uris=redirect_uris,
        expires_at=state.now() + state.registration_lifetime,
    )
    state.clients[client.client_id] = client
    return Response.json(
        {
            "clientId": client.client_id,
            "clientSecret": client.secret,
            "clientIdIssuedAt": int(state.now()),
            "clientSecretExpiresAt": int(client.expires_at),
        }
    )


def start_device_authorization(state: State, request: Request) -> Response:
    """StartDeviceAuthorization."""
    client = _client(state, request.document, grant_type=DEVICE_CODE)
    _check_start_url(state, _text(request.document, "startUrl"))
    if state.wrong_region == "request":
        raise Fault("InvalidRequestException")

    approved = state.auto_approve and state.wrong_region is None
    authorization = DeviceAuthorization(
        user_code=mint.user_code(),
        client=client,
        expires_at=state.now() + state.device_code_lifetime,
        interval=state.poll_interval,
        decision=Decision.APPROVED if approved else Decision.PENDING,
    )
    device_code = mint.token()
    state.device_authorizations[device_code] = authorization
    page = f"{request.origin}/device"
    return Response.json(
        {
            "deviceCode": device_code,
            "userCode": authorization.user_code,
            "verificationUri": page,
            "verificationUriComplete": f"{page}?user_code={authorization.user_code}",
            "expiresIn": int(state.device_code_lifetime),
            "interval": state.poll_interval,
        }
    )


def create_token(state: State, request: Request) -> Response:
    """CreateToken, by any of the three grants."""
    asked = request.document
    grants = {
        DEVICE_CODE: _by_device_code,
        AUTHORIZATION_CODE: _by_authorization_code,
        REFRESH_TOKEN: _by_refresh_token,
    }
    grant_type = _text(asked, "grantType")
    if grant_type not in grants:
        raise Fault("UnsupportedGrantTypeException", "Grant type is not supported")
    client = _client(state, asked, grant_type=grant_type)
    return _tokens(state, client, grants[grant_type](state, client, asked))


def _by_device_code(state: State, client: Client, asked: dict[str, Any]) -> Login:
    device_code = _text(asked, "deviceCode")
    authorization = state.device_authorizations.get(device_code)
    if authorization is None or authorization.client is not client:
        raise Fault("InvalidGrantException", "Invalid device code")
    if state.now() >= authorization.expires_at:
        raise Fault("ExpiredTokenException", "The device code has expired")
    _pace(state, authorization)
    if authorization.decision is Decision.PENDING:
        raise Fault("AuthorizationPendingException", "The user has not approved the request yet")
    del state.device_authorizations[device_code]
    if authorization.decision is Decision.DENIED:
        raise Fault("AccessDeniedException", "The user denied the request")
    return Login(state.now() + state.session_lifetime)


def _pace(state: State, authorization: DeviceAuthorization) -> None:
    """Refuse a client that asks too soon; from then on it has to leave 5 seconds more (RFC 8628, 3.5)."""
    asked_before, authorization.polled_at = authorization.polled_at, state.now()
    # A tenth of a second is for the way through the network, which differs from one call to the next.
    if asked_before is not None and state.now() - asked_before < authorization.interval - 0.1:
        authorization.interval += 5
        raise Fault("SlowDownException", "The client polls too fast")


def _by_authorization_code(state: State, client: Client, asked: dict[str, Any]) -> Login:
    code = state.authorization_codes.pop(_text(asked, "code"), None)  # works once, also when it is refused
    if code is None or code.client is not client or code.redirect_uri != _text(asked, "redirectUri"):
        raise Fault("InvalidGrantException", "Invalid authorization code")
    verified = urlsafe_b64encode(sha256(_text(asked, "codeVerifier").encode()).digest()).rstrip(b"=").decode()
    if verified != code.challenge:
        raise Fault("InvalidGrantException", "Invalid code verifier")
    if state.now() >= code.expires_at:
        raise Fault("ExpiredTokenException", "The authorization code has expired")
    return Login(state.now() + state.session_lifetime)


def _by_refresh_token(state: State, client: Client, asked: dict[str, Any]) -> Login:
    name = _text(asked, "refreshToken")
    token = state.refresh_tokens.get(name)
    if token is None or token.client is not client or not state.alive(token.login):
        raise Fault("InvalidGrantException", "Invalid refresh token provided")
    if state.strict_rotation:
        del state.refresh_tokens[name]
    return token.login


def _tokens(state: State, client: Client, login: Login) -> Response:
    """Give out an access token of *login* and, to a client that asked for account access, a refresh token."""
    access_token = mint.token()
    lifetime = min(state.access_token_lifetime, login.expires_at - state.now())
    state.access_tokens[access_token] = AccessToken(login, state.now() + lifetime)
    answer: dict[str, Any] = {
        "accessToken": access_token,
        "tokenType": "Bearer",
        "expiresIn": int(lifetime),
    }
    if ACCOUNT_ACCESS in client.scopes and REFRESH_TOKEN in client.grant_types:
        refresh_token = answer["refreshToken"] = mint.token()
        state.refresh_tokens[refresh_token] = RefreshToken(login, client)
    return Response.json(answer)


def _client(state: State, asked: dict[str, Any], *, grant_type: str) -> Client:
    client = state.clients.get(_text(asked, "clientId"))
    if client is None or client.secret != _text(asked, "clientSecret") or state.now() >= client.expires_at:
        raise Fault("InvalidClientException", "The client is unknown or its registration has expired", status=401)
    if grant_type not in client.grant_types:
        raise Fault("UnauthorizedClientException", "The client did not register for this grant")
    return client


def _check_start_url(state: State, start_url: str) -> None:
    """Refuse another portal's start URL. What the browser keeps to itself, from ``#`` on, doesn't count."""
    if start_url.partition("#")[0].rstrip("/") != state.organisation.start_url:
        raise Fault("InvalidRequestException", "Invalid start URL provided")


def _text(asked: dict[str, Any], name: str) -> str:
    value = asked.get(name)
    if not isinstance(value, str) or not value:
        raise Fault("InvalidRequestException", f"{name} is missing")
    return value


def _texts(asked: dict[str, Any], name: str) -> tuple[str, ...]:
    values = asked.get(name) or []
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise Fault("InvalidRequestException", f"{name} is not a list of strings")
    return tuple(values)


ROUTES = (
    Route("POST", "/client/register", "RegisterClient", register_client, refuse),
    Route("POST", "/device_authorization", "StartDeviceAuthorization", start_device_authorization, refuse),
    Route("POST", "/token", "CreateToken", create_token, refuse),
)
