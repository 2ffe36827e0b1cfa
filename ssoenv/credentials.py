"""Target -> Credentials: from the role cache shared with the AWS CLI, else from the portal."""

from __future__ import annotations

from ssoenv import login
from ssoenv.aws import roles
from ssoenv.aws.roles import Credentials
from ssoenv.context import Context
from ssoenv.errors import NoAccess, ServiceError
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
    return login.with_token(target.session, context, lambda bearer: _ask(target, bearer))


def _ask(target: Target, bearer: str) -> Credentials:
    from ssoenv.aws import portal

    region, account_id, role_name = target.session.region, target.account_id, target.role_name
    try:
        return portal.role_credentials(region, bearer, account_id, role_name, target.profile)
    except portal.Forbidden as error:
        raise NoAccess(
            f"The login works, but you have no role {role_name} in the account {account_id}.",
            f"{_roles_there(target, bearer)} If it was granted just now: ssoenv login --force",
        ) from error


def _roles_there(target: Target, bearer: str) -> str:
    from ssoenv.aws import portal

    try:
        names = portal.role_names(target.session.region, bearer, target.account_id, target.profile)
    except (portal.Forbidden, portal.Unauthorized, ServiceError):
        names = []
    return f"Roles you have there: {', '.join(names)}." if names else "You have no role there."
