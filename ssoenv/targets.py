"""Name -> Target: the account, role and session that a name stands for."""

from __future__ import annotations

from dataclasses import dataclass

from ssoenv.aws.config import Config, Session, is_region
from ssoenv.errors import UsageError


@dataclass(frozen=True)
class Target:
    """What to switch to."""

    profile: str
    session: Session
    account_id: str
    role_name: str
    region: str | None


def resolve(name: str, config: Config, region: str | None = None) -> Target:
    """Return the target that *name* stands for in *config*; *region* stands in for the profile's own.

    Raise UnknownProfile when no profile has that name, UsageError when *region* has not the form of a region, and
    ConfigError when the profile can't be used as it is written.
    """
    if region is not None and not is_region(region):
        raise UsageError(f'"{region}" is not a region.', "Write it as in: --region eu-west-1")
    profile = config.profile(name)
    return Target(
        profile=profile.name,
        session=profile.session,
        account_id=profile.account_id,
        role_name=profile.role_name,
        region=region or profile.region,
    )
