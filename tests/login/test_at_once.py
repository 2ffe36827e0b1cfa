"""Many processes that need the same login at once: one asks for it, and all abide by the answer."""

from __future__ import annotations

import os
import subprocess
import sys
import time

from contexts import CORP, World

from ssoenv.aws import tokens

_ONE_OF_MANY = """
import sys, time
from pathlib import Path
from ssoenv import login
from ssoenv.aws.config import Session
from ssoenv.context import Context
from ssoenv.errors import NotLoggedIn

home = Path(sys.argv[1])
session = Session("corp", "https://my-sso-portal.awsapps.com/start", "eu-central-1", ("sso:account:access",))
context = Context(
    {}, home, home / ".cache", home / "none", True, time.time, time.sleep, lambda line: None, lambda link: True
)
print("started", flush=True)
try:
    print(login.token(session, context).access_token)
except NotLoggedIn as error:
    print(type(error).__name__, error)
"""


def ask_at_once(count, home, portal, decide):
    """Let *count* processes ask for a token, and the user decide when all do; return what each of them printed."""
    crowd = [
        subprocess.Popen(
            [sys.executable, "-c", _ONE_OF_MANY, str(home)],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **portal.environment()},
        )
        for _ in range(count)
    ]
    try:
        for one in crowd:
            assert one.stdout.readline() == "started\n"
        while not portal.device_authorizations:
            time.sleep(0.01)
        (waiting,) = portal.device_authorizations.values()
        getattr(portal, decide)(waiting.user_code)
        return [one.communicate(timeout=60)[0] for one in crowd]
    finally:
        for one in crowd:
            one.kill()
            one.communicate()


def test_fifty_shells_open_one_tab(tmp_path, start_portal):
    """Fifty processes find the token expired at once: one logs in, the others wait for it and take its token."""
    portal = start_portal()
    home = tmp_path / "home"
    expired = tokens.Token("expired", time.time() - 1)
    tokens.write_token(World(home, terminal=False).context, CORP, expired)
    answers = ask_at_once(50, home, portal, "approve")
    assert len(set(answers)) == 1
    assert answers[0].strip() in portal.access_tokens
    assert portal.calls["StartDeviceAuthorization"] == 1
    assert portal.calls["RegisterClient"] == 1


def test_a_no_is_a_no_to_all_that_wait(tmp_path, start_portal):
    """When the user declines, those that waited for the same login do not ask again one after the other."""
    portal = start_portal()
    home = tmp_path / "home"
    home.mkdir(exist_ok=True)
    answers = ask_at_once(5, home, portal, "deny")
    assert portal.calls["StartDeviceAuthorization"] == 1
    assert all(answer.startswith("NotLoggedIn") for answer in answers)
    assert sum("declined in the browser" in answer for answer in answers) == 1
    assert sum("it came to nothing" in answer for answer in answers) == 4
