"""The whole path of a switch: a name becomes the change of an environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ssoenv import credentials, environment, targets
from ssoenv.aws import config
from ssoenv.aws.keys import account_of
from ssoenv.context import Context
from ssoenv.environment import Change


@dataclass(frozen=True)
class Switch:
    """A switch that is ready to be made: the *change*, and a line for the user that says what it makes of the shell."""

    change: Change
    summary: str


def to_keys(name: str, region: str | None, context: Context, environ: Mapping[str, str] | None) -> Switch:
    """Return the switch to the profile *name*, by keys. Raise what the steps raise; see environment for *environ*."""
    target = targets.resolve(name, config.load(context), region)
    keys = credentials.obtain(target, context)
    issuer = account_of(keys.access_key_id)
    if issuer not in (None, target.account_id):
        context.say(f"Careful: the keys that AWS handed out look like account {issuer}, not {target.account_id}.")
    left = duration(keys.expiration - context.now())
    parts = [
        target.profile,
        f"account {target.account_id}",
        target.role_name,
        target.region or "no region",
        f"{left} left",
    ]
    return Switch(environment.keys_change(target, keys, environ), " · ".join(parts))


def to_profile(name: str, region: str | None, context: Context, environ: Mapping[str, str] | None) -> Switch:
    """Return the switch to the profile *name* as a name in AWS_PROFILE, for SDKs to get the keys themselves."""
    target = targets.resolve(name, config.load(context), region)
    parts = [
        target.profile,
        f"account {target.account_id}",
        target.role_name,
        target.region or "no region",
        "by AWS_PROFILE",
    ]
    return Switch(environment.profile_change(target.profile, target.region, environ), " · ".join(parts))


def duration(seconds: float) -> str:
    """Return *seconds* in words of at most two units: ``59 min``, ``7 h 05 min``, ``2 d 3 h``."""
    minutes = max(0, int(seconds // 60))
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 24 * 60:
        return f"{minutes // 60} h {minutes % 60:02d} min"
    return f"{minutes // (24 * 60)} d {minutes // 60 % 24} h"
