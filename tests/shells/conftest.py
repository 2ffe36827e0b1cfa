"""Sessions of each real shell, whose `ssoenv` is a stand-in or the real program."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from probes import PROBES, Probe
from shell_session import Session
from user import User

# Prints the answer of that name, and ends with its status. It keeps a record of how it was called,
# written at one stroke, as a renewal in the background may call it meanwhile.
_STAND_IN = """\
#!/bin/sh
PATH=/usr/bin:/bin
cd {folder} || exit 99
form=
for word; do form="$form%s\\0"; done
printf "$form\\n" "$@" >>calls
name=${{6-$2}}
echo "stand-in: $name" >&2
[ -e "answers/$name" ] || exit 99
. "./answers/$name"
"""

_REAL = """\
#!/bin/sh
exec {python} -m ssoenv "$@"
"""


@pytest.fixture(params=PROBES, ids=str)
def probe(request: pytest.FixtureRequest) -> Probe:
    """Each shell in turn."""
    return request.param


@pytest.fixture
def start_session(probe: Probe, tmp_path: Path, clean_environment: None) -> Callable[[str], Session]:
    """Return a maker of sessions, given the text of the program ``ssoenv``."""

    def start(program: str) -> Session:
        folder = tmp_path / "it's a session"  # a path that needs quoting
        (folder / "answers").mkdir(parents=True)
        home = tmp_path / "home"
        environ = {name: value for name, value in os.environ.items() if not name.startswith("SSOENV_TEST_")}
        session = Session(
            probe,
            probe.find(),
            home,
            folder,
            {
                **environ,
                "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
                "TERM": "dumb",
                "LC_ALL": "C.UTF-8",
                "ZDOTDIR": str(home),
                "XDG_CONFIG_HOME": str(home / ".config"),
                "XDG_DATA_HOME": str(home / ".local" / "share"),
                "POWERSHELL_TELEMETRY_OPTOUT": "1",
                "POWERSHELL_UPDATECHECK": "Off",
            },
            list(probe.prelude),
        )
        session.install(program.format(folder=shlex.quote(str(folder)), python=shlex.quote(sys.executable)))
        return session

    return start


@pytest.fixture
def session(start_session: Callable[[str], Session]) -> Session:
    """Return a session whose ``ssoenv`` is a stand-in that prints what the test has given it."""
    return start_session(_STAND_IN)


@pytest.fixture
def real_session(start_session: Callable[[str], Session], logged_in: User) -> Session:
    """Return a session of a user who is logged in, whose ``ssoenv`` is the real program."""
    session = start_session(_REAL)
    session.environ.update({**logged_in.environ, "PATH": session.environ["PATH"]})
    return session
