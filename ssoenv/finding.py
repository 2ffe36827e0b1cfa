"""Words -> Target: the profile, alias or granted role that they name, and all that there is to choose from."""

from __future__ import annotations

import math
import shlex
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ssoenv import credentials, remembered, sessions, targets
from ssoenv.aws import config
from ssoenv.aws.config import Config, Session
from ssoenv.aws.profiles import Kind, Profiles, kind_of
from ssoenv.context import Context
from ssoenv.errors import Cancelled, ConfigError, SsoenvError, UsageError
from ssoenv.targets import Grant, Target, UnknownTarget

if TYPE_CHECKING:
    from ssoenv.inventory import Progress

# What was listed so many seconds ago tells of new roles well enough: a typo must not list a large portal each time.
_JUST_LISTED = 300


def find(words: Sequence[str], context: Context, progress: Progress | None = None) -> Target:
    """Return the target that *words* name; what no profile is called is looked for in what the logins grant.

    If none of their lists has it, those that are old are listed anew, once. Its region is known where a profile has
    one; else see `with_region`. Raise what `targets.resolve` raises.
    """
    aws_config = config.load(context)
    files = Profiles(aws_config, context)
    aliases = remembered.aliases(context)
    name = " ".join(words)
    if (profile := _configured(name, files, aliases)) is not None:
        return profile
    if name in aliases:
        words = [aliases[name]]
    elif skipped := aws_config.skipped(name):  # a role that fits the words may be another than it was meant to be
        raise skipped
    known = granted(aws_config, context)
    names = [*files.names(), *aliases]
    try:
        found = targets.resolve(words, known, names)
    except UnknownTarget as error:
        listed = granted(aws_config, context, not_older_than=_JUST_LISTED, progress=progress)
        if listed == known:
            if not listed and (step := _first_step(names, aws_config, context)):
                likely = error.cure if error.cure.endswith("?") else "See: ssoenv list ." if names else ""
                error.cure = f"{likely} {step}".lstrip()
            raise
        found = targets.resolve(words, listed, names)
    return _configured_so(found, aws_config)


def _profile(name: str, files: Profiles) -> Target | None:
    """Return the profile *name*, of whatever kind, or None if there is none."""
    try:
        kind = files.kind(name)
    except ConfigError:  # a credentials file that can't be read is no matter of an SSO profile's
        kind = kind_of(files.config.profile_settings(name))
        if kind != "sso":
            raise
    return _of_kind(kind, name, files) if kind == "sso" or files.has(name) else None


def _of_kind(kind: Kind | None, name: str, files: Profiles) -> Target:
    return targets.of_profile(files.config.profile(name)) if kind == "sso" else targets.of_other(files.profile(name))


def _configured(name: str, files: Profiles, aliases: Mapping[str, str]) -> Target | None:
    """Return the profile that *name* or, where there is none, its alias names; None if that is no profile either."""
    for each in dict.fromkeys([name, aliases.get(name, name)]):
        if (profile := _profile(each, files)) is not None:
            return replace(profile, name=name)
    return None


def _configured_so(found: Target, aws_config: Config) -> Target:
    """Return the one profile that is the same role as *found*, which a login grants, and has a region; else *found*.

    Several profiles of one region at least tell that.
    """
    own, names = found.account_id, aws_config.sso_profile_names()
    # Of 10,000 profiles, to check those of other accounts whole takes a second.
    names = [each for each in names if aws_config.profile_settings(each).get("sso_account_id", own) == own]
    there = _profiles_of(found.session, names, aws_config) if found.session else ()
    same = [each for each in there if each.region and each.role_key == found.role_key]
    if len({each.region for each in same}) != 1:
        return found
    return same[0] if len(same) == 1 else replace(found, region=same[0].region)


def known(name: str, context: Context) -> Target | None:
    """Return the target *name* as far as it is known without asking AWS, and None where the files don't tell it."""
    context = replace(context, say=lambda _: None)
    try:
        aws_config = config.load(context)
        aliases = remembered.aliases(context)
        if profile := _configured(name, Profiles(aws_config, context), aliases):
            return profile
        found = targets.resolve([aliases.get(name, name)], granted(aws_config, context))
        return _configured_so(found, aws_config)
    except SsoenvError:
        return None


