"""The browser's side of a login: the user compares a code, or a name, and allows or denies.

`/device` ends the device flow, `/authorize` the authorization-code flow with PKCE.
"""

from __future__ import annotations

import re
from urllib.parse import urlencode

from ssoenv.demo.portal import mint, oidc, pages
from ssoenv.demo.portal.pages import Markup, markup
from ssoenv.demo.portal.state import AuthorizationCode, Client, Decision, State
from ssoenv.demo.portal.wire import Fault, Request, Response, Route

CODE_LIFETIME = 300  # seconds from Allow to CreateToken

ENTER_CODE = """<p>Type the code that your terminal shows.</p>
<form method="get" action="/device">
<input name="user_code" aria-label="Code" autocomplete="off" autofocus>
<button class="first">Continue</button>
</form>"""

DEVICE = """<p><b>{client}</b> asks for access to your AWS accounts. Does it show this code?</p>
<code class="big">{user_code}</code>
<p class="quiet">Allow only what you started yourself a moment ago.</p>
{form}"""

AUTHORIZE = """<p>Allow <b>{client}</b> to access your AWS accounts?</p>
<p class="quiet">Allow only what you started yourself a moment ago. It asks for: {scopes}</p>
{form}"""

FORM = """<form method="post">
{fields}
<button class="first" name="decision" value="approved">Allow</button>
<button name="decision" value="denied">Deny</button>
</form>"""


def show_device(state: State, request: Request) -> Response:
    """Ask about the request with that code; without a code, ask for one."""
    user_code = request.parameters.get("user_code")
    if not user_code:
        return pages.page("Authorize request", markup(ENTER_CODE))
    _check_region(state)
    authorization = state.waiting(user_code)
    if authorization is None:
        raise Fault("NotFound", "Invalid or expired code", status=404)
    client, user_code = authorization.client.name, authorization.user_code
    form = _form(user_code=user_code)
    return pages.page("Authorize request", markup(DEVICE, client=client, user_code=user_code, form=form))


def decide_device(state: State, request: Request) -> Response:
    """Take the user's decision about a code."""
    _check_region(state)
    authorization = state.waiting(request.parameters.get("user_code", ""))
    if authorization is None:
        raise Fault("NotFound", "Invalid or expired code", status=404)
    authorization.decision = _decision(request)
    if authorization.decision is Decision.APPROVED:
        return pages.message(
            "Request approved",
            f"{authorization.client.name} has been given access. You may close this window.",
        )
    return pages.message("Request denied", f"{authorization.client.name} was given nothing. You may close this window.")


def show_authorize(state: State, request: Request) -> Response:
    """Ask about the client that sent the browser here."""
    client = _checked_client(state, request)
    if state.auto_approve:
        return _back_to_client(state, request, client, Decision.APPROVED)
    scopes = ", ".join(request.parameters.get("scopes", "").split()) or "nothing"
    form = _form(**request.parameters)
    return pages.page("Authorize request", markup(AUTHORIZE, client=client.name, scopes=scopes, form=form))


def decide_authorize(state: State, request: Request) -> Response:
    """Take the user's decision back to the client."""
    return _back_to_client(state, request, _checked_client(state, request), _decision(request))


def _checked_client(state: State, request: Request) -> Client:
    """Return the client; what it asks must fit what it registered, or a stranger could get the answer."""
    _check_region(state)
    asked = request.parameters
    client = state.clients.get(asked.get("client_id", ""))
    if (
        client is None
        or state.now() >= client.expires_at
        or oidc.AUTHORIZATION_CODE not in client.grant_types
        or _without_port(asked.get("redirect_uri", "")) not in client.redirect_uris
        or not set(asked.get("scopes", "").split()) <= set(client.scopes)
        or asked.get("response_type") != "code"
        or asked.get("code_challenge_method") != "S256"
        or not asked.get("code_challenge")
        or not asked.get("state")
    ):
        raise Fault("InvalidRequest", "Invalid request provided")
    return client


def _back_to_client(state: State, request: Request, client: Client, decision: Decision) -> Response:
    asked = request.parameters
    answer = {"error": "access_denied"}
    if decision is Decision.APPROVED:
        answer = {"code": mint.token()}
        state.authorization_codes[answer["code"]] = AuthorizationCode(
            client=client,
            redirect_uri=asked["redirect_uri"],
            challenge=asked["code_challenge"],
            expires_at=state.now() + CODE_LIFETIME,
        )
    return Response.redirect(f"{asked['redirect_uri']}?{urlencode({**answer, 'state': asked['state']})}")


def _check_region(state: State) -> None:
    """Say what the portal says to a browser that comes from another region; the program hears nothing."""
    if state.wrong_region == "page":
        raise Fault("InvalidGrant", "Invalid grant provided")


def _without_port(uri: str) -> str:
    """Return *uri* as it is registered: the port is known only when the program listens."""
    return re.sub(r"\A(http://127\.0\.0\.1):[0-9]+", r"\1", uri)


def _decision(request: Request) -> Decision:
    """Return which button was pressed."""
    for decision in (Decision.APPROVED, Decision.DENIED):
        if request.parameters.get("decision") == decision.value:
            return decision
    raise Fault("InvalidRequest", "Invalid request provided")


def _form(**fields: str) -> Markup:
    hidden = [
        markup('<input type="hidden" name="{name}" value="{value}">', name=name, value=value)
        for name, value in fields.items()
    ]
    return markup(FORM, fields=pages.join(hidden))


ROUTES = (
    Route("GET", "/device", "Device", show_device, pages.refuse),
    Route("POST", "/device", "Device", decide_device, pages.refuse),
    Route("GET", "/authorize", "Authorize", show_authorize, pages.refuse),
    Route("POST", "/authorize", "Authorize", decide_authorize, pages.refuse),
)
