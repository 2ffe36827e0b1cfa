"""``ssoenv list``: the profiles one can switch to."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from ssoenv import credentials, finding, names
from ssoenv.aws import config
from ssoenv.aws.roles import Credentials
from ssoenv.aws.times import format_time
from ssoenv.cli import messages, options, tables
from ssoenv.context import Context
from ssoenv.targets import Target
from ssoenv.text import duration


@dataclass(frozen=True)
class Row:
    """A profile; *expiration* is that of its cached credentials (``…Z``), None when a switch has to fetch new ones.

    A profile of another kind than SSO has no session, and an account and role only by its ``role_arn``.
    """

    profile: str
    account_id: str | None
    role_name: str | None
    region: str | None
    session: str | None
    expiration: str | None
    left: str


def list_profiles(
    as_json: options.Json = False,
) -> None:
    """List the profiles that `ssouse` can switch to.

    FRESH says how long credentials in the cache are good; without any, a switch gets new ones.
    """
    context = messages.context()
    aws_config = config.load(context)
    found = list(finding.profiles(aws_config, context))
    names.refresh(aws_config, context, found)
    rows = [_row(*each, context) for each in zip(found, credentials.cached(found, context), strict=True)]
    if as_json:
        tables.show_json({key: value for key, value in asdict(row).items() if key != "left"} for row in rows)
    elif not rows:
        messages.say(f"There are no profiles to switch to in {aws_config.path}. Set one up with: ssoenv configure")
        messages.say("Roles that a login grants need none. See: ssoenv roles")
    else:
        headings = ("PROFILE", "ACCOUNT", "ROLE", "REGION", "SESSION", "FRESH")
        tables.show(headings, map(_cells, rows))


def _row(target: Target, cached: Credentials | None, context: Context) -> Row:
    return Row(
        profile=target.name,
        account_id=target.account_id,
        role_name=target.role_name,
        region=target.region,
        session=target.session.key if target.session else None,
        expiration=format_time(cached.expiration) if cached and cached.expiration else None,
        left=duration(cached.left(context.now())) if cached else "",
    )


def _cells(row: Row) -> list[str]:
    return [cell or "" for cell in (row.profile, row.account_id, row.role_name, row.region, row.session, row.left)]
