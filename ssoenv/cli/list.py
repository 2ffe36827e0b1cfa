"""``ssoenv list``: the profiles one can switch to."""

from __future__ import annotations

from ssoenv import completion_names, credentials, finding, sessions
from ssoenv.aws import config
from ssoenv.aws.roles import Credentials
from ssoenv.aws.times import format_time
from ssoenv.cli import messages, options, tables
from ssoenv.context import Context
from ssoenv.targets import Target
from ssoenv.text import duration


def list_profiles(as_json: options.Json = False) -> None:
    """List the profiles that `ssouse` can switch to.

    FRESH says how long credentials in the cache are good; without any, a switch gets new ones.
    """
    context = messages.context()
    aws_config = config.load(context)
    found = list(finding.profiles(aws_config, context))
    completion_names.refresh(aws_config, context, found)
    kept = list(credentials.cached(found, context))
    if as_json:
        tables.show_json(map(_entry, found, kept))
    elif not found:
        messages.say(f"There are no profiles to switch to in {aws_config.path}. Set one up with: ssoenv configure")
        step = "See: ssoenv roles" if sessions.known(aws_config, context) else "To log in: ssoenv login --start-url URL"
        messages.say(f"Roles that a login grants need none. {step}")
    else:
        headings = ("PROFILE", "ACCOUNT", "ROLE", "REGION", "SESSION", "FRESH")
        tables.show(headings, (_cells(*each, context) for each in zip(found, kept, strict=True)))


def _entry(target: Target, cached: Credentials | None) -> dict[str, str | None]:
    """Return what is told of a profile; *expiration* is null when a switch has to fetch new credentials."""
    return {
        "profile": target.name,
        "account_id": target.account_id,
        "role_name": target.role_name,
        "region": target.region,
        "session": target.session.key if target.session else None,
        "expiration": format_time(cached.expiration) if cached and cached.expiration else None,
    }


def _cells(target: Target, cached: Credentials | None, context: Context) -> list[str]:
    *known, session, _expiration = _entry(target, cached).values()
    if target.session and target.session.name is None and messages.stdout_is_terminal():
        session = sessions.name_for(target.session.start_url)  # a start URL would take a third of the line
    return [*(cell or "" for cell in (*known, session)), duration(cached.left(context.now())) if cached else ""]
