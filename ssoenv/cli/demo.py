"""``ssoenv demo``."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from ssoenv.cli import messages


def demo(
    tour: Annotated[bool, typer.Option("--tour", help="Play it by itself, in bash, zsh, fish and PowerShell.")] = False,
) -> None:
    """Try ssoenv without an AWS account. With a portal on this machine, and a shell to try it in.

    Without a terminal it plays a tour by itself. Exit code 1: a proof failed in a shell.
    """
    environ = messages.context().environ
    if tour or not all(stream and stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
        from ssoenv.demo import tour as played

        if played.play(environ, messages.write):
            raise typer.Exit(messages.CHECK_FAILED)
    else:
        from ssoenv.demo import session

        session.play(environ, messages.write)
