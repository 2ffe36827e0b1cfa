"""Options that several commands have, and those that contradict each other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import typer

from ssoenv.errors import UsageError

NAME_HELP = "A profile, an alias, or what tells a role of an account: ACCOUNT/ROLE, or parts of both."
Name = Annotated[list[str] | None, typer.Argument(help=NAME_HELP)]
Region = Annotated[str | None, typer.Option(metavar="REGION", help="Use this region instead of the profile's.")]
SessionOption = Annotated[
    str | None, typer.Option("--session", metavar="SESSION", help="An [sso-session], a profile or a start URL.")
]
SessionArgument = Annotated[
    str | None,
    typer.Argument(help="An [sso-session], a profile or a start URL; left out: the only one, or one that you choose."),
]
Browser = Annotated[
    str | None, typer.Option(metavar="NAME|COMMAND", help="Open this browser, as in: 'firefox -P work'.")
]
Copy = Annotated[bool, typer.Option("--copy", help="Put it on the clipboard instead of printing it.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Refresh = Annotated[bool, typer.Option("--refresh", help="List anew, and not from the cache.")]


def refuse_together(command: str, options: Mapping[str, object]) -> None:
    """Raise UsageError, which leads to the help of *command*, when more than one of *options* is given."""
    given = [name for name, value in options.items() if value]
    if len(given) > 1:
        raise UsageError(f"{given[0]} and {given[1]} don't go together.", f"See: ssoenv {command} --help")