def list_missing(context: Context, progress: Progress) -> None:
    """List the roles of each login for which that has not been done yet; say what is in the way of it."""
    context = context.unattended  # nobody has asked for a login to just that session
    granted(config.load(context), context, not_older_than=math.inf, progress=progress)


def choices(context: Context, progress: Progress | None = None) -> list[Target]:
    """Return all that one can switch to: the profiles in the config file, then the other roles that logins grant.

    Lists of these that are old are taken as they are, and listed anew in the background.
    """
    aws_config = config.load(context)
    faults: list[str] = []
    configured = list(profiles(aws_config, replace(context, say=faults.append)))
    if len(faults) > 1:
        faults = [f"ssoenv: {len(faults)} profiles can't be used. See: ssoenv list"]
    for fault in faults:
        context.say(fault)
    grants = granted(aws_config, context)
    if not configured and not grants:
        grants = granted(aws_config, context, not_older_than=_JUST_LISTED, progress=progress)
    _refresh_old_ones(aws_config, context)
    accounts = {(grant.session.key, grant.account_id): grant for grant in grants}
    return [*(_with_account(target, accounts) for target in configured), *others(configured, grants)]


def reachable(session: Session, aws_config: Config, context: Context) -> Iterator[Target]:
    """Yield what a login to *session* makes reachable: its profiles in the order of the file, then what was listed."""
    from ssoenv import inventory

    yield from _profiles_of(session, aws_config.sso_profile_names(), aws_config)
    listed = inventory.read(session, context)
    grants = listed.grants(session) if listed else []
    yield from map(targets.of_grant, grants, targets.labels(grants))


def _profiles_of(session: Session, names: Sequence[str], aws_config: Config) -> Iterator[Target]:
    for name in names:
        with suppress(SsoenvError):  # a profile that can't be used is no fault of the login
            profile = aws_config.profile(name)
            if profile.session.key == session.key:
                yield targets.of_profile(profile)


def login_of(target: Target, context: Context) -> Session | None:
    """Return the session whose login gives *target* keys: its own, or that of the profile its roles are assumed by."""
    if target.session is None and target.profile:
        with suppress(SsoenvError):
            return _session_behind(target.profile, Profiles(config.load(context), context))
    return target.session


def _session_behind(name: str, files: Profiles) -> Session | None:
    """Return the session of the profile that the chain of roles *name* begins with, None where that is none of SSO."""
    if files.kind(name) != "role" or not files.config.is_sso(root := files.root(name)):
        return None
    return files.config.profile(root).session


def is_complete(profile: Target, context: Context) -> bool:
    """Tell whether files have all that *profile*, of another kind than SSO, gets its credentials by."""
    from ssoenv.aws.chains import chain_of

    try:
        files = Profiles(config.load(context), context)
        root = chain_of(profile.profile or "", files)[-1]
        if root.kind == "sso":
            files.config.profile(root.name)
    except SsoenvError:
        return False
    return True


def key_files(session: Session, aws_config: Config, context: Context) -> list[Path]:
    """Return the files of the role cache that may hold keys by a login to *session*, chains of roles included."""
    found = list(reachable(session, aws_config, context))
    files = Profiles(aws_config, context)
    names: list[str] = []
    with suppress(ConfigError):  # a logout works beside a broken credentials file
        names = files.names()
    for name in names:
        with suppress(SsoenvError):
            if (behind := _session_behind(name, files)) and behind.key == session.key:
                found.append(targets.of_other(files.profile(name)))
    return [path for target in found if (path := credentials.file_of(target, context))]


def others(configured: Sequence[Target], grants: Sequence[Grant]) -> list[Target]:
    """Return those of *grants* that no profile of *configured* is."""
    there = {(target.session.key, target.account_id, target.role_name) for target in configured if target.session}
    return [
        targets.of_grant(grant, name)
        for grant, name in zip(grants, targets.labels(grants), strict=True)
        if (grant.session.key, grant.account_id, grant.role_name) not in there
    ]


def _with_account(target: Target, accounts: Mapping[tuple[str, str], Grant]) -> Target:
    grant = accounts.get((target.session.key if target.session else "", target.account_id or ""))
    return replace(target, account_name=grant.account_name, email=grant.email) if grant else target


