"""Target -> Credentials: from the role cache shared with the AWS CLI, else from the portal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from ssoenv import files
from ssoenv.aws import cache_names, roles
from ssoenv.aws.config import SsoRole
from ssoenv.aws.roles import Credentials
from ssoenv.context import Context
from ssoenv.errors import ConfigError, NoAccess, ServiceError
from ssoenv.targets import Target, of_profile
from ssoenv.text import length

# AWS begins to refuse requests whose date is so far off (seconds), and what is left of keys is told wrong by as much.
_CLOCKS_DIFFER = 300.0


def obtain(target: Target, context: Context, minimum: float = roles.FRESH_FOR) -> Credentials:
    """Return credentials of *target* with *minimum* seconds left, 15 minutes at least, if the portal grants that long.

    Those of a profile of another kind than SSO come by botocore's own providers, which have a minimum of their own.
    Raise NotLoggedIn (see :func:`ssoenv.login.token`), NoAccess when the role is not assigned, ServiceError when the
    network or AWS fails.
    """
    role = target.sso_role
    if role is None:
        from ssoenv.aws import providers

        return providers.credentials_of(target.profile or "", context, lambda root: obtain(of_profile(root), context))
    path = roles.cache_path(context, *role)

    def kept() -> Credentials | None:
        found = None
        with suppress(ConfigError):  # it is written anew; where that fails, that is told
            found = roles.read_file(path, role.account_id, context)
        return found if found and found.left(context.now()) >= minimum else None

    if found := kept():
        return found
    from ssoenv import login

    def ask(bearer: str) -> Credentials:
        waiting = f"Waiting for another ssoenv that gets the credentials of {target.name} …"
        with files.lock_if_possible(context, f"role-{path.stem}", waiting):
            # Of many that come at once, as SDKs do, the first asks AWS for all.
            if found := kept():
                return found
            fresh, answered_at = _ask(role, bearer, context)
            _warn_of_clock(answered_at, context)
            try:
                roles.write_file(path, role.account_id, fresh)
                if not cache_names.has_login(context, role.session):  # a logout came between
                    files.delete(path)
            except ConfigError as error:  # the keys are good all the same
                context.say(f"The next switch has to ask AWS again, as these keys can't be kept: {error.sentence}")
            return fresh

    return login.with_token(role.session, context, ask)


def _warn_of_clock(answered_at: float | None, context: Context) -> None:
    ahead = 0.0 if answered_at is None else context.now() - answered_at
    if abs(ahead) > _CLOCKS_DIFFER:
        apart = f"{length(abs(ahead))} {'ahead of' if ahead > 0 else 'behind'} AWS's"
        context.say(f"Careful: this machine's clock is {apart}, which may refuse what is signed by it. Set it right.")


def cached(targets: Iterable[Target], context: Context) -> Iterator[Credentials | None]:
    """Yield what the role cache has for each of *targets*, None where that can't be told by files or is not fresh."""
    there = roles.cached_files(context)  # to look for each of 10,000 would take a while
    for target in targets:
        path = file_of(target, context)
        yield roles.read_file(path, target.account_id, context) if path and path.name in there else None


def file_of(target: Target, context: Context) -> Path | None:
    """Return the file of the role cache that keeps the credentials of *target*, None where they are in none."""
    if target.cache_key:
        return roles.cache_dir(context) / f"{target.cache_key}.json"
    return roles.cache_path(context, *target.sso_role) if target.sso_role else None


def _ask(role: SsoRole, bearer: str, context: Context) -> tuple[Credentials, float | None]:
    from ssoenv.aws import config, portal
    from ssoenv.aws.profiles import Profiles
    from ssoenv.login.waiting import patience

    settings = Profiles(config.load(context), context).settings(role.session.profile or "default")
    try:
        with patience(context):
            return portal.role_credentials(role, bearer, settings)
    except portal.Forbidden as error:
        raise NoAccess(
            f"The login works, but you have no role {role.role_name} in the account {role.account_id}.",
            f"{_roles_there(role, bearer)} If it was granted just now: ssoenv login --force",
        ) from error


def _roles_there(role: SsoRole, bearer: str) -> str:
    from ssoenv.aws import portal

    try:
        names = portal.role_names(role.session, bearer, role.account_id)
    except (portal.Unauthorized, ServiceError):
        names = []
    return f"Roles you have there: {', '.join(names)}." if names else "You have no role there."
