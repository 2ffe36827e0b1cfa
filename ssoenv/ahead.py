"""After a login: what its user is likely to switch to is fetched in advance, so that the first switches are quick."""

from __future__ import annotations

from ssoenv import credentials, finding, remembered
from ssoenv.aws.config import Config, Session
from ssoenv.context import Context
from ssoenv.errors import NotLoggedIn, SsoenvError
from ssoenv.targets import Target

# How many of the targets used last, and the pause before each (seconds): what the user does meanwhile goes first.
_TARGETS = 5
_GAP = 0.2


def fetch(session: Session, aws_config: Config, context: Context) -> None:
    """Get the credentials of the targets of *session* that were used last, into the cache.

    What fails is left to the switch that needs it; nobody is asked for a login.
    """
    for target in recent(session, aws_config, context)[:_TARGETS]:
        context.sleep(_GAP)
        try:
            credentials.obtain(target, context.unattended)
        except NotLoggedIn:
            return
        except SsoenvError:
            continue


def recent(session: Session, aws_config: Config, context: Context) -> list[Target]:
    """Return the targets of *session* that were used, the latest first."""
    there = {target.key: target for target in finding.reachable(session, aws_config, context)}
    return [there[key] for key in remembered.recent(context) if key in there]
