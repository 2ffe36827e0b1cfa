"""``ssoenv status``: what this shell is, and for how long."""

from __future__ import annotations

import json
import shlex
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ssoenv import environment
from ssoenv.aws import config
from ssoenv.aws.config import Session
from ssoenv.aws.profiles import Profiles
from ssoenv.aws.times import format_time
from ssoenv.aws.tokens import Token
from ssoenv.cli import messages, options
from ssoenv.cli.times import clock, parse_duration
from ssoenv.context import Context
from ssoenv.errors import ConfigError, UsageError
from ssoenv.status import Status, find, lasts
from ssoenv.text import printable

if TYPE_CHECKING:
    from ssoenv.aws.sts import Identity


def status(
    verify: Annotated[bool, typer.Option("--verify", help="Ask AWS (STS) whose the keys are.")] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Say nothing: exit code 0 if the credentials are good.")
    ] = False,
    minimum: Annotated[
        str | None, typer.Option("--min", metavar="TIME", help="For --check: good for so long yet, as 30m.")
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Show what this shell is, and for how long.

    Two lives: the credentials expire within hours, the login they come from ends later. Exit code 1: a check failed.
    """
    options.refuse_together("status", {"--check": check, "--verify": verify})
    options.refuse_together("status", {"--check": check, "--json": as_json})
    context = messages.context()
    if minimum is not None and not check:
        raise UsageError("--min is for --check.", f"Type: ssoenv status --check --min {shlex.quote(minimum)}")
    found = find(context)
    if check:
        raise typer.Exit(0 if lasts(found, parse_duration(minimum or "0"), context) else messages.CHECK_FAILED)
    identity, rejection = _verify(found) if verify else (None, None)
    if as_json:
        messages.write(json.dumps(_json(found, identity, context.now()), indent=2) + "\n")
    else:
        messages.write("".join(f"{name:<12} {printable(text)}\n" for name, text in _lines(found, context)))
    wrong = list(filter(None, (rejection, _contradiction(found, identity), _hiding_profile(found))))
    for sentence in wrong:
        messages.say(f"ssoenv: {sentence}")
    if wrong:
        raise typer.Exit(messages.CHECK_FAILED)
    if identity:
        messages.say(f"AWS {'agrees' if found.active.account_id else 'says these keys are'}: {identity.arn}")


def _lines(found: Status, context: Context) -> list[tuple[str, str]]:
    active, now = found.active, context.now()
    if not active.name and not active.access_key_id:
        return [("profile", "none: this shell is not switched. Type: ssouse NAME")]
    by_profile = f"{active.sdk_profile} (by AWS_PROFILE)" if active.sdk_profile else "none"
    if active.sdk_profile and _is_in_no_file(active.sdk_profile, context):
        by_profile += ", which is in no config file"
    beside = ", but there are keys" + (", which go first in most SDKs" if active.sdk_profile else "")
    lines = [("profile", active.profile or by_profile + (beside if active.access_key_id else ""))]
    if found.account_id:
        lines.append(("account", found.account_id))
    elif found.key_account:
        lines.append(("account", f"{found.key_account} (by the key)"))
    if found.role_name:
        lines.append(("role", found.role_name))
    lines.append(("region", found.region or _region_by_profile(active.sdk_profile or "default", context)))
    if active.access_key_id:
        over = active.profile and active.expiration is not None and active.expiration <= now
        lines.append(("credentials", _life(active.expiration, now) + (f". {_switch_again(found)}" if over else "")))
    elif active.endpoint and active.profile:
        ended = f"none: the server at {active.endpoint} has ended. Type: ssouse --serve {shlex.quote(active.profile)}"
        lines.append(("credentials", ended if found.endpoint_ended else f"renewed by {active.endpoint}"))
    if found.session:
        lines.append(("login", f"{found.session.key}: {_login_life(found.session, found.token, now)}"))
    return lines


def _is_in_no_file(name: str, context: Context) -> bool:
    with suppress(ConfigError):
        return not Profiles(config.load(context), context).has(name)
    return False


def _region_by_profile(name: str, context: Context) -> str:
    """Return in words what region SDKs take where the environment has none: that of the profile *name* or none."""
    region = None
    with suppress(ConfigError):
        region = Profiles(config.load(context), context).settings(name).get("region")
    return f"{region} (of the profile {name})" if region else "none"


def _life(expiration: float | None, now: float) -> str:
    if expiration is None:
        return "no known end"
    return f"until {clock(expiration, now)}" if expiration > now else "expired"


def _login_life(session: Session, token: Token | None, now: float) -> str:
    if token is None:
        from ssoenv.login.wording import login_line

        return f"none. Type: {login_line(session)}"
    if token.can_refresh(now):
        if token.expires_at > now:
            return f"until {clock(token.expires_at, now)}, then renewed by itself"
        return "expired; the next use tries to refresh it"
    return _life(token.expires_at, now)


def _verify(found: Status) -> tuple[Identity | None, str | None]:
    """Return whose the keys are by AWS's word, or else the sentence that says that it does not accept them."""
    from ssoenv.aws import sts

    active, keys = found.active, found.active.keys
    if keys is None:
        raise UsageError("There are no keys in this shell that could be verified.", "Type: ssouse NAME")
    region = active.region or (found.session.region if found.session else "us-east-1")
    if odd := environment.odd_key(active):
        return None, f"{odd} holds a character that is in no key, such as a line end. {_switch_again(found)}"
    try:
        return sts.caller_identity(region, keys), None
    except sts.Rejected as error:
        return None, f"AWS does not accept the keys in this shell ({error.code}). {_switch_again(found)}"


def _contradiction(found: Status, identity: Identity | None) -> str | None:
    if not found.contradicts(identity):
        return None
    label = found.active.account_id
    if identity:
        by_role = found.is_user_key or identity.account_id == label
        labelled = f"role {found.active.role_name}" if by_role else f"account {label}"
        fault = f"AWS says these keys are {identity.arn}, not {labelled} as labelled."
    else:
        labelled = ", ".join(filter(None, [found.active.profile, label and f"account {label}"]))
        is_other_account = found.key_account not in (None, label)
        whose = f"of account {found.key_account}" if is_other_account else "not those of the switch"
        whose = "none that AWS gives" if found.is_no_key else whose
        whose = "a user's, which no role has" if found.is_user_key else whose
        fault = f"this shell is labelled {labelled}, but its keys are {whose}."
    return f"CAREFUL: {fault} Something else has set them. {_switch_again(found)}"


def _hiding_profile(found: Status) -> str | None:
    """Return the sentence that says that some SDKs take another profile than the one that this shell is labelled."""
    if not found.hiding_profile:
        return None
    who = "some SDKs" if found.active.access_key_id else "SDKs"
    fault = f"AWS_PROFILE is {found.hiding_profile}, which {who} take before the credentials of {found.active.profile}."
    return f"CAREFUL: {fault} Something else has set it. {_switch_again(found)}"


def _switch_again(found: Status) -> str:
    return f"Type: ssouse {shlex.quote(found.active.name) if found.active.name else 'NAME'}"


def _json(found: Status, identity: Identity | None, now: float) -> dict[str, Any]:
    active, token = found.active, found.token
    return {
        "profile": active.name,
        "account_id": found.account_id,
        "role_name": found.role_name,
        "region": found.region,
        "key_account_id": found.key_account,
        "agrees": False if found.contradicts(identity) else found.agrees(identity),
        "credentials_expiration": None if active.expiration is None else format_time(active.expiration),
        "session": found.session and found.session.key,
        "login_expiration": token and format_time(token.expires_at),
        "login_refreshes": token is not None and token.can_refresh(now),
        "verified_arn": identity.arn if identity else None,
    }
