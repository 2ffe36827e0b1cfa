"""What has to be installed for a test."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

# Where .ci/install-tools puts what no package manager has. Read when tests are collected: while one runs, the home
# directory is another.
TOOLS = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ssoenv-ci"


def program(name: str, *, optional: bool = False) -> str:
    """Return the path of a program, or skip the test; where CI is set, fail it instead, unless that is *optional*."""
    found = shutil.which(name)
    if found is None:
        (pytest.fail if os.environ.get("CI") and not optional else pytest.skip)(f"{name} is not installed")
    return found
