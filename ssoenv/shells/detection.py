"""Which shell runs this process, when nobody says."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress

from ssoenv.errors import UsageError
from ssoenv.shells.registry import SHELLS, Shell, find


def detect(environ: Mapping[str, str]) -> Shell:
    """Return the shell that SSOENV_SHELL in *environ* names, or else the nearest one this process descends from.

    Raise UsageError where neither tells. The user's default shell in SHELL is no answer: it may be another one than
    the one at work, and would be handed a snippet in the wrong syntax.
    """
    if named := environ.get("SSOENV_SHELL"):
        try:
            return find(named)
        except UsageError as error:
            raise UsageError(f"SSOENV_SHELL is {named}.", error.cure) from None
    try:
        return find(_ancestor())
    except UsageError:
        cure = f"Name it, by --shell or as in `ssoenv init bash`: {', '.join(SHELLS)}. Or set SSOENV_SHELL."
        raise UsageError("It can't be told which shell runs this.", cure) from None


def _ancestor() -> str:
    """Return the name of the nearest shell in the process tree, or nothing."""
    import shellingham  # type: ignore[import-untyped]  # it has none

    # It does not know all of them, and would name the shell that started such a one: what is for bash is an error in
    # ksh93, which shows the keys with it.
    with suppress(ImportError, AttributeError):
        from shellingham._core import SHELL_NAMES  # type: ignore[import-untyped]

        SHELL_NAMES.update(find("sh").aliases)

    # For a login shell (-fish) shellingham answers what SHELL says; without SHELL, the process's own name.
    default_shell = os.environ.pop("SHELL", None)
    try:
        return str(shellingham.detect_shell()[0])
    except (OSError, RuntimeError, ValueError):  # none there, or no way to look on this system
        return ""
    finally:
        if default_shell is not None:
            os.environ["SHELL"] = default_shell
