"""``ssoenv credential-process``: credentials for an SDK or a tool that asks by its config file."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from typing import Annotated

import typer

from ssoenv import credentials, finding, sessions
from ssoenv.aws import config, tokens
from ssoenv.aws.config import Session, is_region, is_start_url
from ssoenv.aws.credential_process import answer, split_name
from ssoenv.cli import messages, options
from ssoenv.context import Context
from ssoenv.errors import ConfigError, UsageError
from ssoenv.targets import Target


def credential_process(
    name: Annotated[list[str], typer.Argument(help=options.NAME_HELP)],
    session: Annotated[
        str | None, typer.Option(metavar="NAME", help="The SSO session; NAME is then ACCOUNT_ID/ROLE.")
    ] = None,
    start_url: Annotated[
        str | None, typer.Option(metavar="URL", help="A portal without a session; NAME is then ACCOUNT_ID/ROLE.")
    ] = None,
    sso_region: Annotated[str | None, typer.Option(metavar="REGION", help="That portal's region.")] = None,
) -> None:
    """Print the credentials of NAME for other programs.

    They are JSON, for a line credential_process = ... in the AWS config file. It asks nothing and opens no browser:
    without a login it fails, and says what to type. `ssoenv configure --credential-process` writes such lines.
    """
    # Nobody is there: an SDK runs this. What it shows of stderr, if anything, is to be the error.
    context = replace(messages.context().unattended, say=lambda _: None, show=None)
    if session or start_url or sso_region:
        target = _target(name, _session(session, start_url, sso_region, context))
    else:
        target = finding.find(name, context)
    found = credentials.obtain(target, context)
    messages.write(json.dumps(answer(found)) + "\n")


def _target(name: list[str], session: Session) -> Target:
    """Return the role that is named without any profile or list, so that none is read for it."""
    words = split_name(name[0]) if len(name) == 1 else None
    if words is None:
        raise UsageError("With a session or a start URL the role has to be ACCOUNT_ID/ROLE.", "As: 123456789011/Admin")
    return Target(name[0], session, *words, region=None)


def _session(name: str | None, start_url: str | None, sso_region: str | None, context: Context) -> Session:
    if name and not (start_url or sso_region):
        return sessions.find(name, config.load(context), context)
    if name or not (start_url and is_start_url(start_url) and sso_region and is_region(sso_region)):
        raise UsageError("Either --session, or both --start-url and --sso-region, say where to log in.")
    legacy = Session(None, start_url, sso_region, None)
    if tokens.is_logged_in(context, legacy):
        return legacy
    # `ssoenv login` with this start URL logs in to the session that has it.
    with suppress(ConfigError):  # without a config file that can be read, this is told by what follows
        known = sessions.known(config.load(context), context, lambda _: None)
        return next((each for each in known if each.name and each.portal == legacy.portal), legacy)
    return legacy
