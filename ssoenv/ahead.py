"""After a login: the credentials that its user is likely to need, got ahead, so that the first switches are quick."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

from ssoenv import credentials, inventory, remembered, targets
from ssoenv.aws.config import Config, Session
from ssoenv.context import Context
from ssoenv.errors import NotLoggedIn, SsoenvError
from ssoenv.targets import Target

# So many of the targets used last, and so many seconds before each: what the user does meanwhile goes first.
_TARGETS = 5
_GAP = 0.2


def fetch(session: Session, aws_config: Config, context: Context) -> None:
    """Get the credentials of the targets of *session* that were used last, into the cache.

    What fails is left to the switch that needs it; nobody is asked for a login.
    """
    unattended = replace(context, terminal=False)
    for target in recent(session, aws_config, context)[:_TARGETS]:
        context.sleep(_GAP)
        try:
            credentials.obtain(target, unattended)
        except NotLoggedIn:
            return
        except SsoenvError:
            continue


def recent(session: Session, aws_config: Config, context: Context) -> list[Target]:
    """Return the targets of *session* that were used, the latest first."""
    there = {target.key: target for target in reachable(session, aws_config, context)}
    return [there[key] for key in remembered.recent(context) if key in there]


def reachable(session: Session, aws_config: Config, context: Context) -> Iterator[Target]:
    """Yield what the login makes reachable: its profiles in the order of the file, then what was listed of it."""
    for name in aws_config.sso_profile_names():
        with suppress(SsoenvError):  # a profile that can't be used is no fault of the login
            profile = aws_config.profile(name)
            if profile.session == session:
                yield targets.of_profile(profile)
    listed = inventory.read(session, context)
    grants = listed.grants(session) if listed else []
    yield from map(targets.of_grant, grants, targets.labels(grants))
