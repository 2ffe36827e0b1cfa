"""What ``ssoenv use`` does: a switch, or a renewal of its keys, for a shell to evaluate or to find on the shelf.

It knows no typer: `ssoenv.cli.main` calls it without one for the shell function.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from ssoenv import remembered, settings, shells, shelving, switch
from ssoenv.cli import messages, naming
from ssoenv.context import Context
from ssoenv.errors import ServiceError
from ssoenv.shells import Shell
from ssoenv.switch import Switch
from ssoenv.targets import Target

# Seconds that a command which waits for new keys does so without a word, and at most.
_SILENT_FOR = 1
_WAITED_FOR = 15


def print_switch(
    words: Sequence[str],
    shell: str | None,
    *,
    region: str | None = None,
    profile_mode: bool | None = None,
    serve: bool = False,
    lifetime: float | None = None,
    quiet: bool | None = None,
    wrapped: bool,
) -> None:
    """Print the snippet that makes *shell* be what *words* name, and say so; by default that of the caller.

    *profile_mode* and *quiet* are the settings' where they are None; *lifetime* is that of what is to *serve*, in
    seconds. *wrapped* is what the shell function asks for, which takes it from the shelf the next time.
    """
    context = messages.context()
    begun = shelving.begin(context)
    chosen = settings.load(context)
    silent = chosen.quiet if quiet is None else quiet
    target_shell = _find_shell(shell, context)
    target = naming.find(words, region, context)
    make: Callable[[Target, Context, Mapping[str, str] | None], Switch]
    if serve:
        make = partial(switch.to_endpoint, lifetime=lifetime)
    else:
        by_profile = chosen.profile_mode if profile_mode is None else profile_mode
        make = switch.to_profile if by_profile else switch.to_keys
    # A wrapper remembers by itself what earlier switches did.
    made = make(target, context, None if wrapped else context.environ)
    remembered.note_use(target.key, context)
    messages.write(shells.snippet(made.change, target_shell if wrapped else target_shell.by_hand()))
    if wrapped:
        shelving.keep(made, _typed(), target_shell, context, begun=begun, quiet=silent)
    if not silent:
        messages.say(switch.summary(made.target, made.life))
        if not wrapped and messages.stdout_is_terminal():
            messages.say(
                'This printed the code and changed nothing. To switch: ssouse NAME, or eval "$(ssoenv use NAME)".'
            )


def renew(words: Sequence[str], shell: str | None, *, region: str | None = None, quiet: bool | None = None) -> None:
    """Put newer keys of what *words* name on the shelf, where *shell* finds them."""
    context = messages.context()
    begun = shelving.begin(context)
    _be_awaited()
    silent = settings.load(context).quiet if quiet is None else quiet
    target_shell = _find_shell(shell, context)
    target = naming.find(words, region, context)
    shelving.renew(target, _typed(), target_shell, context, begun=begun, quiet=silent)


def _find_shell(name: str | None, context: Context) -> Shell:
    return shells.find(name) if name else shells.detect(context.environ)


def _be_awaited() -> None:
    """Keep a command that waits for new keys at a terminal from waiting for ever, or without a word."""
    if not messages.columns():
        return
    import signal
    from threading import Timer

    def give_up() -> None:
        messages.say(f"No new keys came in {_WAITED_FOR} seconds: this runs with the old ones.")
        os._exit(ServiceError.exit_code)

    # So the shell sees that its user broke off, and does not run what was to come.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    for seconds, act in (
        (_SILENT_FOR, lambda: messages.say("Waiting for new keys. Ctrl-C ends that.")),
        (_WAITED_FOR, give_up),
    ):
        timer = Timer(seconds, act)
        timer.daemon = True
        timer.start()


def _typed() -> list[str]:
    """Return what was typed after `ssouse`: the wrapper puts its own words before that."""
    words = sys.argv[sys.argv.index("--wrapper") + 2 :] if "--wrapper" in sys.argv else []
    return [word for word in words if word != "--renew"]
