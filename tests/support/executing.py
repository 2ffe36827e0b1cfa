"""What the tests of `ssoenv exec` start from: its words, and a user who has logged in."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from user import CONFIG, User

from ssoenv.demo.portal import Portal

PROGRAM = [sys.executable, "-m", "ssoenv", "exec"]


def new_user(home: Path, portal: Portal) -> User:
    """Return a user of *portal* who has logged in; the environment is next to none, and has no locale."""
    home.mkdir()
    (home / "run").mkdir()
    environ = {"PATH": os.environ["PATH"], "HOME": str(home), "XDG_RUNTIME_DIR": str(home / "run")}
    user = User(home, {**environ, **portal.environment()})
    user.write_config(CONFIG)
    done = user.ssoenv("login", "corp")
    assert done.returncode == 0, done.stderr
    return user
