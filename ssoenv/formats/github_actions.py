"""GitHub Actions: masks for the log, and variables for the steps that follow.

The runner takes masks from a step's output, and variables from the file that GITHUB_ENV names (GitHub documentation,
"Workflow commands"). So stdout gets the masks alone: the runner acts on these lines and shows none of them.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from ssoenv import environment
from ssoenv.aws.roles import Credentials
from ssoenv.errors import ConfigError, UsageError
from ssoenv.formats import checks
from ssoenv.targets import Target

NAME = "github-actions"
"""What the form is called."""


def masks(_target: Target, credentials: Credentials) -> str:
    """Return a line for each key that no log may show."""
    values = environment.key_variables(credentials)
    keys = [checks.one_line(name, values[name] or "") for name in environment.PORTAL_NAMES]
    # A percent sign starts an escape in a workflow command.
    return "".join(f"::add-mask::{key.replace('%', '%25')}\n" for key in keys if key)


def variables(target: Target, credentials: Credentials) -> str:
    """Return the lines for the file: the name up to the first equals sign, and the value as it is.

    One that an earlier step may have left becomes empty, as nothing there removes it. SDKs take that for none.
    """
    values = environment.key_variables(credentials, target.region)
    return "".join(f"{name}={checks.one_line(name, value or '')}\n" for name, value in values.items())


def file(environ: Mapping[str, str]) -> Path:
    """Return the file for variables. Raise UsageError outside of a workflow."""
    if not environ.get("GITHUB_ENV"):
        raise UsageError(
            f"GITHUB_ENV is not set, so this is not a step of a workflow, and --format {NAME} is for nothing else.",
            "For other forms: ssoenv get --help",
        )
    return Path(environ["GITHUB_ENV"])


def append(path: Path, text: str) -> None:
    """Add *text* to the *path* that `file` returned, below its last line. Raise ConfigError when that fails."""
    try:
        with path.open("a+b") as env:
            if env.tell():  # it begins at the end
                env.seek(-1, os.SEEK_END)
                text = text if env.read() == b"\n" else f"\n{text}"
            env.write(text.encode())
    except OSError as error:
        raise ConfigError(f"{path} can't be written: {error.strerror}.", "GITHUB_ENV names it.") from error
