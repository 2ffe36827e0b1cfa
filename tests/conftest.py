"""What every test shares: an empty home, a clean environment, the embedded portal, the program."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from ssoenv.demo.portal import Portal

CONFIG = """\
# The embedded portal's organisation, as a user would have set it up.
[sso-session corp]
sso_start_url = https://my-sso-portal.awsapps.com/start
sso_region = eu-central-1
sso_registration_scopes = sso:account:access

[profile dev-readonly]
sso_session = corp
sso_account_id = 123456789011
sso_role_name = ReadOnly
region = eu-central-1

[profile prod-readonly]
sso_session = corp
sso_account_id = 123456789022
sso_role_name = ReadOnly

[profile prod-admin]
sso_session = corp
sso_account_id = 123456789022
sso_role_name = AdministratorAccess
region = us-east-1

[profile not-mine]
sso_session = corp
sso_account_id = 123456789011
sso_role_name = AdministratorAccess

[profile old-style]
sso_start_url = https://my-sso-portal.awsapps.com/start
sso_region = eu-central-1
sso_account_id = 123456789011
sso_role_name = ReadOnly
"""

# Of the machine's own environment a test sees these alone.
_KEPT = ("PATH", "LANG", "LC_ALL", "TERM", "TMPDIR", "SYSTEMROOT", "CI", "SSOENV_TEST_PWSH", "SSOENV_TEST_BASH32")


@dataclass
class User:
    """A person with a home directory, who types commands into no terminal."""

    home: Path
    environ: dict[str, str]

    @property
    def config(self) -> Path:
        """The AWS config file."""
        return self.home / ".aws" / "config"

    def write_config(self, text: str) -> None:
        """Write the AWS config file."""
        self.config.parent.mkdir(exist_ok=True)
        self.config.write_text(text, encoding="utf-8")

    def ssoenv(self, *words: str, environ: Mapping[str, str] = {}) -> subprocess.CompletedProcess[str]:
        """Run the program without a terminal and return what came of it."""
        return subprocess.run(
            [sys.executable, "-m", "ssoenv", *words],
            env={**self.environ, **environ},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            start_new_session=True,  # no terminal, wherever the tests run
            timeout=60,
            check=False,
        )


@pytest.fixture(autouse=True)
def clean_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the machine's own home, AWS settings or proxies."""
    for name in set(os.environ) - set(_KEPT):
        monkeypatch.delenv(name)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))


@pytest.fixture
def start_portal() -> Iterator[Callable[..., Portal]]:
    """Start embedded portals, each with its own settings."""
    started: list[Portal] = []

    def start(**settings: object) -> Portal:
        portal = Portal(**settings)
        portal.start()
        started.append(portal)
        return portal

    yield start
    for portal in started:
        portal.stop()


@pytest.fixture
def portal(start_portal: Callable[..., Portal]) -> Portal:
    """An embedded portal where each login is approved at once."""
    return start_portal(auto_approve=True)


@pytest.fixture
def user(tmp_path: Path, portal: Portal, clean_environment: None) -> User:
    """A user of the embedded portal, not logged in."""
    user = User(tmp_path / "home", {**os.environ, **portal.environment(), "XDG_RUNTIME_DIR": str(tmp_path)})
    user.write_config(CONFIG)
    return user


@pytest.fixture
def logged_in(user: User) -> User:
    """A user who has logged in."""
    done = user.ssoenv("login", "corp")
    assert done.returncode == 0, done.stderr
    return user
