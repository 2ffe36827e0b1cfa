"""`ssoenv accounts` and `ssoenv roles`."""

from __future__ import annotations

import json
import os
import re
import signal
import threading
from pathlib import Path

import pytest
from contexts import context_of
from user import User

from ssoenv import files
from ssoenv.demo.portal import EXAMPLE, Account, Organisation, Portal

CONFIG = """\
[sso-session corp]
sso_start_url = https://my-sso-portal.awsapps.com/start
sso_region = eu-central-1
sso_registration_scopes = sso:account:access
"""


class Announcing(Portal):
    """A portal that tells when the accounts, and when the roles of one more account were asked for."""

    def __init__(self, **settings):
        super().__init__(**settings)
        self.accounts_asked = threading.Event()
        self.watched = 0
        self.watched_reached = threading.Event()

    def planned(self, operation):
        if operation == "ListAccounts":
            self.accounts_asked.set()
        if operation == "ListAccountRoles" and self.calls[operation] == self.watched:
            self.watched_reached.set()
        return super().planned(operation)


@pytest.fixture
def start(tmp_path, user, request):
    """Start a portal and return it with a user who has logged in there."""

    def start(organisation: Organisation) -> tuple[Announcing, User]:
        portal = Announcing(organisation=organisation, auto_approve=True)
        portal.start()
        request.addfinalizer(portal.stop)
        there = User(user.home, {**user.environ, **portal.environment()})
        there.write_config(CONFIG)
        there.log_in_elsewhere(portal.url)
        portal.calls.clear()
        return portal, there

    return start


def test_accounts_in_a_pipe(start):
    """The first time they are listed from the portal, then from the cache, with its age: id, name, e-mail a line."""
    portal, user = start(EXAMPLE)
    first = user.does("accounts")
    lines = first.stdout.splitlines()
    assert len(lines) == len(EXAMPLE.accounts)
    assert "123456789011\tDeveloperAccount\tdeveloper-account-admin@example.com" in lines
    assert first.stderr == ""
    calls = portal.calls.total()
    assert calls == len(EXAMPLE.accounts) + 1

    second = user.ssoenv("accounts")
    assert second.stdout == first.stdout
    assert second.stderr == "As of just now.\n"
    assert portal.calls.total() == calls

    assert user.ssoenv("accounts", "--refresh").stdout == first.stdout
    assert portal.calls.total() == 2 * calls


def test_json(start):
    """--json holds the same by name, in both commands."""
    _, user = start(EXAMPLE)
    accounts = json.loads(user.ssoenv("accounts", "--json").stdout)
    developer = {"account_id": "123456789011", "account_name": "DeveloperAccount"}
    assert {**developer, "email": "developer-account-admin@example.com"} in accounts
    roles = json.loads(user.ssoenv("roles", "--json").stdout)
    assert len(roles) == sum(len(account.roles) for account in EXAMPLE.accounts)
    assert {"account_id": "123456789011", "account_name": "DeveloperAccount", "role_name": "ReadOnly"} in roles


def test_roles_of_an_account(start):
    """An account is named by id or by an unambiguous part; an ambiguous one lists the candidates."""
    _, user = start(EXAMPLE)
    two = "123456789022\tProductionAccount\tAdministratorAccess\n123456789022\tProductionAccount\tReadOnly\n"
    assert user.ssoenv("roles", "123456789022").stdout == two
    assert user.ssoenv("roles", "production-acc").stdout == two

    done = user.ssoenv("roles", "payments")
    assert done.returncode == 2
    assert done.stdout == ""
    for stage in ("dev", "staging", "prod", "sandbox"):
        assert f"payments-{stage} (" in done.stderr

    assert user.ssoenv("roles", "nowhere").returncode == 2


def test_not_logged_in(start):
    """Without a login and a terminal it fails as every command does; a cached inventory is served all the same."""
    portal, user = start(EXAMPLE)
    first = user.ssoenv("roles")
    user.does("logout")
    assert user.ssoenv("roles").stdout == first.stdout
    done = user.ssoenv("roles", "--refresh")
    assert done.returncode == 3
    assert "ssoenv login corp" in done.stderr
    assert portal.calls["StartDeviceAuthorization"] == 0


