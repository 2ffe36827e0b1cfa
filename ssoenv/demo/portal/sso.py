"""The SSO portal's API: which accounts and roles the bearer of a token has, and credentials of a role.

Paths, fields and modelled errors are those of botocore's ``sso`` service model.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Sequence
from typing import Any

from ssoenv.demo.portal.organisation import Account
from ssoenv.demo.portal.state import Login, State
from ssoenv.demo.portal.wire import Fault, Request, Response, Route

DEFAULT_PAGE = 20
LARGEST_PAGE = 100


def refuse(fault: Fault) -> Response:
    """Word *fault* as this service does, with its type in the body."""
    return Response.json(
        {"message": fault.message, "__type": f"com.amazonaws.switchboard.portal#{fault.type}"}, fault.status
    )


def list_accounts(state: State, request: Request) -> Response:
    """ListAccounts."""
    _login(state, request)
    accounts, next_token = _page(state.organisation.accounts, request)
    rows = [
        {"accountId": account.account_id, "accountName": account.name, "emailAddress": account.email}
        for account in accounts
    ]
    return Response.json({"accountList": rows, "nextToken": next_token})


def list_account_roles(state: State, request: Request) -> Response:
    """ListAccountRoles."""
    _login(state, request)
    account = _account(state, request)
    roles, next_token = _page(account.roles, request)
    rows = [{"roleName": role, "accountId": account.account_id} for role in roles]
    return Response.json({"roleList": rows, "nextToken": next_token})


def get_role_credentials(state: State, request: Request) -> Response:
    """GetRoleCredentials; its expiration is in milliseconds."""
    _login(state, request)
    account, role = assigned(state, request)
    session = state.new_role_session(account.account_id, role)
    return Response.json(
        {
            "roleCredentials": {
                "accessKeyId": session.access_key_id,
                "secretAccessKey": session.secret_access_key,
                "sessionToken": session.session_token,
                "expiration": int(session.expires_at * 1000),
            }
        }
    )


def log_out(state: State, request: Request) -> Response:
    """Logout: ends the login; role credentials that were given out live on."""
    _login(state, request).ended = True
    return Response()


def _login(state: State, request: Request) -> Login:
    """Return whose token this is, unless the service is too busy to look."""
    if state.throttle():
        raise Fault("TooManyRequestsException", "HTTP 429 Unknown Code", status=429)
    token = state.access_tokens.get(request.headers.get("x-amz-sso_bearer_token", ""))
    if token is None or state.now() >= token.expires_at or not state.alive(token.login):
        raise Fault("UnauthorizedException", "Session token not found or invalid", status=401)
    return token.login


def assigned(state: State, request: Request) -> tuple[Account, str]:
    """Return the account and the role that *request* names, if the user has that role there."""
    account = _account(state, request)
    role = request.parameters.get("role_name", "")
    if role not in account.roles:
        raise _no_access()
    return account, role


def _account(state: State, request: Request) -> Account:
    account = state.organisation.account(request.parameters.get("account_id", ""))
    if account is None:
        raise _no_access()
    return account


def _no_access() -> Fault:
    return Fault("ForbiddenException", "No access", status=403)


def _page(rows: Sequence[Any], request: Request) -> tuple[Sequence[Any], str | None]:
    """Return the rows of the page that was asked for, and the token of the next one, if there is one."""
    token, size = request.parameters.get("next_token"), request.parameters.get("max_result", DEFAULT_PAGE)
    try:
        start, size = int(b64decode(token)) if token else 0, int(size)
    except ValueError:
        raise Fault("InvalidRequestException", "Invalid page") from None
    if start < 0 or not 1 <= size <= LARGEST_PAGE:
        raise Fault("InvalidRequestException", "Invalid page")
    end = start + size
    return rows[start:end], b64encode(str(end).encode()).decode() if end < len(rows) else None


ROUTES = (
    Route("GET", "/assignment/accounts", "ListAccounts", list_accounts, refuse),
    Route("GET", "/assignment/roles", "ListAccountRoles", list_account_roles, refuse),
    Route("GET", "/federation/credentials", "GetRoleCredentials", get_role_credentials, refuse),
    Route("POST", "/logout", "Logout", log_out, refuse),
)
