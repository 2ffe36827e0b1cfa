"""``ssoenv login``: log in to a session."""

from __future__ import annotations

import math
import os
from contextlib import nullcontext, suppress
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Annotated

import typer

from ssoenv import completion_names, sessions
from ssoenv.aws import config, tokens
from ssoenv.aws.config import Config, Session
from ssoenv.aws.tokens import Token
from ssoenv.cli import messages, options
from ssoenv.cli.times import clock
from ssoenv.context import Context
from ssoenv.errors import Cancelled, ConfigError, SsoenvError, UsageError
from ssoenv.targets import Target
from ssoenv.text import length, printable

if TYPE_CHECKING:
    from ssoenv.login import Way


def login(
    session: options.SessionArgument = None,
    force: Annotated[bool, typer.Option("--force", help="Log in even if the login is still good.")] = False,
    every: Annotated[bool, typer.Option("--all", help="Log in to each session in turn.")] = False,
    browser: options.Browser = None,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Open no browser; the link is printed anyway.")
    ] = False,
    device_code: Annotated[
        bool, typer.Option("--device-code", help="Approve a code in a browser, on any machine.")
    ] = False,
    redirect_port: Annotated[
        int | None,
        typer.Option(min=1, max=65535, metavar="PORT", help="Approve in a browser behind an ssh tunnel to this port."),
    ] = None,
    qr: Annotated[bool, typer.Option("--qr", help="Show the link as a QR code too, for a phone.")] = False,
    copy: Annotated[bool, typer.Option("--copy", help="Put the link on the clipboard, too.")] = False,
    start_url: Annotated[
        str | None, typer.Option(metavar="URL", help="Log in to this portal, with nothing configured.")
    ] = None,
    sso_region: Annotated[
        str | None, typer.Option(metavar="REGION", help="The portal's region, where its address does not tell.")
    ] = None,
    name: Annotated[
        str | None, typer.Option("--session", metavar="NAME", help="What to call the portal of --start-url.")
    ] = None,
    fetch_ahead: Annotated[str | None, typer.Option(hidden=True)] = None,
) -> None:
    """Log in to SESSION, unless its login is still good.

    The login is shared with the AWS CLI and all SDKs, both ways. It is approved in a browser on this machine, or by a
    code that any browser can approve: over SSH, in a container or WSL, and with --device-code.
    """
    from ssoenv import ahead, login

    options.refuse_together("login", {"SESSION": session, "--all": every, "--start-url": start_url})
    options.refuse_together("login", {"--redirect-port": redirect_port, "--device-code": device_code, "--all": every})
    options.refuse_together("login", {"--redirect-port": redirect_port, "--qr": qr})
    options.refuse_together("login", {"--browser": browser, "--no-browser": no_browser})
    if start_url is None and (sso_region or name):
        raise UsageError("--sso-region and --session are for a portal that is not configured.", "Add: --start-url URL")
    context = messages.context()
    if browser:
        context = _with_browser(browser, context)
    aws_config = config.load(context)
    if fetch_ahead is not None:
        ahead.fetch(sessions.find(fetch_ahead, aws_config, context), aws_config, context)
        return
    way = login.Way(
        browser=not no_browser,
        device_code=device_code,
        redirect_port=redirect_port,
        draw=_draw if qr else None,
        copy=partial(_copy, context) if copy else None,
    )
    if every:
        try:
            code = _log_in_to_all(aws_config, context, way, force=force)
        finally:
            completion_names.refresh(aws_config, context)
        raise typer.Exit(code)
    if start_url:
        if sso_region:
            from ssoenv.aws import regions

            regions.warn_of_unknown(sso_region, context)
        wanted = sessions.make(name, start_url, sso_region, aws_config, context)
        _log_in_to_portal(wanted, aws_config, context, way, force=force)
        is_fresh = True
    else:
        wanted = sessions.find(session, aws_config, context)
        done, is_fresh = _log_in(wanted, aws_config, context, way, force=force)
        _report(wanted, done, aws_config, context, is_fresh=is_fresh)
    completion_names.refresh(aws_config, context, with_regions=is_fresh)


def _log_in_to_portal(session: Session, aws_config: Config, context: Context, way: Way, *, force: bool) -> None:
    """Log in to *session*, which may be in no file yet, and list what it grants: no profile tells of that."""
    from ssoenv.login.wording import spelled_out

    is_new = session not in sessions.known(aws_config, context)
    with spelled_out(session) if is_new else nullcontext():
        done, is_fresh = _log_in(session, aws_config, context, way, force=force)
    if is_new:
        sessions.remember(session, context)
    try:
        granted = _list_roles(session, context)
    except Cancelled:
        raise
    except SsoenvError:
        _report(session, done, aws_config, context, is_fresh=is_fresh)
        raise
    _report(session, done, aws_config, context, is_fresh=is_fresh)  # who that is takes a role to be told
    cure = "To switch to one: ssouse" if granted else "Ask the administrator of the portal for one."
    messages.say(f"You have {granted or 'no'} role{'' if granted == 1 else 's'} there. {cure}")


