"""Chains of profiles: the steps by which one takes its credentials from another, up to the root."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ssoenv.aws.profiles import Kind, Profiles, kind_of, no_credentials
from ssoenv.errors import ConfigError
from ssoenv.text import did_you_mean


class Step(NamedTuple):
    """A profile on the way from the one that was asked for to the one whose credentials come from elsewhere."""

    name: str
    settings: Mapping[str, str]
    kind: Kind | None


def chain_of(name: str, profiles: Profiles) -> list[Step]:
    """Return the steps from the profile *name* to its root, by the rules of botocore's AssumeRoleProvider."""
    chain: list[Step] = []
    while True:
        settings = profiles.settings(name)
        # As the source of a role, a profile gives its own keys rather than a role.
        has_keys = "aws_access_key_id" in settings or "aws_secret_access_key" in settings
        own = [key for key in settings if key != "role_arn"] if chain and has_keys else settings
        chain.append(Step(name, settings, kind_of(own, profiles.credentials.profile_settings(name))))
        source = settings.get("source_profile")
        if chain[-1].kind is None:
            raise no_credentials(name, settings)
        if chain[-1].kind != "role" or (source is None and "credential_source" in settings):
            return chain
        if source is None:
            fault = f"The profile {name} has a role_arn, but neither source_profile nor credential_source."
            raise ConfigError(fault, "Add a line to it: source_profile = NAME")
        if not profiles.has(source):
            fault = f"source_profile of the profile {name} names {source}, which is in no file."
            raise ConfigError(fault, did_you_mean(source, profiles.names(), otherwise="See: ssoenv list"))
        before = [step.name for step in chain]
        if source in before and not (has_keys and before == [source]):
            circle = " → ".join([*before, source])
            raise ConfigError(
                f"The profiles {circle} take their credentials from each other in a circle.",
                "Let the last of them name another source_profile.",
            )
        name = source