def with_region(target: Target, region: str | None, context: Context) -> Target:
    """Return *target* in *region*; without any, one in no config file in that of its session: asked once, and kept."""
    target = targets.in_region(target, region)
    if target.region or target.session is None or target.profile:
        return target
    key = target.session.key
    region = remembered.regions(context).get(key)
    if region is None and context.terminal:
        from ssoenv.aws import regions
        from ssoenv.terminal import Row, pick

        shown = regions.labels(target.session.region, target.session.region)
        question = f"Region for roles of {key}"
        place = pick(list(map(Row, shown.values())), question, context, instead="Give one: --region REGION")
        region = list(shown)[place]
        again = f"To be asked again: ssoenv settings --forget-region {shlex.quote(key)}"
        try:
            remembered.set_region(key, region, context)
        except ConfigError as error:  # it is good for this once
            again = f"It can't be remembered: {error}"
        context.say(f"Using the default region {region}. {again}")
    return replace(target, region=region)


def profiles(aws_config: Config, context: Context) -> Iterator[Target]:
    """Yield the profiles that one can switch to, in the order of the files; say what is wrong with the others."""
    others = Profiles(aws_config, context)
    for name in others.names():
        kind = others.kind(name)
        if kind is not None:
            try:
                yield _of_kind(kind, name, others)
            except (ConfigError, UsageError) as error:
                context.say(f"ssoenv: {error}")


def granted(
    aws_config: Config, context: Context, *, not_older_than: float | None = None, progress: Progress | None = None
) -> list[Grant]:
    """Return what the logins grant, as last listed; listed anew if *not_older_than* seconds are asked for.

    A session without a login is never asked for one. A role that several sessions grant, as those of one portal do, is
    there once: that of a session with a login, of a named one first.
    """
    from ssoenv import inventory
    from ssoenv.aws import tokens

    def tell(error: SsoenvError) -> None:
        if not_older_than is None:  # else it has been said before
            context.say(f"ssoenv: {error}")

    grants: dict[tuple[str, str], Grant] = {}
    for session in _asked(sessions.known(aws_config, context, tell), context):
        found = inventory.read(session, context)
        is_old = not_older_than is not None and (found is None or found.age(context.now()) > not_older_than)
        if is_old and tokens.is_logged_in(context, session):
            try:
                found = inventory.refresh(session, context, progress)
            except Cancelled:  # nothing may be done, nor another session be listed, as if there were no more roles
                raise
            except SsoenvError as error:
                context.say(f"ssoenv: {error}")
        for grant in found.grants(session) if found else ():
            grants.setdefault((grant.account_id, grant.role_name), grant)
    return list(grants.values())


def _asked(known: Sequence[Session], context: Context) -> list[Session]:
    """Return the sessions, with a login and named ones first, less legacy ones whose portal one of those stands for."""
    from ssoenv.aws import tokens

    ordered = sorted(known, key=lambda session: (not tokens.is_logged_in(context, session), session.name is None))
    return sessions.without_twins(ordered)


def _first_step(names: Sequence[str], aws_config: Config, context: Context) -> str | None:
    """Return what to type for there to be more than *names*, None where nothing would."""
    from ssoenv.aws import tokens
    from ssoenv.login.wording import login_line

    there = sessions.known(aws_config, context, lambda _: None)
    if not there and not names:
        return "To set one up: ssoenv configure . Or to log in without: ssoenv login --start-url URL"
    closed = (session for session in _asked(there, context) if not tokens.is_logged_in(context, session))
    session = next(closed, None)
    return f"To look among the roles of a login: {login_line(session)}" if session else None


def _refresh_old_ones(aws_config: Config, context: Context) -> None:
    """Refresh old and missing lists in the background, where there is a login."""
    from ssoenv import inventory

    for session in _asked(sessions.known(aws_config, context, lambda _: None), context):
        found = inventory.read(session, context)
        if found is None or found.age(context.now()) > inventory.OLD_AFTER:
            started = inventory.refresh_in_background(session, context)
            if started and found is None and context.terminal:  # who looks for a role in vain is to know why
                context.say(f"The roles of {session.key} are being listed. Those without a profile show the next time.")
