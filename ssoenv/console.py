"""Target -> a link to the web console: the portal's own shortcut, or one that signs in by the target's credentials."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ssoenv import credentials, environment, finding
from ssoenv.aws import console_links
from ssoenv.aws.keys import account_of
from ssoenv.aws.roles import Credentials
from ssoenv.context import Context
from ssoenv.errors import ServiceError, UsageError
from ssoenv.targets import Target, in_region

# How long the browser may take to come for a link; one that starts anew on an old machine takes a while. Seconds.
_LIMIT = 60


@dataclass(frozen=True)
class Link:
    """A link to the console. One that *is_secret* signs in whoever has it, for 15 minutes."""

    url: str = field(repr=False)
    is_secret: bool


def of_shell(region: str | None, context: Context) -> tuple[Target, Credentials | None]:
    """Return what this shell is, in its region or *region*, with the keys in it.

    Without keys it is what AWS_PROFILE names, or the label beside an endpoint. Its login is known where its label is.
    Raise UsageError when the shell is not switched, or its labels say another account or role than its keys or name.
    """
    active = environment.active(context.environ)
    region = region or active.region
    name, keys = active.name, active.keys
    if keys is None:
        return _of_name(active, region, context), None
    issuer = account_of(keys.access_key_id)
    if active.account_id and issuer not in (None, active.account_id):
        raise UsageError(
            f"This shell is labelled account {active.account_id}, but its keys are of account {issuer}.",
            "Something else has set them. Type: ssouse NAME",
        )
    known = finding.known(name, context) if name else None
    here = (active.account_id, active.role_name)
    target = Target(
        name=name or "the keys in this shell",
        # A label can come to mean another role; then the keys tell more than the config file.
        session=known.session if known and (known.account_id, known.role_name) == here else None,
        account_id=active.account_id or issuer,
        role_name=active.role_name,
        region=None,
    )
    return in_region(target, region), keys


def _of_name(active: environment.Active, region: str | None, context: Context) -> Target:
    """Return what the name in a shell without keys means, if that is still what the labels beside it say."""
    name = active.sdk_profile or active.profile  # SDKs ask AWS_PROFILE before an endpoint
    if name is None:
        raise UsageError("This shell is not switched.", "Type: ssouse NAME, or name what to open: ssoenv console NAME")
    found = finding.with_region(finding.find([name], context), region, context)
    accounts, roles = (active.account_id, found.account_id), (active.role_name, found.role_name)
    for what, (said, now) in {"account": accounts, "role": roles}.items():
        if said and now and said != now:
            raise UsageError(
                f"This shell says {what} {said}, but {name} is now {what} {now}.",
                "Type: ssouse NAME, or name what to open: ssoenv console NAME",
            )
    return found


def link(
    target: Target, keys: Credentials | None, context: Context, *, service: str | None, url: str | None, federate: bool
) -> Link:
    """Return a link to the console as *target*: the portal's shortcut where it has one, unless *federate*.

    It leads to a *service*, by its name in the AWS CLI, to the page *url*, or else to the console's home.
    *keys* are the target's credentials, None to get them where they are needed. Raise UsageError for a place that is
    not in the target's console, or keys that can't sign in; ServiceError when the network or AWS fails; and what
    `credentials.obtain` raises.
    """
    partition = console_links.partition_of((target.session.region if target.session else target.region) or "us-east-1")
    if url:
        place = console_links.deep_link(url, partition, target.account_id)
    else:
        place = console_links.destination(partition, service, target.region)
    if (role := target.sso_role) and not federate:
        from ssoenv.aws import start_urls

        portal = start_urls.resolve(role.session.start_url)
        if shortcut := console_links.shortcut(portal, role.account_id, role.role_name, place):
            return Link(shortcut, is_secret=False)
    from ssoenv.aws import signin

    if keys is not None and keys.left(context.now()) <= 0:
        raise UsageError("The keys in this shell have expired.", "Type: ssouse NAME")
    address = signin.address(partition, context.environ)
    token = signin.token(address, keys or credentials.obtain(target, context))
    issuer = target.session.start_url if target.session else None
    return Link(console_links.login_link(address, token, place, issuer), is_secret=True)


def open_in_browser(made: Link, start: Callable[[str], bool], words: Sequence[str], context: Context) -> bool:
    """Let *start* open a browser on the link, and return False where none could be started.

    A secret link comes to the browser by a page on this machine, so *start* must open one that runs here. Raise
    ServiceError, with how to see a link of *words*, when it does not come for it.
    """
    if not made.is_secret:
        return start(made.url)
    from ssoenv.handoff import Handoff

    with Handoff(made.url) as handoff:
        if not start(handoff.url):
            return False
        context.say("Waiting for the browser to take the link …")
        if not handoff.wait(_LIMIT):
            raise ServiceError(
                f"The browser did not come for the link within {_LIMIT} seconds.",
                f"To see the link: {shlex.join(['ssoenv', 'console', *words, '--federate', '--print'])}",
            )
    return True


def separate_name(target: Target) -> str:
    """Return what a browser's own place for *target* is called: one for each role of each account."""
    return " ".join(filter(None, (target.account_id, target.role_name))) or target.name


def separate_folder(target: Target, context: Context) -> Path:
    """Return the folder for that place. It is in the cache: all that is lost with it is a login in the browser."""
    safe = re.sub(r"[^A-Za-z0-9_+=,.@-]+", "-", separate_name(target)).lstrip(".")
    return context.cache_dir / "browsers" / (safe or "other")