def test_accounts_refused(start):
    """A portal that takes the login, and does not let its accounts be listed, is told as what it is."""
    portal, user = start(EXAMPLE)
    for words in (["accounts", "--refresh"], ["configure", "--all", "--session", "corp", "--region", "eu-west-1"]):
        portal.fail("ListAccounts", type="ForbiddenException", message="No access")
        done = user.ssoenv(*words)
        assert done.returncode == 4
        assert "the portal refuses to list accounts: No access. Is sso:account:access among" in done.stderr


HOSTILE = Organisation(
    (
        Account("000000000001", "\x1b]0;owned\x07\x1b[2J", "a\u202eb@x", ("\x1b[31mAdmin", "ok\x7f")),
        Account("000000000002", "two\nlines\tand a tab", "\ud800", ("R",)),
    )
)


@pytest.mark.parametrize("command", ["accounts", "roles"])
def test_hostile_names_reach_no_terminal(start, command):
    """No control character, direction mark or line break of a name is printed: in a pipe, JSON, a table or an error."""
    _, user = start(HOSTILE)
    piped = user.ssoenv(command)
    assert len(piped.stdout.splitlines()) == (2 if command == "accounts" else 3)
    assert "\\x1b]0;owned\\x07\\x1b[2J" in piped.stdout
    assert "two\\x0alines\\x09and a tab" in piped.stdout
    ambiguous = user.ssoenv("roles", "a").stderr
    assert "Several accounts fit a: " in ambiguous
    for text in (piped.stdout, user.ssoenv(command, "--json").stdout, ambiguous):
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", text)

    shown = _shown(user, command, columns=200, NO_COLOR="1", TERM="dumb")
    assert re.search(r"ACCOUNT +NAME +(E-MAIL|ROLE)", shown)
    assert "owned" in shown
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202e]", shown)


def _shown(user, *words, **more):
    """Return all that the program has written to a terminal in the end."""
    screen = user.at_terminal(*words, **more)
    assert screen.finish() == 0
    return screen.sent.decode()


def test_progress_on_a_terminal(start):
    """On a terminal the count moves on stderr, with the seconds left; the table follows on stdout."""
    portal, user = start(Organisation.sized(30, 1))
    assert re.search(r"(?s)Accounts \d+/30.*Accounts \d+/30 · \d+ s left.*account-00030", _shown(user, "accounts"))
    assert portal.calls["ListAccountRoles"] == 30


def test_progress_for_a_screen_reader(start):
    """With the setting for a screen reader nothing is drawn over; what has to be said is a line."""
    portal, user = start(Organisation.sized(12, 1))
    settings = user.home / "settings.toml"
    settings.write_text("accessible = true\n")
    portal.fail("ListAccountRoles", type="TooManyRequestsException", status=429, times=3)
    shown = _shown(user, "accounts", SSOENV_CONFIG=str(settings), NO_COLOR="1")
    first, *table = shown.splitlines()
    assert re.fullmatch(r"AWS is rate-limiting; \d+/12 accounts read\.", first)
    assert len(table) == 13
    assert "━" not in shown


def test_rate_limit_is_said(start):
    """When AWS refuses requests for their rate, the bar says so; without a terminal it is one line."""
    portal, user = start(Organisation.sized(12, 1))
    portal.fail("ListAccountRoles", type="TooManyRequestsException", status=429, times=3)
    assert re.search(r"AWS is rate-limiting; \d+/12 accounts read", _shown(user, "accounts"))

    portal.fail("ListAccountRoles", type="TooManyRequestsException", status=429, times=3)
    done = user.ssoenv("accounts", "--refresh")
    assert len(done.stdout.splitlines()) == 12
    assert re.fullmatch(r"AWS is rate-limiting; \d+/12 accounts read\.\n", done.stderr)


