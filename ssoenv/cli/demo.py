"""``ssoenv demo``."""

from __future__ import annotations

from typing import Annotated

import typer


def demo(
    tour: Annotated[bool, typer.Option("--tour", help="Play it by itself, in each installed shell.")] = False,
) -> None:
    """Try ssoenv without an AWS account: a portal on this machine, and a shell to try it in."""
