"""Target and Credentials -> Change: which variables a switch sets, and which it unsets."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import NamedTuple

from ssoenv.aws.roles import Credentials
from ssoenv.aws.times import format_time, parse_time
from ssoenv.errors import ConfigError
from ssoenv.targets import Target

# Each variable that a switch touches, in the order in which a snippet names them. A switch sets some of them, and
# unsets the others: each would mislead an SDK beside fresh keys, or beside a profile.
_NAMES = (
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_CREDENTIAL_EXPIRATION",
    "AWS_SSO_PROFILE",
    "AWS_SSO_ACCOUNT_ID",
    "AWS_SSO_ROLE_NAME",
    "AWS_PROFILE",  # beside keys it wins in some SDKs; one that is in no file fails in all
    "AWS_DEFAULT_PROFILE",  # beats AWS_PROFILE in botocore
    "AWS_EB_PROFILE",  # the EB CLI knows no other; oh-my-zsh's `asp` sets all three
    "AWS_SECURITY_TOKEN",  # botocore asks it before AWS_SESSION_TOKEN
    "AWS_ACCESS_KEY",  # the SDK for Go falls back to these two
    "AWS_SECRET_KEY",
    "AWS_SESSION_EXPIRATION",  # prompts show it as the time left
    "AWS_ACCOUNT_ID",  # goes into account-based endpoints
    "AWS_CREDENTIAL_SCOPE",
    "AWS_ROLE_ARN",  # these three make a web identity of the role
    "AWS_ROLE_SESSION_NAME",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",  # an endpoint's role would step in where keys or a profile fail
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",  # these two go before the two above
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    "AWS_VAULT",  # prompts show it as the account, before all else
    "SSOENV_EXPIRATION",  # these three are for the shell's own hook: POSIX seconds, in a form that it can compute with
    "SSOENV_RENEW",
    "SSOENV_KIND",
)
# What the portal's own dialog gives, in its order.
PORTAL_NAMES = _NAMES[:3]
# Without a region in the profile these two are not touched: the user's own stay.
_REGIONS = ("AWS_REGION", "AWS_DEFAULT_REGION")
# Where a login is over, the SDKs for Java and JavaScript, among others, ask the machine for a role of its own next.
# A switch by keys leaves it alone, as it is the user's, too.
_NO_INSTANCE_ROLE = {"AWS_EC2_METADATA_DISABLED": "true"}
# Names of what the switch set, for a child shell's `ssouse --off`.
_SET_NAMES = "SSOENV_SET"


class Hints(NamedTuple):
    """What a shell's hook is told of keys: to *renew* them so many seconds before they expire (0: never).

    *kind* is ``production`` where a prompt should warn, else ``other``.
    """

    renew: int
    kind: str


class Change(NamedTuple):
    """What a switch does to an environment: each variable is set to a value, or unset if that is None.

    *expiration* is that of the credentials, POSIX seconds UTC; None when there are none.
    """

    variables: Mapping[str, str | None]
    expiration: float | None


def key_variables(credentials: Credentials, region: str | None = None) -> dict[str, str | None]:
    """Return the variables that hold *credentials* and, where there is one, the *region*.

    One that the credentials have no value for is None: keys that were there before may have left it.
    """
    variables = {
        "AWS_ACCESS_KEY_ID": credentials.access_key_id,
        "AWS_SECRET_ACCESS_KEY": credentials.secret_access_key,
        "AWS_SESSION_TOKEN": credentials.session_token,
        "AWS_CREDENTIAL_EXPIRATION": format_time(credentials.expiration) if credentials.expiration else None,
    }
    return {**variables, **_region(region)}


def checked(name: str, value: str) -> str:
    """Return *value* if the variable *name* can hold it. Raise ConfigError, which never shows the value, otherwise."""
    # A line break would end the line that a wrapper checks, NUL ends a value, and no shell agrees on the others.
    # Half a surrogate pair has no bytes.
    if not value.isprintable() and any(unicodedata.category(character) in ("Cc", "Cs") for character in value):
        raise ConfigError(
            f"{name} can't be set: its value holds a control character or half a character.",
            "Correct the name or the setting that it comes from.",
        )
    return value


def keys_change(
    target: Target, credentials: Credentials, environ: Mapping[str, str] | None = None, hints: Hints | None = None
) -> Change:
    """Return the change that makes an environment be *target*, by its keys; *hints* are for a shell that has a hook.

    *environ* is the environment to change where its shell has no wrapper that remembers: a region that an earlier
    switch left there is then unset.
    """
    values = {**key_variables(credentials), **_labels(target)}
    if hints:
        values["SSOENV_KIND"] = hints.kind
    if hints and credentials.expiration:
        values["SSOENV_EXPIRATION"] = str(int(credentials.expiration))
        values["SSOENV_RENEW"] = str(hints.renew) if hints.renew else None
    return _change(values, target.region, credentials.expiration, environ)


def profile_change(
    profile: str | None,
    region: str | None,
    environ: Mapping[str, str] | None = None,
    hints: Hints | None = None,
    *,
    of_sso: bool = False,
) -> Change:
    """Return the change that names *profile* and nothing else, so that SDKs get and refresh the keys themselves.

    None is no profile at all: whoever wants one has to say which. Where all profiles are *of_sso*, no SDK may take the
    machine's own role in their place.
    """
    values = {"AWS_PROFILE": profile, "SSOENV_KIND": hints.kind if hints else None}
    return _change({**values, **_NO_INSTANCE_ROLE} if of_sso else values, region, None, environ)


def without_region(change: Change) -> Change:
    """Return *change*, and no region: one in the environment beats that of each profile."""
    return change._replace(variables={**change.variables, **dict.fromkeys(_REGIONS)})


def endpoint_variables(url: str, token: str, region: str | None = None) -> dict[str, str]:
    """Return the variables by which SDKs ask the endpoint at *url* for keys, and the *region* if there is one."""
    variables = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": url, "AWS_CONTAINER_AUTHORIZATION_TOKEN": token}
    return {**variables, **_region(region)}


def endpoint_change(
    target: Target, url: str, token: str, environ: Mapping[str, str] | None = None, hints: Hints | None = None
) -> Change:
    """Return the change that makes an environment be *target*, by an endpoint that serves its keys."""
    kind = {"SSOENV_KIND": hints.kind if hints else None}
    values = {**endpoint_variables(url, token), **_labels(target), **kind, **_NO_INSTANCE_ROLE}
    return _change(values, target.region, None, environ)


def _region(region: str | None) -> dict[str, str]:
    return dict.fromkeys(_REGIONS, region) if region else {}


def _labels(target: Target) -> dict[str, str | None]:
    return {
        "AWS_SSO_PROFILE": target.name,
        "AWS_SSO_ACCOUNT_ID": target.account_id,
        "AWS_SSO_ROLE_NAME": target.role_name,
    }


def _change(
    values: Mapping[str, str | None], region: str | None, expiration: float | None, environ: Mapping[str, str] | None
) -> Change:
    before = environ.get(_SET_NAMES, "").split() if environ else []
    names = [*_NAMES, *(name for name in (*_REGIONS, *_NO_INSTANCE_ROLE) if name in before)]
    variables: dict[str, str | None] = {**dict.fromkeys(names), **values, **_region(region)}
    variables[_SET_NAMES] = " ".join(name for name, value in variables.items() if value is not None)
    return Change(variables, expiration)


@dataclass(frozen=True)
class Active:
    """What an environment says it is: the labels of a switch, and the keys beside them."""

    profile: str | None
    account_id: str | None
    role_name: str | None
    region: str | None
    access_key_id: str | None
    secret_access_key: str | None = field(repr=False)
    session_token: str | None = field(repr=False)
    expiration: float | None
    sdk_profile: str | None
    endpoint: str | None
    switched_until: str | None = None
    """When the keys of the switch expire, POSIX seconds; `expiration` is that, too, until others set it."""

    @property
    def name(self) -> str | None:
        """What one types to be that again."""
        return self.profile or self.sdk_profile

    @property
    def keys(self) -> Credentials | None:
        """The keys, None unless they are whole. The account is that of the label beside them."""
        if not (self.access_key_id and self.secret_access_key):
            return None
        return Credentials(
            self.access_key_id, self.secret_access_key, self.session_token, self.expiration, self.account_id
        )


def odd_key(active: Active) -> str | None:
    """Return the name of the variable that holds no key but something that fits no request, None if there is none."""
    keys = zip(PORTAL_NAMES, (active.access_key_id, active.secret_access_key, active.session_token), strict=True)
    return next((name for name, key in keys if key and not (key.isascii() and key.isprintable())), None)


def active(environ: Mapping[str, str]) -> Active:
    """Read back what a switch, or anything else, has left in *environ*."""
    expiration = None
    with suppress(ValueError):
        expiration = parse_time(environ.get("AWS_CREDENTIAL_EXPIRATION", ""))
    return Active(
        profile=environ.get("AWS_SSO_PROFILE"),
        account_id=environ.get("AWS_SSO_ACCOUNT_ID"),
        role_name=environ.get("AWS_SSO_ROLE_NAME"),
        region=next((environ[name] for name in _REGIONS if environ.get(name)), None),
        access_key_id=environ.get("AWS_ACCESS_KEY_ID"),
        secret_access_key=environ.get("AWS_SECRET_ACCESS_KEY"),
        session_token=environ.get("AWS_SESSION_TOKEN"),
        expiration=expiration,
        sdk_profile=environ.get("AWS_PROFILE"),
        endpoint=environ.get("AWS_CONTAINER_CREDENTIALS_FULL_URI"),
        switched_until=environ.get("SSOENV_EXPIRATION"),
    )
