"""``ssoenv use``: print the code that makes a shell be an account and role."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import partial
from typing import Annotated

import typer

from ssoenv import remembered, settings, shells, shelving, switch
from ssoenv.cli import messages, naming
from ssoenv.cli.times import parse_lifetime
from ssoenv.context import Context
from ssoenv.errors import ServiceError, UsageError
from ssoenv.switch import Switch
from ssoenv.targets import Target

# Seconds that a command which waits for new keys does so without a word, and at most.
_SILENT_FOR = 1
_WAITED_FOR = 15


def use(
    name: naming.Words = None,
    region: Annotated[
        str | None, typer.Option(metavar="REGION", help="Use this region instead of the profile's, this once.")
    ] = None,
    profile_mode: Annotated[
        bool | None, typer.Option(help="Export only the profile's name, and let SDKs get the keys themselves.")
    ] = None,
    serve: Annotated[
        bool, typer.Option("--serve", help="Let SDKs get keys, renewed, from an endpoint that ends with the shell.")
    ] = False,
    lifetime: Annotated[
        str | None, typer.Option("--for", metavar="TIME", help="With --serve: end it after TIME, such as 30m.")
    ] = None,
    quiet: Annotated[bool | None, typer.Option("--quiet", "-q", help="Say nothing after the switch.")] = None,
    shell: Annotated[
        str | None, typer.Option(metavar="SHELL", help="The shell to print for; by default the one that runs this.")
    ] = None,
    forget: Annotated[
        bool, typer.Option("--forget", help="Delete the keys that are kept for NAME, or all on the shelf.")
    ] = False,
    wrapper: Annotated[int | None, typer.Option(hidden=True)] = None,
    renew: Annotated[bool, typer.Option("--renew", hidden=True)] = False,
) -> None:
    """Print the code that switches a shell to NAME.

    With the shell function: `ssouse NAME` switches, `ssouse` lets you choose, `ssouse -` goes back to the one before,
    `ssouse --off` brings back what was there before the first switch. Without it: eval "$(ssoenv use NAME)".
    """
    if name == ["-"] and not forget:
        raise UsageError("Only the shell function can go back.", "Type: ssouse - (see: ssoenv init --help)")
    if wrapper not in (None, shells.SNIPPET_VERSION):
        raise UsageError(
            f"This shell's ssouse knows version {wrapper} of what ssoenv prints; this is {shells.SNIPPET_VERSION}.",
            "Start a new shell.",
        )
    if serve and profile_mode:
        raise UsageError("--serve and --profile-mode are two ways to do one thing.", "Choose one.")
    if lifetime is not None and not serve:
        raise UsageError("--for says when the endpoint of --serve ends.", "Type: ssouse --serve --for 30m NAME")
    seconds = parse_lifetime(lifetime)
    context = messages.context()
    begun = shelving.begin(context)
    if renew:
        _be_awaited()
    if forget:
        shelving.forget(name or [], context)
        return
    chosen = settings.load(context)
    silent = chosen.quiet if quiet is None else quiet
    target_shell = shells.find(shell) if shell else shells.detect(context.environ)
    target = naming.find(name, region, context)
    if renew:
        shelving.renew(target, _typed(), target_shell, context, begun=begun, quiet=silent)
        return
    make: Callable[[Target, Context, Mapping[str, str] | None], Switch]
    if serve:
        make = partial(switch.to_endpoint, lifetime=seconds)
    else:
        make = switch.to_profile if (chosen.profile_mode if profile_mode is None else profile_mode) else switch.to_keys
    # A wrapper remembers by itself what earlier switches did.
    made = make(target, context, None if wrapper else context.environ)
    remembered.note_use(target.key, context)
    messages.write(shells.snippet(made.change, target_shell))
    if wrapper:
        shelving.keep(made, _typed(), target_shell, context, begun=begun, quiet=silent)
    if not silent:
        messages.say(switch.summary(made.target, made.life))
        if not wrapper and messages.stdout_is_terminal():
            messages.say(
                'This printed the code and changed nothing. To switch: ssouse NAME, or eval "$(ssoenv use NAME)".'
            )


def _be_awaited() -> None:
    """Keep a command that waits for new keys at a terminal from waiting for ever, or without a word."""
    if not messages.columns():
        return
    import os
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
