"""What the tests of `ssoenv exec` share: a user who has logged in, and the program as a process of its own."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator

import pytest
from user import PROGRAM, User, new_user

from ssoenv.demo.portal import Portal


@pytest.fixture(scope="session")
def ada(tmp_path_factory: pytest.TempPathFactory) -> Iterator[User]:
    """A user who has logged in, for all tests that leave the config file and the login alone."""
    with Portal(auto_approve=True) as portal:
        yield new_user(tmp_path_factory.mktemp("ada") / "home", portal)


@pytest.fixture
def running(ada: User) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Start `ssoenv exec` with pipes, in a process group and a session of its own."""
    started: list[subprocess.Popen[bytes]] = []

    def start(*words: str, **more: str) -> subprocess.Popen[bytes]:
        pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
        environ = {**ada.environ, **more}
        started.append(subprocess.Popen([*PROGRAM, "exec", *words], env=environ, start_new_session=True, **pipes))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            pipe.close()
