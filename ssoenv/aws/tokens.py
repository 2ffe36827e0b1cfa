"""The AWS CLI's cache of logins: ``~/.aws/sso/cache``, shared by the AWS CLI, the SDKs and ssoenv.

File names, keys and formats are those of the AWS CLI 2 and of botocore's SSOTokenProvider.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ssoenv import files
from ssoenv.aws.cache_names import digest, token_cache, token_path
from ssoenv.aws.config import Session
from ssoenv.aws.times import format_time, parse_time
from ssoenv.context import Context
from ssoenv.text import checked_ascii

# Registrations with less than this many seconds left are replaced, as the AWS CLI does.
_REGISTRATION_MARGIN = 15 * 60
AUTHORIZATION_CODE = "authorization_code"


@dataclass(frozen=True)
class Token:
    """A login: the bearer token of a session and what refreshes it. Times are POSIX seconds, UTC."""

    access_token: str = field(repr=False)
    expires_at: float
    refresh_token: str | None = field(default=None, repr=False)
    client_id: str | None = None
    client_secret: str | None = field(default=None, repr=False)
    registration_expires_at: float | None = None

    def lives(self, now: float) -> bool:
        """Tell whether it is good at *now* (POSIX seconds, UTC), or can be made so without the user."""
        return self.expires_at > now or self.can_refresh(now)

    def can_refresh(self, now: float) -> bool:
        """Tell whether all that a refresh needs is there, and the client registration has not lapsed."""
        known = self.refresh_token and self.client_id and self.client_secret and self.registration_expires_at
        return bool(known) and (self.registration_expires_at or 0) > now


@dataclass(frozen=True)
class Registration:
    """A client registration with SSO OIDC. *expires_at* is POSIX seconds, UTC; *grant_types* None: for device codes."""

    client_id: str
    client_secret: str = field(repr=False)
    expires_at: float
    scopes: tuple[str, ...] = ()
    grant_types: tuple[str, ...] | None = None

    @property
    def is_for_codes(self) -> bool:
        """Tell whether it is for authorization codes; one registration serves one flow."""
        return AUTHORIZATION_CODE in (self.grant_types or ())


def read_token(context: Context, session: Session) -> Token | None:
    """Return the cached token, expired or not; None if there is none that can be used."""
    return _token(files.read_json(token_path(context, session), context))


def is_logged_in(context: Context, session: Session) -> bool:
    """Tell whether there is a login that is good now, or can be made so without the user."""
    token = read_token(context, session)
    return token is not None and token.lives(context.now())


def write_token(context: Context, session: Session, token: Token) -> None:
    """Write *token* as the AWS CLI does; keys of other programs in the file are kept."""
    path = token_path(context, session)
    known = {
        "startUrl": session.start_url,
        "region": session.region,
        "accessToken": token.access_token,
        "expiresAt": format_time(token.expires_at),
        "clientId": token.client_id,
        "clientSecret": token.client_secret,
        "registrationExpiresAt": token.registration_expires_at and format_time(token.registration_expires_at),
        "refreshToken": token.refresh_token,
    }
    content = {**(files.read_json(path, context) or {}), **known}
    files.write_json(path, {key: value for key, value in content.items() if value is not None})


def delete_token(context: Context, session: Session) -> None:
    """Delete the session's token file, if there is one."""
    files.delete(token_path(context, session))


def all_token_paths(context: Context) -> list[Path]:
    """Return each file of the cache that holds a token, of ssoenv's or of any other program's making."""
    paths = files.listed(token_cache(context), ".json")
    return [path for path in paths if "accessToken" in (files.read_json_or_tell(path, context) or {})]


def read_registration(
    context: Context, session: Session, scopes: tuple[str, ...], *, for_codes: bool
) -> Registration | None:
    """Return the cached registration with these *scopes*, if it is good for a while yet.

    It is one for authorization codes or one for device codes: both flows share the file, and each refuses the other's,
    as the AWS CLI does.
    """
    content = files.read_json(_registration_path(context, session), context) or {}
    try:
        found = Registration(
            client_id=checked_ascii(content["clientId"]),
            client_secret=checked_ascii(content["clientSecret"]),
            expires_at=parse_time(content["expiresAt"]),
            scopes=tuple(content.get("scopes") or ()),
            grant_types=tuple(content["grantTypes"]) if content.get("grantTypes") else None,
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
    # Scopes are fixed at birth.
    fits = found.is_for_codes == for_codes and all(scope in found.scopes for scope in scopes)
    return found if fits and found.expires_at - context.now() > _REGISTRATION_MARGIN else None


def write_registration(context: Context, session: Session, registration: Registration) -> None:
    """Write *registration* where the AWS CLI looks for it."""
    content: dict[str, Any] = {
        "clientId": registration.client_id,
        "clientSecret": registration.client_secret,
        "expiresAt": format_time(registration.expires_at),
        "scopes": list(registration.scopes) or None,
    }
    if registration.grant_types:
        content["grantTypes"] = list(registration.grant_types)
    files.write_json(_registration_path(context, session), content)


def delete_registration(context: Context, session: Session) -> None:
    """Delete the session's registration, if there is one."""
    files.delete(_registration_path(context, session))


def _token(content: dict[str, Any] | None) -> Token | None:
    if content is None:
        return None
    registration_end = content.get("registrationExpiresAt")
    try:
        return Token(
            access_token=checked_ascii(content["accessToken"]),
            expires_at=parse_time(content["expiresAt"]),
            refresh_token=_checked_or_none(content.get("refreshToken")),
            client_id=_checked_or_none(content.get("clientId")),
            client_secret=_checked_or_none(content.get("clientSecret")),
            registration_expires_at=parse_time(registration_end) if registration_end else None,
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def _checked_or_none(value: object) -> str | None:
    """Return *value*, None where it can't serve a refresh: the token is good without one."""
    with suppress(TypeError):
        return checked_ascii(value)
    return None


def _registration_path(context: Context, session: Session) -> Path:
    key = {
        "region": session.region,
        "scopes": None if session.scopes is None else list(session.scopes),
        "session_name": session.name,
        "startUrl": session.start_url,
        "tool": "botocore",
    }
    return token_cache(context) / f"{digest(json.dumps(key, sort_keys=True))}.json"
