"""`ssoenv logout`."""

from __future__ import annotations

import json
import signal
import socket

from screen import ENTER
from user import CONFIG


def test_ends_the_login_and_deletes_what_is_cached(logged_in):
    """After it neither a profile's credentials nor those of a role without profile lie in the cache."""
    logged_in.ssoenv("accounts", "--session", "corp")
    for words in (["dev-readonly"], ["ProductionAccount/AdministratorAccess"]):
        logged_in.does("use", *words, "--shell", "sh")
    cache = logged_in.home / ".aws" / "cli" / "cache"
    assert len(list(cache.iterdir())) == 2
    switched = {"AWS_SSO_PROFILE": "dev-readonly", "AWS_ACCESS_KEY_ID": "ASIAX"}
    done = logged_in.ssoenv("logout", "corp", environ=switched)
    assert done.stderr == (
        "Logged out of corp. The keys in this shell stay good until they expire; to take them out: ssouse --off\n"
    )
    assert list(cache.iterdir()) == []
    assert logged_in.ssoenv("use", "dev-readonly", "--shell", "sh").returncode == 3


def test_a_portal_is_forgotten(user):
    """With the login goes all that is kept of a portal that no config file has."""
    user.config.unlink()
    portal = ("--start-url", "my-sso-portal.awsapps.com/start", "--sso-region", "eu-central-1")
    user.does("login", *portal)
    listed = user.home / ".cache" / "ssoenv" / "inventory"
    user.does("accounts")
    assert list(listed.glob("*.json"))
    done = user.ssoenv("logout", "--forget", "my-sso-portal")
    assert not list(listed.glob("*.json"))
    assert done.stderr == "Logged out of my-sso-portal.\nmy-sso-portal is forgotten.\n"
    assert "my-sso-portal" not in user.ssoenv("settings").stdout
    assert "my-sso-portal" not in (user.home / ".cache/ssoenv/sessions").read_text("utf-8")
    assert user.ssoenv("login", "my-sso-portal").returncode == 2


def test_a_portal_that_was_configured_since_stays_so(logged_in):
    """What was remembered of it goes, and its region stays."""
    entry = {"start_url": "https://my-sso-portal.awsapps.com/start", "region": "us-east-1"}
    folder = logged_in.home / ".config/ssoenv"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sessions.json").write_text(json.dumps({"sessions": {"corp": entry}}))
    (folder / "regions.json").write_text('{"corp": "eu-west-1"}')
    done = logged_in.ssoenv("logout", "--forget", "corp")
    assert done.stderr == f"Logged out of corp.\ncorp is now in {logged_in.config} alone.\n"
    assert json.loads((folder / "sessions.json").read_text()) == {"sessions": {}}
    assert json.loads((folder / "regions.json").read_text()) == {"corp": "eu-west-1"}


def test_a_configured_portal_is_not_forgotten(logged_in):
    """It stays, and so does the login."""
    done = logged_in.ssoenv("logout", "--forget", "corp")
    assert done.returncode == 2
    assert "corp is in a config file, so nothing was changed." in done.stderr
    assert "Still logged in to corp" in logged_in.ssoenv("login", "corp").stderr


def test_without_a_login(user):
    """Where there is no login it says so, and that is no failure."""
    done = user.ssoenv("logout", "corp")
    assert (done.returncode, done.stderr) == (0, "There was no login to corp.\n")


def test_ctrl_c_tells_what_is_done(logged_in):
    """Who does not wait until the portal is told has no login here any more, and is told so."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(60)
        logged_in.environ["AWS_ENDPOINT_URL_SSO"] = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with logged_in.start("logout", "corp") as process:
            asked, _ = silent.accept()
            with asked:
                assert asked.recv(1)
                process.send_signal(signal.SIGINT)
                _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (130, "Cancelled. The portal was not told that the login is over.\n")
    assert logged_in.ssoenv("use", "dev-readonly", "--shell", "sh").returncode == 3


def test_an_odd_file_keeps_no_login_alive(logged_in):
    """What can't be read is told; the logins that can be ended are, and roles that can be forgotten."""
    for folder in ("sso", "cli"):
        odd = logged_in.home / ".aws" / folder / "cache" / "odd.json"
        odd.mkdir(parents=True)
    done = logged_in.does("logout", "--all")
    assert done.stderr.count("odd.json is a directory, not a file.") == 2
    assert "Logged out of 1 session." in done.stderr


def test_one_of_several_is_chosen(logged_in):
    """At a terminal, who names none of several sessions chooses one."""
    logged_in.write_config(f"[sso-session lab]\nsso_start_url = https://lab/start\nsso_region = eu-west-1\n{CONFIG}")
    screen = logged_in.at_terminal("logout")
    screen.until("SSO session:")
    screen.press("corp", ENTER)
    assert screen.finish() == 0
    assert screen.lines[-1] == "Logged out of corp."
