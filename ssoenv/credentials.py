"""Target -> Credentials: from the role cache shared with the AWS CLI, else from the portal."""

from __future__ import annotations

from ssoenv import login
from ssoenv.aws import roles
from ssoenv.aws.roles import Credentials
from ssoenv.context import Context
from ssoenv.errors import ConfigError, NoAccess, ServiceError
from ssoenv.targets import Target, of_profile


def obtain(target: Target, context: Context) -> Credentials:
    """Return credentials of *target* with 15 minutes left at least, if the portal gives such.

    Those of a profile of another kind than SSO come by botocore's own providers. Raise NotLoggedIn (see
    :func:`ssoenv.login.token`), NoAccess when the role is not assigned, ServiceError when the network or AWS fails.
    """
    session, account_id, role_name = target.session, target.account_id, target.role_name
    if session is None or account_id is None or role_name is None:
        from ssoenv.aws import providers

        return providers.credentials_of(target.profile or "", context, lambda root: obtain(of_profile(root), context))
    cached = roles.read_credentials(context, session, account_id, role_name)
    if cached:
        return cached

    def ask(bearer: str) -> Credentials:
        return _ask(session.region, bearer, account_id, role_name, target.profile)

    fresh = login.with_token(session, context, ask)
    try:
        roles.write_credentials(context, session, account_id, role_name, fresh)
    except ConfigError as error:  # the keys are good all the same
        context.say(f"The next switch has to ask AWS again, as these keys can't be kept: {error.sentence}")
    return fresh


def _ask(region: str, bearer: str, account_id: str, role_name: str, profile: str | None) -> Credentials:
    from ssoenv.aws import portal

    try:
        return portal.role_credentials(region, bearer, account_id, role_name, profile)
    except portal.Forbidden as error:
        raise NoAccess(
            f"The login works, but you have no role {role_name} in the account {account_id}.",
            f"{_roles_there(region, bearer, account_id, profile)} If it was granted just now: ssoenv login --force",
        ) from error


def _roles_there(region: str, bearer: str, account_id: str, profile: str | None) -> str:
    from ssoenv.aws import portal

    try:
        names = portal.role_names(region, bearer, account_id, profile)
    except (portal.Forbidden, portal.Unauthorized, ServiceError):
        names = []
    return f"Roles you have there: {', '.join(names)}." if names else "You have no role there."
