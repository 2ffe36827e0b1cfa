"""Session -> Token: from the shared cache, by a refresh, or by a login that the user approves in a browser."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from ssoenv import files
from ssoenv.aws import roles, tokens
from ssoenv.aws.config import Config, Session
from ssoenv.aws.tokens import Registration, Token
from ssoenv.context import Context
from ssoenv.errors import ConfigError, NotLoggedIn, ServiceError

if TYPE_CHECKING:
    from ssoenv.aws import oidc  # it needs botocore only when called, but is loaded when a login is due

# A token with less than this many seconds left is refreshed where that is possible, as botocore does.
_REFRESH_MARGIN = 15 * 60
# The scope that brings a refresh token; what `aws sso login` asks for when the session names none.
_DEFAULT_SCOPES = ("sso:account:access",)
# RFC 8628, 3.5: each slow_down adds five seconds to the interval for good.
_SLOW_DOWN = 5


def token(session: Session, context: Context, *, rejected: str | None = None) -> Token:
    """Return a token of *session* that is good now, refreshing it or logging in where that is needed.

    *rejected* is an access token that the portal refused, whatever its time says. Raise NotLoggedIn when a login is
    needed and nobody is at a terminal to approve it or the user declines it, ServiceError when the network fails.
    """
    found = tokens.read_token(context, session)
    if found and _is_good(found, context, rejected):
        return found
    with _lock(session, context):
        # Whoever held the lock before may have logged in.
        found = tokens.read_token(context, session)
        if found and _is_good(found, context, rejected):
            return found
        fresh = found and _refresh(found, session, context, rejected)
        if fresh:
            return fresh
        if found and found.access_token == rejected:
            tokens.delete_token(context, session)
        if not context.terminal:
            raise NotLoggedIn(f"There is no valid login for {_name(session)}.", f"Type: {_login_line(session)}")
        return _log_in(session, context, browser=True)


def log_in(session: Session, context: Context, *, force: bool, browser: bool) -> Token:
    """Return a good token of *session*; log in when there is none, or in any case with *force*.

    *browser* allows to open one. Raise NotLoggedIn when the user declines, ServiceError when the network fails.
    """
    with _lock(session, context):
        found = None if force else tokens.read_token(context, session)
        if found and _is_good(found, context, None):
            return found
        fresh = found and _refresh(found, session, context, None)
        return fresh or _log_in(session, context, browser=browser)


def log_out(session: Session, roles_there: Iterable[tuple[str, str]], context: Context) -> bool:
    """End *session* at the portal, and forget its token and the cached credentials; return False if there was no login.

    *roles_there* names what may be cached: account id and role name. Credentials handed out before stay good until
    they expire: AWS offers no way to take them back.
    """
    for account_id, role_name in roles_there:
        roles.delete_credentials(context, session, account_id, role_name)
    return _end(tokens.token_path(context, session), session.region, context)


def log_out_everywhere(context: Context) -> int:
    """End every login of the shared cache, as ``aws sso logout`` does; return how many there were."""
    roles.delete_all_credentials(context)
    return sum(_end(path, None, context) for path in tokens.all_token_paths(context))


def roles_of(session: Session, read: Config) -> list[tuple[str, str]]:
    """Return account id and role name of each profile in the config file that logs in by *session*."""
    found = []
    for name in read.sso_profile_names():
        with suppress(ConfigError):  # a profile that can't be used has left no credentials
            profile = read.profile(name)
            if profile.session.cache_key == session.cache_key:
                found.append((profile.account_id, profile.role_name))
    return found


def _end(path: Path, region: str | None, context: Context) -> bool:
    from ssoenv.aws import portal

    content = files.read_json(path, context)
    path.unlink(missing_ok=True)
    if not content or "accessToken" not in content:
        return False
    try:
        portal.logout(str(region or content.get("region")), str(content["accessToken"]))
    except portal.Unauthorized:
        pass  # it was over already
    except ServiceError as error:
        context.say(f"The token is deleted here, but the portal could not be told. {error.sentence}")
    return True


def _is_good(found: Token, context: Context, rejected: str | None) -> bool:
    left = found.expires_at - context.now()
    enough = left > (_REFRESH_MARGIN if found.can_refresh(context.now()) else 0)
    return enough and found.access_token != rejected


def _refresh(found: Token, session: Session, context: Context, rejected: str | None) -> Token | None:
    """Return a refreshed token, or the old one while it lives and the service has a fault, or None."""
    from ssoenv.aws import oidc

    alive = found if found.expires_at > context.now() and found.access_token != rejected else None
    if not found.can_refresh(context.now()):
        return alive
    try:
        fresh = oidc.refresh(session.region, found, context.now())
    except oidc.OAuthError:
        # Refresh tokens rotate, and the AWS CLI takes no lock: another program may have spent this one just now.
        again = tokens.read_token(context, session)
        return again if again and again != found and _is_good(again, context, rejected) else alive
    except ServiceError:
        if alive:
            return alive
        raise
    tokens.write_token(context, session, fresh)
    return fresh


def _log_in(session: Session, context: Context, *, browser: bool) -> Token:
    from ssoenv.aws import oidc

    registration = _registration(session, context, renew=False)
    try:
        try:
            started = oidc.start_device_authorization(session.region, registration, session.start_url)
        except oidc.OAuthError as error:
            if error.code not in ("invalid_client", "unauthorized_client"):
                raise
            registration = _registration(session, context, renew=True)
            started = oidc.start_device_authorization(session.region, registration, session.start_url)
        _show(started, session, context)
        if browser and not context.open_browser(started.verification_uri_complete):
            context.say("No browser was opened here: open the link on any device.")
        fresh = _poll(started, registration, session, context)
    except oidc.OAuthError as error:
        _explain(error, session)
    tokens.write_token(context, session, fresh)
    return fresh


def _registration(session: Session, context: Context, *, renew: bool) -> Registration:
    from ssoenv.aws import oidc

    # A legacy session asks for no scope, as in the AWS CLI: SDKs can't refresh its token, so it must last by itself.
    scopes = (session.scopes or _DEFAULT_SCOPES) if session.name else ()
    found = None if renew else tokens.read_registration(context, session, scopes)
    if found:
        return found
    fresh = oidc.register(session.region, f"ssoenv-{session.name or 'legacy'}", scopes)
    tokens.write_registration(context, session, fresh)
    return fresh


def _show(started: oidc.DeviceAuthorization, session: Session, context: Context) -> None:
    link = started.verification_uri_complete
    host = link.partition("://")[2].partition("/")[0].partition(":")[0]
    if not link.startswith("https://") and host not in ("127.0.0.1", "localhost"):
        raise ServiceError(f"AWS handed out a link that is not https: {link}", "Don't open it; try again.")
    context.say(f"To log in to {_name(session)}, open this page and approve the code {started.user_code}:")
    context.say(f"  {link}")
    minutes = round(started.expires_in / 60)
    context.say(
        f"Approve only if you started this and the code matches. It is good for {minutes} minutes; Ctrl-C ends it."
    )


def _poll(started: oidc.DeviceAuthorization, registration: Registration, session: Session, context: Context) -> Token:
    from ssoenv.aws import oidc

    interval = started.interval
    deadline = context.now() + started.expires_in
    while context.now() < deadline:
        context.sleep(interval)
        try:
            return oidc.token_for_device(session.region, registration, started.device_code, context.now())
        except oidc.OAuthError as error:
            if error.code == "slow_down":
                interval += _SLOW_DOWN
            elif error.code != "authorization_pending":
                raise
    raise oidc.OAuthError("expired_token", "")


def _explain(error: oidc.OAuthError, session: Session) -> NoReturn:
    """Say what an OAuth error means here, and what to type next."""
    region = (
        f"The address of the portal's sign-in page shows the right one as region=…; set sso_region to it "
        f"(it is {session.region} now)."
    )
    if error.code == "access_denied":
        raise NotLoggedIn(
            "The login was declined in the browser. Nothing changed.", f"To try again: {_login_line(session)}"
        )
    if error.code == "expired_token":
        raise NotLoggedIn(
            "Nobody approved the login in time. Nothing changed.",
            f"For a new code: {_login_line(session)} . If the browser said 'Invalid grant provided', the SSO region is "
            f"wrong. {region}",
        )
    if error.code == "invalid_grant":
        raise NotLoggedIn(f"The portal {session.start_url} is probably not in {session.region}.", region)
    if error.code == "invalid_request":
        raise NotLoggedIn(
            f"No Identity Center portal answers at {session.start_url} in {session.region}: the start URL or the SSO "
            "region is wrong.",
            f"The start URL looks like https://NAME.awsapps.com/start. {region}",
        )
    said = f"{error.code}: {error.description}" if error.description else error.code
    raise ServiceError(
        f"The login to {_name(session)} failed: AWS answered {said}.", f"To try again: {_login_line(session)}"
    )


def _lock(session: Session, context: Context) -> AbstractContextManager[None]:
    name = hashlib.sha1(session.cache_key.encode(), usedforsecurity=False).hexdigest()
    return files.lock(context, name, f"Waiting for another ssoenv that logs in to {_name(session)} …")


def _name(session: Session) -> str:
    return session.name or session.start_url


def _login_line(session: Session) -> str:
    """Return what to type for a login, quoted so that it can be pasted into any shell."""
    name = _name(session)
    plain = all(character.isalnum() or character in "-_./:@#" for character in name)
    return f"ssoenv login {name}" if plain else f"ssoenv login '{name}'"
