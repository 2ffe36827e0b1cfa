"""``ssoenv use``: print the code that makes a shell be an account and role."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from ssoenv import shells, shelving
from ssoenv.cli import messages, options, switching
from ssoenv.cli.times import parse_lifetime
from ssoenv.errors import UsageError


def use(
    name: options.Name = None,
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
    if wrapper is not None and wrapper != shells.SNIPPET_VERSION:
        ours = shells.SNIPPET_VERSION
        raise UsageError(
            f"This shell's ssouse knows version {wrapper} of what ssoenv prints; that in {sys.prefix} prints {ours}.",
            # An rc file may load that of another installation, and a project's environment may have an old one.
            "Start a new shell. If that does not help: ssoenv init --install"
            if wrapper < ours
            else "Update that one, or take it off PATH.",
        )
    if serve and profile_mode:
        raise UsageError("--serve and --profile-mode are two ways to do one thing.", "Choose one.")
    if lifetime is not None and not serve:
        raise UsageError("--for says when the endpoint of --serve ends.", "Type: ssouse --serve --for 30m NAME")
    seconds = parse_lifetime(lifetime)
    if forget:
        shelving.forget(name or [], messages.context())
    elif renew:
        switching.renew(name or [], shell, region=region, quiet=quiet)
    else:
        switching.print_switch(
            name or [],
            shell,
            region=region,
            profile_mode=profile_mode,
            serve=serve,
            lifetime=seconds,
            quiet=quiet,
            wrapped=wrapper is not None,
        )
