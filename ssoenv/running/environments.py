"""Targets -> the environment of each, with all asked first that the user has to be asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from threading import Lock

from ssoenv import credentials, login, switch
from ssoenv.context import Context
from ssoenv.environment import Change
from ssoenv.errors import Cancelled, SsoenvError
from ssoenv.running import command
from ssoenv.targets import Target


def environments(
    targets: Sequence[Target], context: Context, *, profile_mode: bool
) -> Callable[[Target], Mapping[str, str]]:
    """Return what makes the environment of each of *targets*, in any thread; it raises what a switch raises.

    Logins are asked for here and now, once a session, and so is what other kinds of profiles may ask for, such as an
    MFA code. Later nothing is: a question among the output of commands would go unseen.
    """
    make = switch.to_profile if profile_mode else switch.to_keys
    made: dict[str, Change | SsoenvError] = {}
    asked: set[str] = set()
    for target in () if profile_mode else targets:
        try:
            if target.session is None:
                made[target.key] = make(target, context, context.environ).change
            elif target.session.key not in asked and next(credentials.cached([target], context)) is None:
                asked.add(target.session.key)
                login.token(target.session, context)
        except Cancelled:
            raise
        except SsoenvError as error:
            made[target.key] = error

    silent = replace(context.unattended, say=_once(context.say))

    def environ(target: Target) -> Mapping[str, str]:
        change = made.get(target.key) or make(target, silent, context.environ).change
        if isinstance(change, SsoenvError):
            raise change
        return command.environ_after(change, context.environ)

    return environ


def _once(say: Callable[[str], None]) -> Callable[[str], None]:
    """Return what says each text once: a clock that is wrong is so for all of them."""
    said: set[str] = set()
    lock = Lock()

    def tell(text: str) -> None:
        with lock:
            is_new = text not in said
            said.add(text)
        if is_new:
            say(text)

    return tell
