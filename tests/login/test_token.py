"""The token of a login: how it is refreshed, shared with other programs, and asked for anew when it is over."""

from __future__ import annotations

import json
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from contexts import CORP, LEGACY, World

from ssoenv import login
from ssoenv.aws import oidc, tokens
from ssoenv.aws.config import Session
from ssoenv.errors import ConfigError, NotLoggedIn, ServiceError


def test_token_is_refreshed_under_15_minutes(world, portal):
    """A token near its end is refreshed without the user, and its refresh token with it."""
    first = world.log_in()
    world.clock.time += 3600 - 14 * 60
    second = login.token(CORP, world.context)
    assert second.access_token != first.access_token
    assert second.refresh_token != first.refresh_token
    assert world.token_file()["refreshToken"] == second.refresh_token
    assert portal.calls["StartDeviceAuthorization"] == 1


def test_refresh_keeps_the_keys_of_others(world, portal):
    """What another program has put into the token file survives a refresh."""
    world.log_in()
    path = tokens.token_path(world.context, CORP)
    path.write_text(json.dumps({**world.token_file(), "theirs": 1}))
    world.clock.time += 3600
    login.token(CORP, world.context)
    assert world.token_file()["theirs"] == 1


def test_legacy_token_lasts_by_itself(world, portal):
    """A legacy login asks for no scope: no SDK could refresh its token, so none is handed out."""
    world.log_in(LEGACY)
    assert "refreshToken" not in world.token_file(LEGACY)
    path = tokens.token_path(world.context, Session(None, "https://d-1234567890.awsapps.com/start", "r", None))
    assert path.stem == "7487b5b67d5fa1132cf33fa93ae51ef38cc37752"


def test_spent_refresh_token_is_looked_for_once_more(world, portal):
    """When another program has rotated the refresh token, its new token is taken from the file."""
    world.log_in()
    world.clock.time += 3600
    stale = world.token_file()
    fresh = login.token(CORP, world.context)
    path = tokens.token_path(world.context, CORP)
    new = path.read_text()
    path.write_text(json.dumps(stale))
    asked = oidc.refresh

    def rotate_meanwhile(*arguments):
        path.write_text(new)
        return asked(*arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(oidc, "refresh", rotate_meanwhile)
        assert login.token(CORP, world.context) == fresh
    assert portal.calls["StartDeviceAuthorization"] == 1


def test_session_over_means_a_new_login(world, portal):
    """When the portal's session is over, a refresh fails and the user is asked again."""
    world.log_in()
    world.clock.time += portal.session_lifetime + 1
    login.token(CORP, world.context)
    assert portal.calls["StartDeviceAuthorization"] == 2


def test_lapsed_registration_refreshes_nothing(world, portal):
    """A token whose client is known no more is over at its own time; the user is asked without a try to refresh it."""
    known = world.log_in()
    tokens.write_token(world.context, CORP, replace(known, registration_expires_at=known.expires_at))
    world.clock.time = known.expires_at
    assert not tokens.read_token(world.context, CORP).lives(world.clock.now())
    before = portal.calls["CreateToken"]
    login.token(CORP, world.context)
    assert portal.calls["StartDeviceAuthorization"] == 2
    assert portal.calls["CreateToken"] == before + 1


@pytest.mark.parametrize(("kind", "status"), [("InternalServerException", 500), ("SlowDownException", 400)])
def test_a_fault_does_not_end_a_login(world, portal, monkeypatch, kind, status):
    """A service that can't refresh a login now is no reason to ask its user for another one."""
    world.log_in()
    world.clock.time += 3600
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    portal.fail("CreateToken", status=status, type=kind)
    with pytest.raises(ServiceError, match="Refreshing the login failed"):
        login.token(CORP, world.context)
    assert portal.calls["StartDeviceAuthorization"] == 1
    login.token(CORP, world.context)
    assert portal.calls["StartDeviceAuthorization"] == 1


def test_live_token_outlasts_a_fault_of_the_service(world, portal, monkeypatch):
    """A refresh that fails for the service's reasons, or the network's, leaves the live token in use."""
    first = world.log_in()
    world.clock.time += 3600 - 60
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    portal.fail("CreateToken", status=500, type="InternalServerException")
    assert login.token(CORP, world.context) == first
    monkeypatch.setenv("AWS_ENDPOINT_URL_SSO_OIDC", "http://127.0.0.1:9")
    assert login.token(CORP, world.context) == first
    world.clock.time += 60
    world.change(terminal=False)
    with pytest.raises(ServiceError, match="Could not connect"):
        login.token(CORP, world.context)


def test_login_that_is_read_only_is_not_spent(world, portal, monkeypatch):
    """Where a new token can't be kept, as in a container, the old one serves to its end, and others can refresh it."""
    first = world.log_in()
    with monkeypatch.context() as patch:
        patch.setattr(os, "access", lambda _path, mode: not mode & os.W_OK)  # root may write wherever that is possible
        world.clock.time += 3600 - 60
        assert login.token(CORP, world.context) == first
        world.clock.time += 60
        with pytest.raises(ConfigError, match=r"can't be written. Where it can be, type: ssoenv login corp"):
            login.token(CORP, world.context)
    assert portal.calls["CreateToken"] == 1
    assert login.token(CORP, world.context) != first
    assert portal.calls["StartDeviceAuthorization"] == 1


def test_without_a_terminal_nobody_is_asked(tmp_path, portal):
    """Where nobody can approve, the error says what to type."""
    world = World(tmp_path / "home", terminal=False)
    with pytest.raises(NotLoggedIn, match=r"no valid login for corp.*Type: ssoenv login corp"):
        login.token(CORP, world.context)
    assert portal.calls["RegisterClient"] == 0


@pytest.mark.parametrize(("name", "line"), [("corp-1.eu", "corp-1.eu"), ("my team", "'my team'"), ("a&b", "'a&b'")])
def test_line_to_type_can_be_pasted(tmp_path, portal, name, line):
    """A session whose name is more than one word to a shell stands in quotes."""
    world = World(tmp_path / "home", terminal=False)
    with pytest.raises(NotLoggedIn) as error:
        login.token(CORP._replace(name=name), world.context)
    assert error.value.cure == f"Type: ssoenv login {line}"


def test_torn_token_file_is_read_again(world, portal):
    """A reader that meets half a file, while the AWS CLI rewrites it, tries again."""
    first = world.log_in()
    path = tokens.token_path(world.context, CORP)
    whole = path.read_text()
    path.write_text(whole[:100])
    world.change(sleep=lambda seconds: path.write_text(whole))
    assert login.token(CORP, world.context) == first


def test_broken_token_file_is_never_deleted(tmp_path, portal):
    """A token file that stays unreadable is left alone, and reported as no login."""
    world = World(tmp_path / "home", terminal=False)
    path = tokens.token_path(world.context, CORP)
    path.parent.mkdir(parents=True)
    path.write_text('{"accessToken": "half')
    with pytest.raises(NotLoggedIn):
        login.token(CORP, world.context)
    assert path.read_text() == '{"accessToken": "half'


def test_many_processes_log_in_once(world, portal):
    """Whoever waited for another's login takes its token, rather than open one more page."""
    portal.poll_interval = 0
    started = threading.Barrier(8)

    def ask(_):
        started.wait()
        return login.token(CORP, world.context).access_token

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(ask, range(8)))) == 1
    assert portal.calls["StartDeviceAuthorization"] == 1
