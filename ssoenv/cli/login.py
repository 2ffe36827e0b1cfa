"""``ssoenv login``: log in to a session."""

from __future__ import annotations

from typing import Annotated

import typer

from ssoenv.aws import config, tokens
from ssoenv.cli import messages
from ssoenv.cli.times import clock


def login(
    session: Annotated[
        str | None, typer.Argument(help="An [sso-session], a profile or a start URL; may be left out if there is one.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Log in even if the login is still good.")] = False,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Open no browser; the link is printed anyway.")
    ] = False,
    device_code: Annotated[  # noqa: ARG001 - the only way there is yet; scripts may ask for it already
        bool, typer.Option("--device-code", help="Approve a code in a browser, on any machine.")
    ] = False,
) -> None:
    """Log in to SESSION, unless its login is still good.

    The login is shared with the AWS CLI and all SDKs, both ways.
    """
    from ssoenv import login

    context = messages.context()
    wanted = config.load(context).find_session(session)
    before = tokens.read_token(context, wanted)
    done = login.log_in(wanted, context, force=force, browser=not no_browser)
    how = "Still logged in" if done == before else "Logged in"
    messages.say(f"{how} to {wanted.name or wanted.start_url} until {clock(done.expires_at, context.now())}.")
