"""Change -> snippet: the change of an environment as one shell's code, in a form that the shell can check."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ssoenv.environment import Change, checked
from ssoenv.errors import ConfigError
from ssoenv.shells.registry import Shell
from ssoenv.shells.writer import Writer

# Raise it with any change of form, here and in shelf.py: a wrapper says which one it checks, and refuses another.
SNIPPET_VERSION = 1
_NAME = re.compile("(AWS|SSOENV)_[A-Z0-9_]+")


def snippet(change: Change, shell: Shell) -> str:
    """Return *change* as *shell*'s code, which ends with a newline.

    The first line holds the version and the expiration (POSIX seconds UTC, 0 where there is none), the last one is the
    end mark. Removals come first, so that a snippet cut off leaves no mixture of old and new keys. Raise ConfigError,
    which names the variable and never shows its value, for one that the shell can't be handed.
    """
    first = shell.writer.comment(f"ssoenv/{SNIPPET_VERSION} {int(change.expiration or 0)}")
    last = shell.writer.comment("ssoenv/end")
    return "\n".join([first, *lines(change.variables, shell), last]) + "\n"


def lines(variables: Mapping[str, str | None], shell: Shell) -> list[str]:
    """Return the lines that set each of *variables*, and remove those that are None, which come first.

    Raise what `snippet` raises.
    """
    removals, assignments = [], []
    for name, value in variables.items():
        if not _NAME.fullmatch(name):  # the program chose it, so the program is wrong
            raise ValueError(f"a switch must not touch {name!r}")
        if value is None:
            removals.append(name)
        else:
            assignments.append(_assignment(shell.writer, name, value))
    return [*([shell.writer.unset(*removals)] if removals else []), *assignments]


def _assignment(writer: Writer, name: str, value: str) -> str:
    try:
        return writer.set(name, checked(name, value))
    except ValueError as reason:
        raise ConfigError(f"{name} can't be set: {reason}.", "Use another shell, or another name.") from None
