"""``ssoenv status``: what this shell is, and for how long."""

from __future__ import annotations

import re
import shlex
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ssoenv import environment, finding
from ssoenv.aws import config, tokens
from ssoenv.aws.config import Session
from ssoenv.aws.keys import account_of
from ssoenv.aws.kinds import Profiles
from ssoenv.aws.times import format_time
from ssoenv.aws.tokens import Token
from ssoenv.cli import messages, options
from ssoenv.cli.times import clock, parse_duration
from ssoenv.context import Context
from ssoenv.environment import Active
from ssoenv.errors import ConfigError, UsageError
from ssoenv.targets import Target
from ssoenv.text import printable

if TYPE_CHECKING:
    from ssoenv.aws.sts import Identity

# A server on this machine takes a connection within so many seconds.
_LISTENS_WITHIN = 0.3


@dataclass(frozen=True)
class Status:
    """What the environment says, and what is known of its keys and its login."""

    active: Active
    key_account: str | None
    session: Session | None
    token: Token | None
    profile: Target | None
    """The one that AWS_PROFILE names, where no keys go before it."""
    name_in_files: str | None = None
    """What the profile is called there, which the shell may have an alias of."""
    endpoint_ended: bool = False
    """Nobody listens any more where a switch with --serve lets SDKs ask for keys."""

    @property
    def account_id(self) -> str | None:
        """The account by its label, or by the profile."""
        return self.active.account_id or (self.profile.account_id if self.profile else None)

    @property
    def role_name(self) -> str | None:
        """The role by its label, or by the profile."""
        return self.active.role_name or (self.profile.role_name if self.profile else None)

    @property
    def region(self) -> str | None:
        """The region of the environment, or that of the profile."""
        return self.active.region or (self.profile.region if self.profile else None)

    @property
    def is_user_key(self) -> bool:
        """Whether the access key is one of a user's own, which no role has."""
        return (self.active.access_key_id or "").startswith("AKIA")

    @property
    def is_no_key(self) -> bool:
        """Whether what stands for an access key has not the form of one, such as the ``test`` of an emulator."""
        key = self.active.access_key_id or ""
        return key != "" and not environment.odd_key(self.active) and not re.fullmatch("[A-Z0-9]{16,128}", key)

    def agrees(self, identity: Identity | None) -> bool | None:
        """Tell whether the keys are of the account that the label beside them says, None if one of them is unknown.

        *identity* is what AWS says, which goes before what the key tells by itself.
        """
        if self.active.role_name and (self.is_user_key or self.is_no_key):
            return False
        account = identity.account_id if identity else self.key_account
        label = self.active.account_id
        return account == label if account and label else None


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
    found = _find(context)
    if check:
        raise typer.Exit(0 if _lasts(found, parse_duration(minimum or "0"), context) else messages.CHECK_FAILED)
    identity, rejection = _verify(found) if verify else (None, None)
    if as_json:
        import json

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


def _find(context: Context) -> Status:
    active = environment.active(context.environ)
    target = finding.known(active.name, context) if active.name else None
    session = target.session if target else None
    token = tokens.read_token(context, session) if session else None
    by_profile = active.sdk_profile and not active.profile and not active.access_key_id
    served_by = active.endpoint if active.profile and not active.access_key_id else None
    return Status(
        active,
        account_of(active.access_key_id or ""),
        session,
        token,
        target if by_profile else None,
        target.profile if target else None,
        endpoint_ended=served_by is not None and _has_ended(served_by),
    )


def _has_ended(endpoint: str) -> bool:
    """Tell whether nobody listens at the *endpoint*, a URL; one that is not on 127.0.0.1 is not asked."""
    import socket
    from urllib.parse import urlsplit

    try:
        address = urlsplit(endpoint)
        place = address.hostname, address.port or 80
    except ValueError:
        return False
    if place[0] != "127.0.0.1":
        return False
    try:
        socket.create_connection(place, _LISTENS_WITHIN).close()
    except OSError:
        return True
    return False


def _lasts(found: Status, seconds: float, context: Context) -> bool:
    now = context.now()
    if found.active.access_key_id:
        # Where others have set the keys, the end beside them is not theirs.
        return found.agrees(None) is not False and (found.active.expiration or 0) - now > seconds
    if found.endpoint_ended:
        return False
    if found.session is None:  # of another kind than SSO: all that is known is that a server listens
        return bool(found.active.endpoint and found.active.profile)
    # By profile or endpoint, SDKs get new keys as long as the login lasts.
    if found.token is None:
        return False
    return found.token.can_refresh(now) or found.token.expires_at - now > seconds


def _lines(found: Status, context: Context) -> list[tuple[str, str]]:
    active, now = found.active, context.now()
    if not active.name and not active.access_key_id:
        return [("profile", "none: this shell is not switched. Type: ssouse NAME")]
    by_profile = f"{active.sdk_profile} (by AWS_PROFILE)" if active.sdk_profile else "none"
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
    if found.agrees(identity) is not False:
        return None
    label = found.active.account_id
    if identity:
        labelled = f"role {found.active.role_name}" if found.is_user_key else f"account {label}"
        fault = f"AWS says these keys are {identity.arn}, not {labelled} as labelled."
    else:
        labelled = ", ".join(filter(None, [found.active.profile, label and f"account {label}"]))
        whose = "none that AWS gives" if found.is_no_key else f"of account {found.key_account}"
        whose = "a user's, which no role has" if found.is_user_key else whose
        fault = f"this shell is labelled {labelled}, but its keys are {whose}."
    return f"CAREFUL: {fault} Something else has set them. {_switch_again(found)}"


def _hiding_profile(found: Status) -> str | None:
    """Return the sentence that says that some SDKs take another profile than the one that this shell is labelled."""
    active = found.active
    if not active.profile or not active.sdk_profile or active.sdk_profile in (active.profile, found.name_in_files):
        return None
    fault = f"AWS_PROFILE is {active.sdk_profile}, which some SDKs take before the credentials of {active.profile}."
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
        "agrees": found.agrees(identity),
        "credentials_expiration": None if active.expiration is None else format_time(active.expiration),
        "session": found.session and found.session.key,
        "login_expiration": token and format_time(token.expires_at),
        "login_refreshes": token is not None and token.can_refresh(now),
        "verified_arn": identity.arn if identity else None,
    }