def _log_in_to_all(aws_config: Config, context: Context, way: Way, *, force: bool) -> int:
    """Log in to each session in turn, whatever becomes of the others; return the exit code of the first failure."""
    codes, some_stay = [], False

    def fail(error: SsoenvError) -> None:
        messages.say(f"ssoenv: {error}")
        codes.append(error.exit_code)

    every = sessions.known(aws_config, context, fail)
    if not every and not codes:
        raise ConfigError(
            f"There is no SSO session in {aws_config.path}.", "Name a portal: ssoenv login --start-url URL"
        )
    for session in every:
        try:
            done, is_fresh = _log_in(session, aws_config, context, way, force=force)
            _report(session, done, aws_config, context, is_fresh=is_fresh)
            some_stay = True
        except (Cancelled, KeyboardInterrupt):
            if not some_stay:
                raise
            raise Cancelled("Cancelled. The logins before this one stay.") from None
        except SsoenvError as error:
            fail(error)
    return codes[0] if codes else 0


def _log_in(session: Session, aws_config: Config, context: Context, way: Way, *, force: bool) -> tuple[Token, bool]:
    """Log in, and return the token, and whether it is a new one."""
    from ssoenv import finding, login, logout

    if way.redirect_port and session.name is None:
        raise UsageError("AWS takes no --redirect-port without an [sso-session].", "Use --device-code.")
    before = tokens.read_token(context, session)
    done = login.log_in(session, context, force=force, way=way)
    if force:  # perhaps as somebody else: what is kept are the keys of who was logged in before
        try:
            logout.forget_keys(finding.key_files(session, aws_config, context), context)
        except ConfigError as error:  # which must not hide that the login is done
            messages.say(f"Careful: keys of the login before are still kept. {error}")
    return done, done != before


def _report(session: Session, done: Token, aws_config: Config, context: Context, *, is_fresh: bool) -> None:
    """Say who has logged in, until when it lasts, and how long credentials of a role do."""
    who, life = _warm_up(session, done, aws_config, context) if is_fresh else ("", "")
    how = "Logged in" if is_fresh else "Still logged in"
    until = clock(done.expires_at, context.now())
    refreshed = ", then renewed by itself while the portal's session lasts" if done.can_refresh(context.now()) else ""
    messages.say(f"{how} to {session.key}{who} until {until}{refreshed}{life}.")


def _warm_up(session: Session, done: Token, aws_config: Config, context: Context) -> tuple[str, str]:
    """Get credentials of the role used last, and return in words whose they are and how long they last.

    This makes the first switch quick, too. Both texts are empty where nothing is known or something fails: the login
    has worked, whatever becomes of this.
    """
    from ssoenv import ahead, credentials, finding
    from ssoenv.aws import sts

    candidates = chain(ahead.recent(session, aws_config, context), finding.reachable(session, aws_config, context))
    target = next(candidates, None) or _any_role(session, done)
    if target is None:
        return "", ""
    try:
        # Without a terminal: a portal that refuses the new login must not ask for another one. What is kept may be of
        # who was logged in before, and lasts for less than what is handed out now.
        keys = credentials.obtain(target, context.unattended, math.inf)
        identity = sts.caller_identity(session.region, keys)
    except SsoenvError:
        return "", ""
    life = length(keys.left(context.now()))  # they are new
    return f" as {identity.arn.rpartition('/')[2]}", f"; role credentials last {life}"


def _any_role(session: Session, done: Token) -> Target | None:
    """Return a role that the login grants, where no file knows of one; None where there is none, or that fails."""
    from ssoenv.aws import portal

    with suppress(SsoenvError, portal.Unauthorized):
        if found := portal.any_role(session, done.access_token):
            return Target(found.role_name, *found, region=None)
    return None


def _list_roles(session: Session, context: Context) -> int:
    """List what the login grants, so that `ssouse` knows it without any profile; return how many roles that is."""
    from ssoenv import inventory
    from ssoenv.cli.listing import Bar

    try:
        with Bar(context) as bar:
            return len(inventory.refresh(session, context, bar.update).roles)
    except (Cancelled, KeyboardInterrupt):
        raise Cancelled("Cancelled. The login stays, and the next listing goes on from here.") from None


def _with_browser(chosen: str, context: Context) -> Context:
    """Return *context* with the browser that the user chose, which is taken to run on this machine."""
    from ssoenv import browser

    words = browser.find(chosen)
    return replace(
        context, open_browser=lambda url: browser.start(words, url, context.environ), has_browser=lambda: True
    )


def _draw(link: str, code: str) -> None:
    """Show *link* as a QR code, with *code* beside it: a link that holds the code hides what there is to compare."""
    from ssoenv import qr

    room = messages.columns()
    colour = room > 0 and not os.environ.get("NO_COLOR")
    rows = qr.rows(link, colour=colour)
    width = len(qr.rows(link, colour=False)[0])
    caption = f"  Code: {printable(code)}"
    if 0 < room < width:
        messages.say(f"This terminal is too narrow for a QR code, which takes {width} columns.")
        return
    if 0 < room < width + len(caption):
        messages.say(caption.strip())
    else:
        rows[len(rows) // 2] += caption
    messages.draw(rows)
    if not colour:
        messages.say("Without colour, a camera can read this in a dark terminal only.")


def _copy(context: Context, link: str) -> None:
    """Put *link* on the clipboard; where that fails, it can still be read and typed."""
    from ssoenv import clipboard

    try:
        clipboard.copy(link, "the link", context, secret=False)
    except SsoenvError as error:
        messages.say(f"ssoenv: {error}")
