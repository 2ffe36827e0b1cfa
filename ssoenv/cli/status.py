"""``ssoenv status``: what this shell is, and for how long."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import typer

from ssoenv import environment, switch
from ssoenv.aws import tokens
from ssoenv.aws.config import Session
from ssoenv.aws.keys import account_of
from ssoenv.aws.times import format_time
from ssoenv.aws.tokens import Token
from ssoenv.cli import messages
from ssoenv.cli.times import clock, parse_duration
from ssoenv.context import Context
from ssoenv.environment import Active
from ssoenv.errors import UsageError
from ssoenv.text import printable


@dataclass(frozen=True)
class Status:
    """What the environment says, and what is known of its keys and its login."""

    active: Active
    key_account: str | None
    session: Session | None
    token: Token | None

    @property
    def is_mixed_up(self) -> bool:
        """The keys tell of another account than the label beside them."""
        return None not in (self.active.account_id, self.key_account) and self.active.account_id != self.key_account


def status(
    verify: Annotated[bool, typer.Option("--verify", help="Ask AWS (STS) whose the keys are.")] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Say nothing: exit code 0 if the credentials are good.")
    ] = False,
    minimum: Annotated[
        str, typer.Option("--min", metavar="TIME", help="For --check: good for so long yet, as 30m.")
    ] = "0",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show what this shell is, and for how long.

    Two lives: the credentials expire within hours, the login they come from ends later. Exit code 1: a check failed.
    """
    context = messages.context()
    found = _find(context)
    if check:
        raise typer.Exit(0 if _lasts(found, parse_duration(minimum), context) else messages.CHECK_FAILED)
    identity = _verify(found) if verify else None
    if as_json:
        import json

        messages.write(json.dumps(_json(found, identity, context.now()), indent=2) + "\n")
    else:
        messages.write("".join(f"{name:<12} {printable(text)}\n" for name, text in _lines(found, context)))
    wrong = _contradictions(found, identity)
    for sentence in wrong:
        messages.say(f"ssoenv: {sentence}")
    if wrong:
        raise typer.Exit(messages.CHECK_FAILED)


def _find(context: Context) -> Status:
    active = environment.active(context.environ)
    session = token = None
    name = active.profile or active.sdk_profile
    if name:
        session = switch.session_of(name, context)
        token = tokens.read_token(context, session) if session else None
    return Status(active, account_of(active.access_key_id or ""), session, token)


def _lasts(found: Status, seconds: float, context: Context) -> bool:
    now = context.now()
    if found.active.access_key_id:
        return found.active.expiration is not None and found.active.expiration - now > seconds
    # By profile, SDKs get new keys as long as the login lasts.
    return found.token is not None and (found.token.can_refresh(now) or found.token.expires_at - now > seconds)


def _lines(found: Status, context: Context) -> list[tuple[str, str]]:
    active, now = found.active, context.now()
    if not active.profile and not active.sdk_profile and not active.access_key_id:
        return [("profile", "none: this shell is not switched. Type: ssouse NAME")]
    lines = [
        (
            "profile",
            active.profile
            or (f"{active.sdk_profile} (by AWS_PROFILE)" if active.sdk_profile else "none, but there are keys"),
        )
    ]
    if active.account_id:
        lines.append(("account", active.account_id))
    elif found.key_account:
        lines.append(("account", f"{found.key_account} (by the key)"))
    if active.role_name:
        lines.append(("role", active.role_name))
    lines.append(("region", active.region or "none"))
    if active.access_key_id:
        lines.append(("credentials", _life(active.expiration, now)))
    if found.session:
        name = found.session.name or found.session.start_url
        lines.append(("login", f"{name}: {_login_life(found.token, now)}"))
    return lines


def _life(expiration: float | None, now: float) -> str:
    if expiration is None:
        return "good until nobody knows when"
    return f"until {clock(expiration, now)}" if expiration > now else "expired"


def _login_life(token: Token | None, now: float) -> str:
    if token is None:
        return "none"
    if token.can_refresh(now):
        return (
            f"until {clock(token.expires_at, now)}, then refreshed"
            if token.expires_at > now
            else "refreshed at the next use"
        )
    return _life(token.expires_at, now)


def _verify(found: Status) -> Any:
    from ssoenv.aws import sts

    active = found.active
    if not (active.access_key_id and active.secret_access_key):
        raise UsageError("There are no keys in this shell that could be verified.", "Type: ssouse NAME")
    region = active.region or (found.session.region if found.session else "us-east-1")
    return sts.caller_identity(region, (active.access_key_id, active.secret_access_key, active.session_token))


def _contradictions(found: Status, identity: Any) -> list[str]:
    label = found.active.account_id
    wrong = []
    if found.is_mixed_up:
        wrong.append(
            f"CAREFUL: this shell is labelled {found.active.profile}, account {label}, but its keys are of account "
            f"{found.key_account}. Something else has set them. Type: ssouse {found.active.profile}"
        )
    if identity and label and identity.account_id != label:
        wrong.append(f"CAREFUL: AWS says these keys are {identity.arn}, not account {label} as labelled.")
    elif identity:
        messages.say(f"AWS agrees: {identity.arn}")
    return wrong


def _json(found: Status, identity: Any, now: float) -> dict[str, Any]:
    active, token = found.active, found.token
    return {
        "profile": active.profile or active.sdk_profile,
        "account_id": active.account_id,
        "role_name": active.role_name,
        "region": active.region,
        "key_account_id": found.key_account,
        "agrees": not found.is_mixed_up,
        "credentials_expiration": None if active.expiration is None else format_time(active.expiration),
        "session": found.session and (found.session.name or found.session.start_url),
        "login_expiration": token and format_time(token.expires_at),
        "login_refreshes": token is not None and token.can_refresh(now),
        "verified_arn": identity.arn if identity else None,
    }
