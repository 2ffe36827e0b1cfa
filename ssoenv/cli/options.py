"""Options that contradict each other."""

from __future__ import annotations

from collections.abc import Mapping

from ssoenv.errors import UsageError


def refuse_together(command: str, options: Mapping[str, object]) -> None:
    """Raise UsageError, which leads to the help of *command*, when more than one of *options* is given."""
    given = [name for name, value in options.items() if value]
    if len(given) > 1:
        raise UsageError(f"{given[0]} and {given[1]} don't go together.", f"See: ssoenv {command} --help")
