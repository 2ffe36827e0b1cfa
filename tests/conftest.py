"""What every test shares: an empty home, a clean environment, the embedded portal, the program."""

from __future__ import annotations

import functools
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import botocore.session
import pytest
from user import CONFIG, User

from ssoenv.demo.portal import Portal

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# Of the machine's own environment a test sees these alone.
_KEPT = ("PATH", "LANG", "LC_ALL", "TERM", "TMPDIR", "SYSTEMROOT", "CI", "SSOENV_TEST_PWSH", "SSOENV_TEST_BASH32")

# Each of botocore's sessions reads its files of services and endpoints anew, which takes longer than asking the portal.
botocore.session.create_loader = functools.cache(botocore.session.create_loader)


def pytest_xdist_auto_num_workers() -> int:
    """Run twice as many tests as there are processors: half of the time they wait for what they have started."""
    return 2 * (os.cpu_count() or 1)


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
def lead_to(monkeypatch: pytest.MonkeyPatch) -> Callable[[Portal], Portal]:
    """Lead this very process to a portal, and hand that back."""

    def lead(portal: Portal) -> Portal:
        for name, value in portal.environment().items():
            monkeypatch.setenv(name, value)
        return portal

    return lead


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
def logged_in(user: User, portal: Portal) -> User:
    """A user who has logged in by another program, which uses the same cache."""
    user.log_in_elsewhere(portal.url)
    return user


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The system's Chromium, which asks nothing of the outside."""
    driver = pytest.importorskip("playwright.sync_api").sync_playwright
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if program is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("Chromium is not installed")
    options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with driver() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=options)
        yield browser
        browser.close()
