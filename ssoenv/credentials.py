"""Target -> Credentials: from the role cache shared with the AWS CLI, else from the portal."""

from __future__ import annotations

from ssoenv import login
from ssoenv.aws import roles
from ssoenv.aws.roles import Credentials
from ssoenv.context import Context
from ssoenv.errors import NoAccess, NotLoggedIn
from ssoenv.targets import Target


def obtain(target: Target, context: Context) -> Credentials:
    """Return credentials of *target* with 15 minutes left at least, if the portal gives such.

    Raise NotLoggedIn (see :func:`ssoenv.login.token`), NoAccess when the role is not assigned, ServiceError when the
    network or AWS fails.
    """
    cached = roles.read_credentials(context, target.session, target.account_id, target.role_name)
    if cached:
        return cached
    fresh = _fetch(target, context)
    roles.write_credentials(context, target.session, target.account_id, target.role_name, fresh)
    return fresh


def _fetch(target: Target, context: Context) -> Credentials:
    from ssoenv.aws import portal

    session = target.session
    bearer = login.token(session, context).access_token
    try:
        try:
            return _ask(target, bearer)
        except portal.Unauthorized:
            # The session may have been ended before the token's time. One new login, then the answer stands.
            bearer = login.token(session, context, rejected=bearer).access_token
            return _ask(target, bearer)
    except portal.Unauthorized as error:
        raise NotLoggedIn(
            f"The portal {session.start_url} refuses the login, a new one too.",
            f"Is sso_region {session.region} right? Ask the administrator of the portal otherwise.",
        ) from error
    except portal.Forbidden as error:
        raise NoAccess(
            f"The login works, but you have no role {target.role_name} in the account {target.account_id}.",
            f"{_roles_there(target, bearer)} If it was granted just now: ssoenv login --force",
        ) from error


def _ask(target: Target, bearer: str) -> Credentials:
    from ssoenv.aws import portal

    return portal.role_credentials(target.session.region, bearer, target.account_id, target.role_name, target.profile)


def _roles_there(target: Target, bearer: str) -> str:
    from ssoenv.aws import portal
    from ssoenv.errors import ServiceError

    try:
        names = portal.role_names(target.session.region, bearer, target.account_id, target.profile)
    except (portal.Forbidden, portal.Unauthorized, ServiceError):
        names = []
    return f"Roles you have there: {', '.join(names)}." if names else "You have no role there."
