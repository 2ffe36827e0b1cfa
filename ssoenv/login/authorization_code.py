"""A login by authorization code: a browser on this machine brings it to 127.0.0.1 (RFC 8252, with PKCE: RFC 7636)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from ssoenv.aws import oidc, start_urls, tokens
from ssoenv.aws.config import Session
from ssoenv.aws.tokens import Token
from ssoenv.browser import is_openable
from ssoenv.context import Context
from ssoenv.errors import ServiceError, UsageError
from ssoenv.login import registrations
from ssoenv.login.callback import Answer, Callback
from ssoenv.login.waiting import countdown

if TYPE_CHECKING:
    from ssoenv.login import Way

# How long to wait for the browser, as the AWS CLI does, and how often to look. Seconds.
_LIMIT = 600
_PAUSE = 0.1


def is_possible(session: Session, context: Context, way: Way) -> bool:
    """Tell whether a browser can come back to this machine, and the user did not ask for a device code."""
    if session.name is None or way.device_code or way.draw:  # AWS offers this to named sessions only
        return False
    return way.redirect_port is not None or (way.browser and context.has_browser())


def log_in(session: Session, context: Context, way: Way) -> Token | None:
    """Send the user to the page of the portal, and return the token when the browser is back with a code.

    Return None when no browser could be started. *way* may name the port that it has to come back to: then it may run
    on another machine, behind a tunnel, and is not needed here. Raise OAuthError, UsageError when that port is taken,
    ServiceError.
    """
    port = way.redirect_port
    start_url = start_urls.resolve(session.start_url)
    registration = registrations.obtain(session, context, issuer_url=start_url)
    verifier = oidc.new_verifier()
    with _listen(port) as callback:
        link = oidc.authorize_link(
            session, registration, callback.redirect_uri, callback.state, oidc.challenge(verifier)
        )
        _show(link, session, callback, context, tunnel=not context.has_browser())
        if way.copy:
            way.copy(link)
        if way.browser and not context.open_browser(link) and port is None:
            context.say("No browser could be started here. So by a code:")
            return None
        answer = _wait(callback, context)
        if answer.error:
            raise oidc.OAuthError(answer.error, answer.description)
        try:
            return oidc.token_for_code(
                session, registration, answer.code, callback.redirect_uri, verifier, context.now()
            )
        except oidc.OAuthError as error:
            if error.code in registrations.STALE:
                tokens.delete_registration(context, session)  # so that the next try is with a new one
            raise


def _listen(port: int | None) -> Callback:
    try:
        return Callback(port or 0)
    except OSError as error:
        raise UsageError(
            f"Nobody can listen at port {port or 'any'} of 127.0.0.1: {error.strerror}.",
            "Choose another one with --redirect-port, or do without: --device-code",
        ) from error


def _show(link: str, session: Session, callback: Callback, context: Context, *, tunnel: bool) -> None:
    if not is_openable(link):
        raise ServiceError(f"The login page is not https: {link}", "Look at AWS_ENDPOINT_URL_SSO_OIDC.")
    if tunnel:
        context.say("On the machine with the browser, type this and leave it open:")
        context.say(f"  {ssh_line(callback.server_port, context.environ)}")
    context.say(f"To log in to {session.key}, approve it on this page{' there' if tunnel else ''}:")
    context.say(f"  {link}")
    context.say(
        f"Approve only if you started this. Waiting at {callback.origin} for {_LIMIT // 60} minutes; Ctrl-C ends it."
    )


def ssh_line(port: int, environ: Mapping[str, str]) -> str:
    """Return what makes *port* of the machine it is typed on lead to ours, as far as ssh has told us our address."""
    user = environ.get("USER") or environ.get("LOGNAME") or ""
    account = f"{user}@" if re.fullmatch(r"[A-Za-z0-9_][\w.-]*", user, re.ASCII) else ""
    at = re.fullmatch(r"\S+ \S+ ([0-9A-Fa-f.:]+) ([0-9]+)", environ.get("SSH_CONNECTION", ""))
    if not at:
        return f"ssh -L {port}:127.0.0.1:{port} {account}{_host_name()}"
    door = "" if at[2] == "22" else f"-p {at[2]} "
    return f"ssh -L {port}:127.0.0.1:{port} {door}{account}{at[1]}"


def _host_name() -> str:
    import socket

    name = socket.gethostname()
    return name if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.-]*", name) else "HOST"


def _wait(callback: Callback, context: Context) -> Answer:
    deadline = context.now() + _LIMIT
    with countdown(context, deadline) as sleep:
        while callback.answer is None:
            if context.now() >= deadline:
                raise oidc.OAuthError("expired_token", "")
            sleep(_PAUSE)
    return callback.answer
