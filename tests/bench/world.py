"""Where things are measured: a user of the embedded portal who has logged in, and what else the groups need."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from proxy import Proxy
from user import CONFIG, User

from ssoenv.demo.portal import Portal

SSOENV = Path(sys.executable).with_name("ssoenv")
"""The program, as a user runs it."""

_KEPT = ("LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT")


@dataclass(frozen=True)
class World:
    """A *user* who is logged in, a *folder* for what else is needed, and what was asked for.

    *aws* is the AWS CLI's path, if there is one; *peers* are commands of other tools, to be run as they are.
    *behind_proxy* is the environment for programs that ask AWS's own addresses, whatever other they are told.
    """

    user: User
    folder: Path
    rounds: int
    aws: str | None
    behind_proxy: dict[str, str]
    peers: tuple[str, ...] = ()

    @property
    def environ(self) -> dict[str, str]:
        """The user's environment."""
        return self.user.environ

    def forget(self) -> None:
        """Take the roles' keys out of the AWS CLI's cache. The login stays."""
        shutil.rmtree(self.user.home / ".aws" / "cli" / "cache", ignore_errors=True)


@contextmanager
def world(*, rounds: int, aws: str | None = None, peers: Sequence[str] = ()) -> Iterator[World]:
    """Lend a world in which the portal answers at once."""
    with (
        TemporaryDirectory(prefix="ssoenv-bench-") as folder,
        Portal(auto_approve=True) as portal,
        Proxy(portal, Path(folder) / "authority.pem") as proxy,
    ):
        home = Path(folder) / "home"
        (home / "run").mkdir(parents=True)
        environ = {name: os.environ[name] for name in _KEPT if name in os.environ}
        environ.update(
            portal.environment(),
            HOME=str(home),
            USERPROFILE=str(home),
            XDG_RUNTIME_DIR=str(home / "run"),
            PATH=os.pathsep.join((str(SSOENV.parent), os.environ["PATH"])),
            TERM="xterm-256color",
            HISTFILE="",
            POWERSHELL_TELEMETRY_OPTOUT="1",
            POWERSHELL_UPDATECHECK="Off",
        )
        user = User(home, environ)
        user.write_config(CONFIG)
        user.ssoenv("login", "corp").check_returncode()
        yield World(user, Path(folder), rounds, _aws(aws), {**environ, **proxy.environment()}, tuple(peers))


def _aws(given: str | None) -> str | None:
    """Return the path of the AWS CLI, version 2. Where pyenv would look for it at each run, it is looked for once."""
    found = shutil.which(given or "aws")
    if found and Path(found).parent.name == "shims" and shutil.which("pyenv"):
        found = _said("pyenv", "which", "aws").strip()
    if found and _said(found, "--version").startswith("aws-cli/2"):
        return found
    if given:
        sys.exit(f"{given} is no AWS CLI of version 2.")
    return None


def _said(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout
