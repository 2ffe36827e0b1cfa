"""``ssoenv list``: the profiles one can switch to."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Annotated

import typer

from ssoenv import names
from ssoenv.aws import config, roles
from ssoenv.aws.config import Config
from ssoenv.aws.times import format_time
from ssoenv.cli import messages, tables
from ssoenv.context import Context
from ssoenv.errors import ConfigError
from ssoenv.switch import duration


@dataclass(frozen=True)
class Row:
    """A profile; *expiration* is that of its cached credentials (``…Z``), None when a switch has to fetch new ones."""

    profile: str
    account_id: str
    role_name: str
    region: str | None
    session: str
    expiration: str | None
    left: str


def list_profiles(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the profiles that `ssouse` can switch to.

    FRESH says how long credentials in the cache are good; without any, a switch gets new ones.
    """
    context = messages.context()
    read = config.load(context)
    rows = _rows(read, context)
    with suppress(ConfigError, OSError):  # for completion, which is no reason to fail
        names.write(context, ((row.profile, f"{row.account_id} · {row.role_name}") for row in rows))
    if as_json:
        tables.show_json({key: value for key, value in asdict(row).items() if key != "left"} for row in rows)
    elif not rows:
        messages.say(f"There are no SSO profiles in {read.path}. Set one up with: ssoenv configure")
    else:
        headings = ("PROFILE", "ACCOUNT", "ROLE", "REGION", "SESSION", "FRESH")
        tables.show(headings, map(_cells, rows))


def _rows(read: Config, context: Context) -> list[Row]:
    rows = []
    for name in read.sso_profile_names():
        try:
            profile = read.profile(name)
        except ConfigError as error:
            messages.say(f"ssoenv: {error}")
            continue
        cached = roles.read_credentials(context, profile.session, profile.account_id, profile.role_name)
        rows.append(
            Row(
                profile=profile.name,
                account_id=profile.account_id,
                role_name=profile.role_name,
                region=profile.region,
                session=profile.session.name or profile.session.start_url,
                expiration=format_time(cached.expiration) if cached else None,
                left=duration(cached.expiration - context.now()) if cached else "",
            )
        )
    return rows


def _cells(row: Row) -> tuple[str, ...]:
    return row.profile, row.account_id, row.role_name, row.region or "", row.session, row.left
