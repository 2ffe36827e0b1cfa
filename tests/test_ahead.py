"""After a login, what was used last is got ahead."""

from __future__ import annotations

import json
import time

import pytest
from user import CONFIG

USED = ("dev-readonly", "prod-admin", "prod-readonly")
MORE = """
[profile more-{0}]
sso_session = corp
sso_account_id = 123456789022
sso_role_name = ReadOnly
region = eu-central-{0}
"""


def kept(user) -> int:
    """Return how many roles have credentials in the cache."""
    return len(list((user.home / ".aws" / "cli" / "cache").glob("*.json")))


def forget(user) -> None:
    for path in (user.home / ".aws" / "cli" / "cache").glob("*.json"):
        path.unlink()


@pytest.fixture
def used(logged_in):
    """A user who has switched to three profiles, some time ago."""
    for name in USED:
        logged_in.does("use", name, "--shell", "sh")
    forget(logged_in)
    return logged_in


def test_first_switches_after_a_login_are_warm(used, portal):
    """What was used last is there soon, each asked for once; the switch then asks nobody."""
    before = portal.calls["GetRoleCredentials"]
    used.does("login", "corp", "--force")
    end = time.monotonic() + 30
    while kept(used) < len(USED) and time.monotonic() < end:
        time.sleep(0.05)
    assert portal.calls["GetRoleCredentials"] - before == kept(used) == len(USED)
    for name in USED:
        used.does("use", name, "--shell", "sh")
    assert portal.calls["GetRoleCredentials"] - before == len(USED)


def test_few_are_got_and_failures_pass(used, portal):
    """Five at most, those used last, whatever else is noted; a role that is not granted is passed over in silence."""
    used.write_config(CONFIG + "".join(MORE.format(number) for number in range(1, 4)))
    (recent,) = used.home.rglob("recent.json")
    names = ["not-mine", "gone", "dev-readonly", "more-1", "more-2", "more-3", "prod-admin", "old-style"]
    recent.write_text(json.dumps({"names": names}))
    before = portal.calls["GetRoleCredentials"]
    done = used.ssoenv("login", "--fetch-ahead=corp")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    # not-mine is refused, and the three called more are one role, which is asked for once.
    assert portal.calls["GetRoleCredentials"] - before == 3
    assert kept(used) == 2


def test_asks_for_no_login(used, portal):
    """Without a login there is nothing to get, and nobody is asked for one."""
    for path in (used.home / ".aws" / "sso" / "cache").glob("*.json"):
        path.unlink()
    portal.calls.clear()
    done = used.ssoenv("login", "--fetch-ahead=corp")
    assert (done.returncode, done.stdout, done.stderr, portal.calls) == (0, "", "", {})
