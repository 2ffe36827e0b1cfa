"""Session -> Token: from the shared cache, by a refresh, or by a login that the user approves in a browser.

authorization_code.py   the browser on this machine brings an authorization code (PKCE), to callback.py
device.py               the user compares a code, in a browser on any machine
wording.py              what the errors of both mean, and what to type next
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from ssoenv import background, files, remembered, shelf
from ssoenv.aws import cache_names, tokens
from ssoenv.aws.config import Session
from ssoenv.aws.tokens import Token
from ssoenv.context import Context
from ssoenv.errors import ConfigError, NotLoggedIn, ServiceError
from ssoenv.login.wording import explained, login_line

# A token with less than this many seconds left is refreshed where that is possible, as botocore does.
_REFRESH_MARGIN = 15 * 60

_Answer = TypeVar("_Answer")


@dataclass(frozen=True)
class Way:
    """How the user wants to approve a login.

    *browser* allows to open one. *device_code* asks for a code to compare, also where a browser is at hand.
    *redirect_port* is where the browser comes back to, through an ssh tunnel perhaps. *draw* shows a link and its code
    as a picture for a phone; *copy* gets each link, too.
    """

    browser: bool = True
    device_code: bool = False
    redirect_port: int | None = None
    draw: Callable[[str, str], None] | None = None
    copy: Callable[[str], None] | None = None


def token(session: Session, context: Context, *, rejected: str | None = None) -> Token:
    """Return a token of *session* that is good now, refreshing it or logging in where that is needed.

    *rejected* is an access token that the portal refused, whatever its time says. Raise NotLoggedIn when a login is
    needed and nobody is at a terminal to approve it or the user declines it, ServiceError when the network fails.
    """
    found = tokens.read_token(context, session)
    if found and _is_good(found, session, context, rejected):
        return found
    asked_at = context.now()
    with _lock(session, context):
        # Whoever held the lock before may have logged in.
        found = tokens.read_token(context, session)
        if found and _is_good(found, session, context, rejected):
            return found
        fresh = found and _refresh(found, session, context, rejected)
        if fresh:
            return fresh
        if found and found.access_token == rejected:
            with suppress(ConfigError):  # where nothing can be deleted, that the login is over is still what counts
                tokens.delete_token(context, session)
        if not context.terminal:
            raise NotLoggedIn(f"There is no valid login for {session.key}.", f"Type: {login_line(session)}")
        return _log_in(session, context, Way(), asked_at)


def with_token(session: Session, context: Context, ask: Callable[[str], _Answer]) -> _Answer:
    """Return what *ask* brings, which calls the portal with an access token and may raise `portal.Unauthorized`.

    The session may have been ended before the token's time: then log in anew and ask once more. Raise NotLoggedIn when
    the portal refuses the new token, too, and what `token` and *ask* raise.
    """
    from ssoenv.aws import portal

    bearer = token(session, context).access_token
    try:
        try:
            return ask(bearer)
        except portal.Unauthorized:
            return ask(token(session, context, rejected=bearer).access_token)
    except portal.Unauthorized as error:
        raise NotLoggedIn(
            f"The portal {session.start_url} refuses the login, a new one too.",
            f"Is sso_region {session.region} right? Ask the administrator of the portal otherwise.",
        ) from error


def log_in(session: Session, context: Context, *, force: bool = False, way: Way = Way()) -> Token:
    """Return a good token of *session*; log in when there is none, or in any case with *force*.

    Raise NotLoggedIn when the user declines, UsageError when the port of *way* is taken, ServiceError when the network
    fails.
    """
    asked_at = context.now()
    with _lock(session, context):
        found = None if force else tokens.read_token(context, session)
        if found and _is_good(found, session, context, None):
            return found
        fresh = found and _refresh(found, session, context, None)
        return fresh or _log_in(session, context, way, None if force else asked_at)


def _is_good(found: Token, session: Session, context: Context, rejected: str | None) -> bool:
    left = found.expires_at - context.now()
    if found.access_token == rejected or left <= 0:
        return False
    return left > _REFRESH_MARGIN or not (found.can_refresh(context.now()) and _can_keep(session, context))


def _can_keep(session: Session, context: Context) -> bool:
    """Tell whether a new token can be kept: where it can't, a refresh would spend the old one, of others too.

    So it is in a container that has a folder of the host read-only.
    """
    return files.can_replace(cache_names.token_path(context, session))


def _refresh(found: Token, session: Session, context: Context, rejected: str | None) -> Token | None:
    """Return a refreshed token, or the old one while it lives and the service has a fault, or None."""
    from ssoenv.aws import oidc
    from ssoenv.login.waiting import patience

    alive = found if found.expires_at > context.now() and found.access_token != rejected else None
    if not found.can_refresh(context.now()):
        return alive
    if not _can_keep(session, context):
        raise ConfigError(
            f"The login to {session.key} has to be renewed, and {cache_names.token_path(context, session)} can't be "
            "written.",
            f"Where it can be, type: {login_line(session)}",
        )
    try:
        with patience(context):
            fresh = oidc.refresh(session, found, context.now())
    except oidc.OAuthError as error:
        if error.code == "slow_down" and not alive:
            raise ServiceError(
                "Refreshing the login failed: AWS is asked too often.", "Try again in a moment."
            ) from None
        # Refresh tokens rotate, and the AWS CLI takes no lock: another program may have spent this one just now.
        again = tokens.read_token(context, session)
        return again if again and again != found and _is_good(again, session, context, rejected) else alive
    except ServiceError:
        if alive:
            return alive
        raise
    if cache_names.has_login(context, session):  # else a logout came between
        tokens.write_token(context, session, fresh)
    return fresh


def _log_in(session: Session, context: Context, way: Way, asked_at: float | None) -> Token:
    """Ask the user, unless one of those before in the queue has asked since *asked_at* (POSIX seconds) and got a no."""
    from ssoenv.aws import oidc
    from ssoenv.login import authorization_code, device

    refusal = context.cache_dir / "refusals" / f"{_key(session)}.json"
    if asked_at is not None and asked_at < _time_of(refusal, context) <= context.now():
        raise NotLoggedIn(
            f"Another ssoenv asked for the login to {session.key} meanwhile, and it came to nothing.",
            f"To try again: {login_line(session)}",
        )
    try:
        fresh = None
        if authorization_code.is_possible(session, context, way):
            fresh = authorization_code.log_in(session, context, way)
        if fresh is None:
            fresh = device.log_in(session, context, way)
    except oidc.OAuthError as error:
        files.write_json(refusal, {"at": context.now()})
        raise explained(error, session, by_code=way.device_code) from None
    tokens.write_token(context, session, fresh)
    shelf.forget_over(context)
    if remembered.recent(context):
        background.start(["login", f"--fetch-ahead={session.key}"], context)
    return fresh


def _time_of(refusal: Path, context: Context) -> float:
    at = (files.read_json(refusal, context) or {}).get("at")
    return at if isinstance(at, int | float) else 0.0


def _lock(session: Session, context: Context) -> AbstractContextManager[None]:
    waiting = f"Waiting for another ssoenv that logs in to {session.key}, or renews that login …"
    return files.lock(context, _key(session), waiting)


def _key(session: Session) -> str:
    return cache_names.digest(session.key)
