"""Profiles of every kind, from the config file and the credentials file together; botocore is not needed for it."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Container, Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Literal, NamedTuple

from ssoenv import files
from ssoenv.aws import cache_names
from ssoenv.aws.config import CREDENTIALS_CURE, Config, UnknownProfile, credentials_file_of, is_region
from ssoenv.aws.times import parse_time
from ssoenv.context import Context
from ssoenv.errors import ConfigError
from ssoenv.text import did_you_mean

# When the keys beside it expire: starship shows the time left by it, and saml2aws always wrote it. No SDK reads it.
EXPIRES = "x_security_token_expires"

Kind = Literal["role", "web-identity", "sso", "keys", "login", "process"]
_ROLE_ARN = r"arn:[a-z-]+:iam::([0-9]{12}):role/(?:.*/)?([\w+=,.@-]+)"


def kind_of(settings: Container[str], credentials: Container[str] = ()) -> Kind | None:
    """Tell by its keys where a profile's credentials come from, None when by none of them.

    *settings* are those of both files, *credentials* those of the credentials file alone. The first that fits counts,
    in botocore's order (``create_credential_resolver``).
    """
    if "web_identity_token_file" in settings:
        return "web-identity"
    if "role_arn" in settings:
        return "role"
    if "sso_account_id" in settings or "sso_role_name" in settings:
        return "sso"
    if "aws_access_key_id" in credentials:
        return "keys"
    if "login_session" in settings:
        return "login"
    if "credential_process" in settings:
        return "process"
    return "keys" if "aws_access_key_id" in settings else None


class OtherProfile(NamedTuple):
    """A profile that is not an SSO one; account and role are those of its ``role_arn``, if it has one.

    *cache_key* is then the name of the role's file in the cache of role credentials, without extension.
    """

    name: str
    kind: Kind
    account_id: str | None
    role_name: str | None
    region: str | None
    cache_key: str | None = None


class CredentialsFile(Config):
    """``~/.aws/credentials``: of the same form, but each header is a profile's name."""

    def __init__(self, path: Path, data: bytes | None) -> None:
        super().__init__(path, data)
        self._profiles = {header: header for header in self._options}


class Profiles:
    """The profiles of both files, merged as botocore merges them: of a key in both, the credentials file's counts."""

    def __init__(self, config: Config, context: Context) -> None:
        """Take the config file as it was read."""
        self.config = config
        self._path = credentials_file_of(context)

    @cached_property
    def credentials(self) -> Config:
        """The credentials file, read when it is needed. Raise ConfigError, as all that needs it, if that fails."""
        return CredentialsFile(self._path, files.read(self._path, CREDENTIALS_CURE))

    def names(self) -> list[str]:
        """Return the names of all profiles: those of the config file in its order, then the others."""
        return list(dict.fromkeys([*self.config.profile_names(), *self.credentials.profile_names()]))

    def has(self, name: str) -> bool:
        """Tell whether one of the files has a profile *name*."""
        return self.config.has(name) or self.credentials.has(name)

    def settings(self, name: str) -> Mapping[str, str]:
        """Return the settings of the profile *name*, unchecked; none when there is no such profile."""
        return self.config.profile_settings(name) | self.credentials.profile_settings(name)

    def kind(self, name: str) -> Kind | None:
        """Tell where the credentials of the profile *name* come from; None when it has none, or does not exist.

        One whose process is ssoenv itself, or granted, is an SSO profile in another form.
        """
        kind = kind_of(self.settings(name), self.credentials.profile_settings(name))
        return "sso" if kind == "process" and self.config.is_sso(name) else kind

    def root(self, name: str) -> str:
        """Return the profile that the ``source_profile`` of *name* leads to, by however many steps."""
        before = {name}
        while (source := self.settings(name).get("source_profile")) and source not in before:
            before.add(source)
            name = source
        return name

    def expiration(self, name: str) -> float | None:
        """Return when keys of the profile *name* expire (POSIX seconds, UTC), None where nothing beside them tells."""
        both = (self.credentials, self.config)
        values = next((found for file in both if "aws_access_key_id" in (found := file.profile_settings(name))), {})
        with suppress(ValueError):
            return parse_time(values.get(EXPIRES, ""))
        return None

    def profile(self, name: str) -> OtherProfile:
        """Return the profile *name*, which is not an SSO one.

        Raise UnknownProfile when there is none, ConfigError when it has nothing to get credentials with or its region
        is not one.
        """
        if not self.has(name):
            cure = did_you_mean(name, self.names(), otherwise="See: ssoenv list")
            raise UnknownProfile(f"There is no profile {name} in {self.config.path} or {self.credentials.path}.", cure)
        settings, kind = self.settings(name), self.kind(name)
        if kind is None:
            raise no_credentials(name, settings)
        region = settings.get("region") or None
        if region and not is_region(region):
            raise ConfigError(
                f'region of the profile {name} is not a region: "{region[:80]}".', "Write it as in: region = eu-west-1"
            )
        account_id, role_name = role_of(settings)
        return OtherProfile(name, kind, account_id, role_name, region, _cache_key(settings, kind))


def role_of(settings: Mapping[str, str]) -> tuple[str | None, str | None]:
    """Return account id and role name in the ``role_arn`` of a profile's *settings*."""
    found = re.fullmatch(_ROLE_ARN, settings.get("role_arn", ""), re.ASCII)
    return (found[1], found[2]) if found else (None, None)


def _cache_key(settings: Mapping[str, str], kind: Kind) -> str | None:
    """Return what botocore calls the cached role of a profile: the SHA-1 of its request to STS.

    It is that of BaseAssumeRoleCredentialFetcher; a ``role_session_name`` that botocore makes up is no part of it.
    """
    if "role_arn" not in settings:
        return None
    names = {"role_arn": "RoleArn", "role_session_name": "RoleSessionName"}
    if kind == "role":
        names |= {"external_id": "ExternalId", "mfa_serial": "SerialNumber"}
    request: dict[str, str | int] = {field: settings[name] for name, field in names.items() if name in settings}
    if not request.get("RoleSessionName"):
        request.pop("RoleSessionName", None)
    if kind == "role":
        with suppress(KeyError, ValueError):
            request["DurationSeconds"] = int(settings["duration_seconds"])
    return cache_names.digest(json.dumps(request, sort_keys=True))


def no_credentials(name: str, settings: Mapping[str, str]) -> ConfigError:
    """Return the error for a profile whose *settings* name no way to credentials.

    aws-vault knows two that AWS SDKs do not, and its users have them in their files.
    """
    cure = "Add what it is meant to use, or pick another: ssoenv list"
    if source := settings.get("source_profile"):
        cure = f"Its source_profile counts beside a role_arn alone. To be that profile: ssouse {shlex.quote(source)}"
    if included := settings.get("include_profile"):
        cure = f"Its include_profile is aws-vault's own: copy what it needs out of the profile {included} into it."
    return ConfigError(
        f"The profile {name} has nothing to get credentials with: no role_arn, sso_account_id, credential_process, "
        "login_session or aws_access_key_id.",
        cure,
    )
