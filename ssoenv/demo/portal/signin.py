"""The sign-in page that turns role credentials into a session of the web console.

Source: AWS's documentation on "custom identity broker access to the AWS console".
"""

from __future__ import annotations

import json

from ssoenv.demo.portal import mint, pages
from ssoenv.demo.portal.pages import markup
from ssoenv.demo.portal.state import State
from ssoenv.demo.portal.wire import Fault, Request, Response, Route

TOKEN_LIFETIME = 15 * 60  # seconds
SESSION_DURATIONS = range(900, 43200 + 1)  # seconds

CONSOLE = """<p>You are in account <code>{account_id}</code> with the role <code>{role}</code>.</p>
<p class="quiet">The real page would now open {destination}</p>"""


def get_signin_token(state: State, request: Request) -> Response:
    """Exchange role credentials, which come as JSON in the query, for a token."""
    try:
        given = json.loads(request.parameters.get("Session", ""))
        key, secret, token = (str(given[name]) for name in ("sessionId", "sessionKey", "sessionToken"))
        duration = int(request.parameters.get("SessionDuration", SESSION_DURATIONS[0]))
    except (ValueError, KeyError, TypeError):
        raise Fault("InvalidRequest", "Invalid request provided") from None
    session = state.role_sessions.get(key)
    known = session is not None and (secret, token) == (session.secret_access_key, session.session_token)
    if session is None or not known or state.now() >= session.expires_at or duration not in SESSION_DURATIONS:
        raise Fault("InvalidRequest", "Invalid request provided")
    signin_token = mint.token()
    state.signin_tokens[signin_token] = session, state.now() + TOKEN_LIFETIME
    return Response.json({"SigninToken": signin_token})


def log_in(state: State, request: Request) -> Response:
    """Show where the console would open, and as whom."""
    session, expires_at = state.signin_tokens.get(request.parameters.get("SigninToken", ""), (None, 0.0))
    if session is None or state.now() >= expires_at:
        raise Fault("InvalidRequest", "The sign-in link has expired")
    return console(session.account_id, session.role_name, request.parameters.get("Destination", ""))


def console(account_id: str, role_name: str, destination: str = "https://console.aws.amazon.com/") -> Response:
    """Return what stands for the web console, opened at *destination* (a URL)."""
    content = markup(CONSOLE, account_id=account_id, role=role_name, destination=destination)
    return pages.page("AWS console", content)


ROUTES = (
    Route("GET", "/federation", "GetSigninToken", get_signin_token, pages.refuse, action="getSigninToken"),
    Route("GET", "/federation", "Login", log_in, pages.refuse, action="login"),
)
