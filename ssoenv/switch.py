"""Target -> Switch: the change that makes an environment be it, by its keys, its profile's name or an endpoint."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from ssoenv import credentials, environment, inventory_file, settings
from ssoenv.aws import config
from ssoenv.aws.keys import account_of
from ssoenv.aws.profiles import Profiles
from ssoenv.aws.roles import FRESH_FOR, Credentials
from ssoenv.context import Context
from ssoenv.environment import Change, Hints
from ssoenv.errors import ConfigError, UsageError
from ssoenv.targets import Target
from ssoenv.text import duration, fits, length


class Switch(NamedTuple):
    """A switch that is ready to be made: the *change*, what the shell then is, and how long that lasts, in words."""

    change: Change
    target: Target
    life: str

    @property
    def warning(self) -> str | None:
        """The sentence for keys that look like those of another account than the target's, else None."""
        return _contradiction(self.change.variables.get("AWS_ACCESS_KEY_ID") or "", self.target)


def _contradiction(access_key_id: str, target: Target) -> str | None:
    issuer = account_of(access_key_id)
    if issuer in (None, target.account_id):
        return None
    return f"Careful: the keys that AWS handed out look like account {issuer}, not {target.account_id}."


def to_keys(target: Target, context: Context, environ: Mapping[str, str] | None, minimum: float = FRESH_FOR) -> Switch:
    """Return the switch to *target*, by keys that are good for *minimum* seconds if AWS grants that long.

    Raise what the steps raise; see environment for *environ*.
    """
    target, keys = obtain(target, context, minimum)
    life = "no known end" if keys.expiration is None else f"{duration(keys.expiration - context.now())} left"
    return Switch(environment.keys_change(target, keys, environ, _hints(target, context)), target, life)


def _hints(target: Target, context: Context) -> Hints:
    chosen = settings.load(context)
    labels = _labels(target, context)
    kind = "other"
    for pattern in chosen.production:
        if fits(pattern.removeprefix("!"), *labels):
            kind = "other" if pattern.startswith("!") else "production"
    return Hints(renew=chosen.renew_minutes * 60 if chosen.shelf else 0, kind=kind)


def _labels(target: Target, context: Context) -> list[str]:
    account_name = target.account_name
    if not account_name and target.account_id:  # a profile does not tell it
        account_name = inventory_file.account_name(target.session, target.account_id, context)
    return list(filter(None, (target.name, target.profile, account_name, target.account_id)))


def obtain(target: Target, context: Context, minimum: float = FRESH_FOR) -> tuple[Target, Credentials]:
    """Return *target*, with the account that its keys tell of where nothing else does, and its credentials.

    For *minimum*, and what it raises, see `credentials.obtain`.
    """
    keys = credentials.obtain(target, context, minimum)
    if target.account_id is None:
        target = replace(target, account_id=keys.account_id or account_of(keys.access_key_id))
    if sentence := _contradiction(keys.access_key_id, target):
        context.say(sentence)
    return target, keys


def obtain_renewable(target: Target, context: Context) -> tuple[Target, Credentials]:
    """Return what `obtain` does, for an endpoint to begin with. Raise ConfigError when the credentials have no end."""
    from ssoenv.serving import supply

    target, first = obtain(target, context, supply.RENEW_AT)
    supply.check(target, first)
    return target, first


def to_profile(target: Target, context: Context, environ: Mapping[str, str] | None) -> Switch:
    """Return the switch to *target* as a name in AWS_PROFILE, for SDKs to get the keys themselves.

    Raise UsageError for a target that is in no config file: no SDK would find it.
    """
    if target.profile is None:
        raise UsageError(
            f"{target.name} is not a profile in the config file, so AWS_PROFILE can't name it.",
            "Write one with: ssoenv configure",
        )
    hints, of_sso = _hints(target, context), target.session is not None
    change = environment.profile_change(target.profile, target.region, environ, hints, of_sso=of_sso)
    return Switch(change, target, "by AWS_PROFILE")


def to_endpoint(
    target: Target, context: Context, environ: Mapping[str, str] | None, *, lifetime: float | None = None
) -> Switch:
    """Return the switch to *target* by an endpoint that serves its keys, renewed, as long as the shell runs.

    It listens already, and ends after *lifetime* seconds if that is given. Raise ConfigError when SDKs would not ask
    it, and what the steps raise.
    """
    from ssoenv.serving import detached

    if hiding := hides_endpoints(context):
        cure = "Rename that profile. Or without an endpoint: ssouse NAME, ssouse --profile-mode NAME"
        raise ConfigError(hiding, cure)
    target, first = obtain_renewable(target, context)
    address = detached.start(target, first, lifetime, context)
    change = environment.endpoint_change(target, *address, environ, _hints(target, context))
    life = "renewed by itself" + (f" for {length(lifetime)}" if lifetime is not None else "")
    return Switch(change, target, life)


def hides_endpoints(context: Context) -> str | None:
    """Return the sentence that says why SDKs that name no profile would not ask an endpoint, if so.

    Each one asks the profile ``default`` first, and an endpoint only where that gives no credentials.
    """
    profiles = Profiles(config.load(context), context)
    if profiles.kind("default") is None:
        return None
    file = (profiles.credentials if profiles.credentials.has("default") else profiles.config).path
    return f"The profile default in {file} gives credentials, and every SDK takes these before an endpoint's."


def summary(target: Target, *life: str) -> str:
    """Return the line that says what *target* is; *life*, if it is known, ends it."""
    is_named = target.name == f"{target.account_name}/{target.role_name}"
    account = f"{target.account_name} ({target.account_id})" if target.account_name else target.account_id
    parts = [target.name, target.account_id if is_named else account, None if is_named else target.role_name]
    return " · ".join([*filter(None, parts), target.region or "no region of its own", *life])
