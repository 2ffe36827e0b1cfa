"""What an error of a login means, and what to type next."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ssoenv.aws.config import Session
from ssoenv.errors import NotLoggedIn, ServiceError, SsoenvError

if TYPE_CHECKING:
    from ssoenv.aws import oidc


def login_line(session: Session) -> str:
    """Return what to type for a login, quoted so that it can be pasted into any shell.

    A name with a quote or a backslash can't be quoted for all of them: it is left out, and ssoenv asks.
    """
    name = session.key
    if "'" in name or "\\" in name:
        return "ssoenv login"
    quoted = name if re.fullmatch(r"[\w./:@-]+", name) else f"'{name}'"
    return f"ssoenv login {'-- ' if name.startswith('-') else ''}{quoted}"


@contextmanager
def spelled_out(session: Session) -> Iterator[None]:
    """Give each error the whole line for a login to *session*: it is in no file, so its name alone means nothing."""
    try:
        yield
    except SsoenvError as error:
        url = shlex.quote(session.start_url)
        line = f"ssoenv login --start-url {url} --sso-region {session.region} --session {session.name}"
        error.cure = error.cure.replace(login_line(session), line).replace(_set(session), "give it by --sso-region")
        raise


def _set(session: Session) -> str:
    return f"set sso_region to it (it is {session.region} now)"


def explained(error: oidc.OAuthError, session: Session, *, by_code: bool) -> SsoenvError:
    """Return what an OAuth error means here, and what to type next; *by_code*: after ``--device-code``."""
    region = f"The address of the portal's sign-in page shows the right one as region=…; {_set(session)}."
    again = f"To try again: {login_line(session)}"
    if error.reason.startswith("KMS_"):
        return ServiceError(
            f"The login to {session.key} failed: Identity Center can't use the key that it is encrypted with "
            f"({error.reason}).",
            "Tell the administrator of the portal.",
        )
    if error.code == "access_denied":
        return NotLoggedIn("The login was declined in the browser. Nothing changed.", again)
    if error.code == "expired_token":
        elsewhere = (
            "" if by_code else f" If it runs on another machine than ssoenv: {login_line(session)} --device-code"
        )
        return NotLoggedIn(
            "Nobody approved the login in time. Nothing changed.",
            f"{again} . If the browser said 'Invalid grant provided', the SSO region is wrong. {region}{elsewhere}",
        )
    if error.code == "invalid_grant":
        return NotLoggedIn(f"The portal {session.start_url} is probably not in {session.region}.", region)
    if error.code == "invalid_request":
        return NotLoggedIn(
            f"No Identity Center portal answers at {session.start_url} in {session.region}: the start URL or the SSO "
            "region is wrong.",
            f"The start URL looks like https://NAME.awsapps.com/start. {region}",
        )
    said = f"{error.code}: {error.description}" if error.description else error.code
    return ServiceError(f"The login to {session.key} failed: AWS answered {said}.", again)