def _interrupted(portal, user, *words):
    """Press Ctrl-C in the middle of a listing; return the exit code, stdout and stderr."""
    portal.watched = 24
    with user.start(*words) as process:
        assert portal.watched_reached.wait(60)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    return process.returncode, out, err


def test_ctrl_c_after_a_login(start):
    """Who cancels the listing has logged in by then, and is told so."""
    portal, user = start(Organisation.sized(40, 1))
    code, _, err = _interrupted(portal, user, "login", "--start-url", portal.organisation.start_url)
    assert (code, err.splitlines()[-1]) == (130, "Cancelled. The login stays, and the next listing goes on from here.")


def test_ctrl_c_ends_at_once_and_keeps_what_was_read(start):
    """Ctrl-C in the middle ends with 130 and without a traceback; the next run asks for the rest alone."""
    portal, user = start(Organisation.sized(40, 1))
    assert _interrupted(portal, user, "accounts") == (130, "", "Cancelled. The next listing goes on from here.\n")
    (partial,) = user.home.rglob("inventory/*.partial")
    kept = len(partial.read_bytes().splitlines()) - 1
    assert kept >= 24 - 4
    portal.calls.clear()
    assert len(user.ssoenv("accounts").stdout.splitlines()) == 40
    assert portal.calls == {"ListAccountRoles": 40 - kept}


def _grow_old(user):
    (path,) = user.home.rglob("inventory/*.json")
    content = json.loads(path.read_text())
    content["fetched_at"] -= 25 * 3600
    path.write_text(json.dumps(content))
    return path


def test_old_inventory_is_listed_anew_in_the_background(start):
    """One older than a day is served at once, while a process of its own lists anew and says nothing."""
    portal, user = start(Organisation.sized(5, 1))
    first = user.ssoenv("accounts")
    path = _grow_old(user)
    portal.accounts_asked.clear()
    portal.organisation = Organisation.sized(6, 1)

    old = user.ssoenv("accounts")
    assert old.stdout == first.stdout
    assert old.stderr.startswith("As of 1 d 1 h ago;")
    assert portal.accounts_asked.wait(60)
    # The background process holds the lock of the inventory until the new one is written.
    context = _context(user, path)
    with files.lock(context, f"inventory-{path.stem}", ""):
        pass
    assert user.ssoenv("accounts").stdout.splitlines()[5].endswith("account-00006\taws+account-00006@example.com")
    assert portal.calls["ListAccounts"] == 2


def test_background_listing_is_started_once_and_only_with_a_login(start):
    """Shells that find it old at once don't start a process each, unless there is a new login; without one none is."""
    portal, user = start(Organisation.sized(5, 1))
    user.ssoenv("accounts")
    path = _grow_old(user)
    login = user.token_file.read_text()
    user.token_file.unlink()
    user.ssoenv("accounts")
    started = path.with_suffix(".started")
    assert not started.exists()

    user.token_file.write_text(login)
    portal.accounts_asked.clear()
    user.ssoenv("accounts")
    assert portal.accounts_asked.wait(60)
    first = started.stat().st_mtime_ns
    with files.lock(_context(user, path), f"inventory-{path.stem}", ""):
        _grow_old(user)
    user.ssoenv("accounts")
    assert started.stat().st_mtime_ns == first

    portal.accounts_asked.clear()
    os.utime(user.token_file, ns=(first + 10**9, first + 10**9))
    user.ssoenv("accounts")
    assert portal.accounts_asked.wait(60)


def test_background_listing_runs_no_code_of_its_folder(start):
    """A module that lies where the background process runs, named like one that ssoenv needs, is not loaded."""
    portal, user = start(Organisation.sized(5, 1))
    user.ssoenv("accounts")
    _grow_old(user)
    portal.accounts_asked.clear()
    (user.home / "typer.py").write_text("open('sprung', 'w')\n")
    user.ssoenv("accounts")
    assert portal.accounts_asked.wait(60)
    assert not (user.home / "sprung").exists()


def _context(user, path):
    return context_of(user.home, cache_dir=Path(path).parent.parent)
