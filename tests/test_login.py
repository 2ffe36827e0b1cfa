"""Logins, at the embedded portal, by the user's files and a clock that moves when someone sleeps."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import botocore.loaders
import botocore.session
import pytest
from contexts import CORP, LEGACY, START_URL, Clock, World

from ssoenv import credentials, login, logout
from ssoenv.aws import oidc, roles, tokens
from ssoenv.aws.clients import calling
from ssoenv.aws.config import Session
from ssoenv.aws.times import format_time
from ssoenv.errors import NoAccess, NotLoggedIn, ServiceError, UsageError
from ssoenv.login import Way, waiting
from ssoenv.login.authorization_code import ssh_line
from ssoenv.targets import Target


@pytest.fixture
def world(tmp_path):
    return World(tmp_path / "home", terminal=True)


@pytest.fixture
def portal(world, start_portal, lead_to):
    return lead_to(start_portal(auto_approve=True, now=world.clock.now))


def test_link_and_code_are_printed_before_the_browser_opens(world, portal):
    """Whoever has no browser here needs the link first, and the code to compare."""
    seen = []
    world.change(open_browser=lambda url: seen.append((url, list(world.said))) or True)
    world.log_in()
    ((url, said),) = seen
    code = url.partition("user_code=")[2]
    assert code in said[0]
    assert f"{portal.url}/" in said[1]
    assert "Approve only if you started this" in said[2]


def test_no_browser_is_opened_when_told_not_to(world, portal):
    """--no-browser prints the link and leaves the rest to the user."""
    world.log_in(way=Way(browser=False))
    assert world.opened == []
    assert any(portal.url in line for line in world.said)


def test_a_browser_that_does_not_start(world, portal):
    """Who waits for one is told that none comes, and the login goes on with the link."""
    world.change(open_browser=lambda _url: False)
    world.log_in()
    assert world.said[-1] == "No browser was opened here: open the link on any device."


def test_clients_share_what_botocore_reads(monkeypatch):
    """The services and their models are looked for once a process, and not again for each step of a login."""
    monkeypatch.setattr(botocore.session, "create_loader", botocore.loaders.create_loader)  # the tests' own shares, too
    with (
        calling("One step", "sso-oidc", "eu-central-1") as one,
        calling("The next", "sso-oidc", "eu-central-1") as other,
    ):
        assert one.meta.service_model.metadata is other.meta.service_model.metadata


def test_token_file_is_the_aws_clis(world, portal):
    """The token lies under the name, with the keys and in the mode that the AWS CLI uses."""
    world.log_in()
    path = tokens.token_path(world.context, CORP)
    assert path == world.context.home / ".aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json"
    assert path.stat().st_mode & 0o777 == 0o600
    content = world.token_file()
    assert set(content) == {
        *("startUrl", "region", "accessToken", "expiresAt"),
        *("clientId", "clientSecret", "registrationExpiresAt", "refreshToken"),
    }
    assert content["startUrl"] == START_URL
    assert content["expiresAt"] == format_time(world.clock.now() + 3600)


def test_login_is_skipped_while_it_is_good(world, portal):
    """A second login asks nobody, unless it is forced."""
    first = world.log_in()
    assert world.log_in() == first
    assert portal.calls["StartDeviceAuthorization"] == 1
    assert world.log_in(force=True) != first
    assert portal.calls["StartDeviceAuthorization"] == 2


def test_registration_is_kept(world, portal):
    """The client registers once and is known after that, under the AWS CLI's own file name."""
    world.log_in()
    world.log_in(force=True)
    assert portal.calls["RegisterClient"] == 1
    name = "c6a06e42182fb324db02aec3d36dc183754bc04e"
    assert (
        _registration_name(
            Session("corp", "https://d-1234567890.awsapps.com/start", "eu-west-1", ("sso:account:access",)), world
        )
        == name
    )
    bare = Session("corp", "https://d-1234567890.awsapps.com/start", "eu-west-1", None)
    assert _registration_name(bare, world) == "d4261ff0c50f8c4953fa4fe01693415ac8bca2df"


def _registration_name(session, world):
    registration = tokens.Registration("id", "secret", world.clock.now() + 9e6)
    before = set(tokens.token_cache(world.context).glob("*"))
    tokens.write_registration(world.context, session, registration)
    (path,) = set(tokens.token_cache(world.context).glob("*")) - before
    return path.stem


def test_lapsed_registration_is_renewed_silently(world, portal):
    """A client that the service has forgotten registers again, once."""
    world.log_in()
    portal.clients.clear()
    world.log_in(force=True)
    assert portal.calls["RegisterClient"] == 2


def test_registration_near_its_end_is_not_used(world, portal):
    """One that might lapse while the user still approves is replaced, as the AWS CLI does."""
    world.log_in()
    known = tokens.read_registration(world.context, CORP, CORP.scopes, for_codes=False)
    for minutes, registered in ((16, 1), (15, 2)):
        end = world.clock.now() + minutes * 60
        tokens.write_registration(world.context, CORP, replace(known, expires_at=end))
        world.log_in(force=True)
        assert portal.calls["RegisterClient"] == registered


def test_registration_for_less_is_not_used(world, portal):
    """One that lacks a scope would bring a token that can't be refreshed."""
    world.log_in()
    known = tokens.read_registration(world.context, CORP, CORP.scopes, for_codes=False)
    tokens.write_registration(world.context, CORP, replace(known, scopes=("sso:other",)))
    world.log_in(force=True)
    assert portal.calls["RegisterClient"] == 2


def test_slow_down_makes_the_polling_slower_for_good(world, portal):
    """Each slow_down adds five seconds to the interval (RFC 8628)."""
    portal.auto_approve = False
    portal.fail("CreateToken", status=400, type="SlowDownException", times=2)
    _approve_after(world, portal, polls=4)
    world.log_in()
    assert world.clock.slept == [1, 6, 11, 11, 11]


def test_a_fault_during_the_wait_is_waited_out(world, portal, monkeypatch):
    """A service that has a fault for some polls is asked slower, and the code counts on."""
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    portal.auto_approve = False
    portal.fail("CreateToken", status=500, type="InternalServerException", times=4)
    _approve_after(world, portal, polls=6)
    world.log_in()
    assert world.clock.slept == [1, 6, 11, 16, 21, 1, 1]


def test_a_service_that_is_gone_during_the_wait(world, portal, monkeypatch):
    """One that can't be reached many times in a row ends the login."""
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    world.change(open_browser=lambda _: portal.stop() or True)
    with pytest.raises(ServiceError, match="Waiting for the approval failed: Could not connect"):
        world.log_in()
    assert world.clock.slept == [1, 6, 11, 16, 21, 26]


def _approve_after(world, portal, polls, decide="approve"):
    """Let the user decide once the login has asked *polls* times."""
    sleep = world.clock.sleep

    def sleep_and_decide(seconds):
        sleep(seconds)
        if portal.calls["CreateToken"] == polls:
            (waiting,) = portal.device_authorizations.values()
            if portal.waiting(waiting.user_code):
                getattr(portal, decide)(waiting.user_code)

    world.change(sleep=sleep_and_decide)


def test_refusal_in_the_browser(world, portal):
    """Who presses Deny is told that nothing changed, and how to try again."""
    portal.auto_approve = False
    _approve_after(world, portal, polls=1, decide="deny")
    with pytest.raises(NotLoggedIn, match=r"declined in the browser\. Nothing changed\..*ssoenv login corp"):
        world.log_in()
    assert tokens.read_token(world.context, CORP) is None


def test_nobody_approves(world, portal):
    """A code that lapses is said to have lapsed, with the wrong region as a reason to think of."""
    portal.auto_approve = False
    portal.poll_interval = 60
    with pytest.raises(NotLoggedIn, match=r"Nobody approved the login in time.*Invalid grant provided.*sso_region"):
        world.log_in()


def test_service_that_keeps_it_pending(world, portal):
    """A code's time is over here, too: a service that never says so keeps nobody for ever."""
    portal.auto_approve = False
    portal.poll_interval = 60
    portal.fail("CreateToken", status=400, type="AuthorizationPendingException", times=30)
    with pytest.raises(NotLoggedIn, match="Nobody approved the login in time"):
        world.log_in()
    assert sum(world.clock.slept) == 600


def test_wrong_start_url(world, portal):
    """A start URL that no portal answers is named."""
    wrong = Session("corp", "https://no-such-portal.awsapps.com/start", "eu-central-1", None)
    with pytest.raises(
        NotLoggedIn, match=r"No Identity Center portal answers at https://no-such-portal\.awsapps\.com/start"
    ):
        world.log_in(wrong)


@pytest.mark.parametrize("how", ["request", "page"])
def test_wrong_region(world, portal, how):
    """A wrong SSO region is named as the cause, with where to read the right one."""
    portal.wrong_region = how
    portal.poll_interval = 60
    with pytest.raises(NotLoggedIn, match=r"region is wrong.*region=.*it is eu-central-1 now"):
        world.log_in()


def test_no_network(world, monkeypatch):
    """A service that can't be reached is an error of the network, not of the login."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_SSO_OIDC", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with pytest.raises(ServiceError, match="Could not connect"):
        world.log_in()


def test_link_that_is_not_https_is_not_shown(world, portal, monkeypatch):
    """A service that hands out another kind of link is not trusted with the user's browser."""
    page = "javascript:alert(1)"
    started = oidc.DeviceAuthorization("device-code", "AAAA-BBBB", page, 600, 1)
    monkeypatch.setattr(oidc, "start_device_authorization", lambda *_: started)
    with pytest.raises(ServiceError, match="not https"):
        world.log_in()
    assert world.opened == []


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


def test_logout_ends_the_session_and_what_is_cached(world, portal):
    """After a logout the portal does not take the token, and neither it nor the role's credentials lie around."""
    bearer = world.log_in().access_token
    credentials.obtain(_target(), world.context)
    path = roles.cache_path(world.context, CORP, "123456789011", "ReadOnly")
    assert logout.log_out(CORP, [path], world.context)
    assert tokens.read_token(world.context, CORP) is None
    assert roles.read_file(path, "123456789011", world.context) is None
    from ssoenv.aws import portal as service

    with pytest.raises(service.Unauthorized):
        service.role_names(CORP, bearer, "123456789011")
    assert not logout.log_out(CORP, [], world.context)


def test_logout_everywhere_leaves_other_caches(world, portal):
    """--all ends each login; registrations and credentials that are not SSO's stay."""
    world.log_in()
    world.log_in(LEGACY)
    credentials.obtain(_target(), world.context)
    theirs = Path(world.context.home / ".aws/cli/cache/assumed.json")
    (ours,) = theirs.parent.iterdir()
    theirs.write_text(json.dumps({**json.loads(ours.read_text()), "ProviderType": "assume-role"}))
    assert logout.log_out_everywhere(world.context) == 2
    assert tokens.all_token_paths(world.context) == []
    assert list(theirs.parent.iterdir()) == [theirs]
    assert list(tokens.token_cache(world.context).iterdir())
    assert portal.calls["Logout"] == 2


def _target(role_name="ReadOnly", account_id="123456789011"):
    return Target("dev", CORP, account_id, role_name, "eu-west-1")


def test_credentials_come_from_the_portal_once(world, portal):
    """A second switch within the hour takes the role's credentials from the cache."""
    first = credentials.obtain(_target(), world.context)
    assert credentials.obtain(_target(), world.context) == first
    assert portal.calls["GetRoleCredentials"] == 1
    path = roles.cache_path(world.context, CORP, "123456789011", "ReadOnly")
    assert path.stat().st_mode & 0o777 == 0o600


def test_credentials_for_many_at_once(world, portal):
    """Of several that have none the first asks AWS for all, as when a program starts many of its SDK's clients."""
    world.log_in()
    portal.latency = 0.5
    with ThreadPoolExecutor() as pool:
        found = list(pool.map(lambda _: credentials.obtain(_target(), world.context), range(4)))
    assert len(set(found)) == 1
    assert portal.calls["GetRoleCredentials"] == 1


def test_credentials_with_15_minutes_left_are_used_and_no_others(world, portal):
    """The AWS CLI's rule: under 15 minutes left count as expired."""
    first = credentials.obtain(_target(), world.context)
    world.clock.time = first.expiration - 15 * 60
    assert credentials.obtain(_target(), world.context) == first
    world.clock.time += 1
    assert credentials.obtain(_target(), world.context) != first


def test_role_cache_has_the_aws_clis_names(world):
    """The file names are those that botocore makes of session or start URL, account and role."""
    legacy = Session(None, "https://d-1234567890.awsapps.com/start", "eu-west-1", None)
    names = [roles.cache_path(world.context, session, "111122223333", "Admin").stem for session in (CORP, legacy)]
    assert names == ["0cdbf32b99792a73981dd3f142bc63ab50240b44", "6abb896b6ccaa651ce726de776d08638a3e78017"]


def test_ended_session_costs_one_login(world, portal):
    """A token that the portal refuses is dropped: one new login, and the switch goes on."""
    world.log_in()
    portal.revoke_sessions()
    credentials.obtain(_target(), world.context)
    assert portal.calls["StartDeviceAuthorization"] == 2
    assert portal.calls["GetRoleCredentials"] == 2


def test_portal_that_refuses_each_login(world, portal):
    """When a new login is refused as well, that is said; there is no loop."""
    portal.fail("GetRoleCredentials", status=401, type="UnauthorizedException", message="no", times=9)
    with pytest.raises(NotLoggedIn, match="refuses the login, a new one too"):
        credentials.obtain(_target(), world.context)
    assert portal.calls["GetRoleCredentials"] == 2


def test_a_refusal_of_the_future_is_none(world, portal):
    """What was noted while the clock was ahead does not keep the user from a login until then."""
    portal.auto_approve = False
    _approve_after(world, portal, polls=1, decide="deny")
    with pytest.raises(NotLoggedIn, match="declined"):
        world.log_in()
    (noted,) = world.context.cache_dir.glob("refusals/*")
    noted.write_text(json.dumps({"at": world.context.now() + 1e6}))
    portal.auto_approve = True
    world.log_in()


def test_ended_session_without_a_terminal(tmp_path, world, portal):
    """Where nobody can approve, a refused token is dropped, so that `status` does not call it good."""
    world.log_in()
    portal.revoke_sessions()
    alone = World(tmp_path / "home", terminal=False)
    with pytest.raises(NotLoggedIn):
        credentials.obtain(_target(), alone.context)
    assert tokens.read_token(world.context, CORP) is None


def test_no_access_names_the_roles_there(world, portal):
    """A role that is not assigned is named with its account, and with the roles that are."""
    with pytest.raises(NoAccess, match=r"no role AdministratorAccess in the account 123456789011.*there: ReadOnly"):
        credentials.obtain(_target("AdministratorAccess"), world.context)


@pytest.mark.parametrize(
    ("kind", "status"), [("ForbiddenException", 403), ("UnauthorizedException", 401), ("InternalServerException", 500)]
)
def test_no_access_where_the_roles_are_not_told(world, portal, monkeypatch, kind, status):
    """That there is no access is the answer all the same, whatever comes of asking for the roles there."""
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    portal.fail("ListAccountRoles", type=kind, status=status, times=10)
    with pytest.raises(NoAccess, match=r"no role AdministratorAccess in the account 123456789011\. You have no role"):
        credentials.obtain(_target("AdministratorAccess"), world.context)


def test_account_that_is_gone(world, portal):
    """An account that the portal does not find is one without access, and no fault of the service."""
    portal.fail("GetRoleCredentials", type="ResourceNotFoundException", status=404, times=2)
    with pytest.raises(NoAccess, match="123456789011"):
        credentials.obtain(_target(), world.context)


def test_bearer_token_follows_no_redirect(world, portal, start_portal):
    """A portal that sends us elsewhere gets an error, and elsewhere gets no token."""
    elsewhere = start_portal()
    world.log_in()
    portal.redirect("GetRoleCredentials", f"{elsewhere.url}/federation/credentials")
    with pytest.raises(ServiceError):
        credentials.obtain(_target(), world.context)
    assert elsewhere.requests == []


class Desk(World):
    """A world with a browser on this machine, and the real clock. *visit* is what the browser does with a link."""

    def __init__(self, home):
        super().__init__(home, terminal=True)
        self.visit = open_page
        self.change(now=time.time, sleep=self.doze, open_browser=self.open, has_browser=lambda: True)

    def doze(self, seconds):
        assert time.time() < self.clock.time + 60, "the browser did not come back"
        time.sleep(min(seconds, 0.02))

    def open(self, link):
        self.opened.append(link)
        threading.Thread(target=self.visit, args=(link,), daemon=True).start()
        return True


def open_page(link):
    """Follow *link*, as a browser does that is sent on from the portal; return the last page."""
    with urllib.request.urlopen(link, timeout=10) as page:
        return page.read().decode()


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path / "home")


@pytest.fixture
def desk_portal(start_portal, lead_to):
    return lead_to(start_portal(auto_approve=True))


def registration_file(world):
    (path,) = [
        path
        for path in tokens.token_cache(world.context).iterdir()
        if "accessToken" not in json.loads(path.read_text())
    ]
    return json.loads(path.read_text())


def test_browser_here_means_no_code(desk, desk_portal):
    """A browser on this machine brings the approval by itself: there is no code that could be phished."""
    fresh = desk.log_in()
    assert desk_portal.calls["StartDeviceAuthorization"] == 0
    assert desk.token_file()["accessToken"] == fresh.access_token
    assert fresh.refresh_token
    (link,) = desk.opened
    asked = {name: value for name, (value,) in parse_qs(urlsplit(link).query).items()}
    assert set(asked) == {
        *("response_type", "client_id", "redirect_uri", "state", "code_challenge_method", "code_challenge", "scopes")
    }
    assert asked["scopes"] == "sso:account:access"
    assert asked["redirect_uri"].startswith("http://127.0.0.1:")
    # The link is printed first, and the address that VS Code looks for to forward its port.
    origin = asked["redirect_uri"].removesuffix("/oauth/callback")
    assert link in desk.said[1]
    assert f"Approve only if you started this. Waiting at {origin} for 10 minutes" in desk.said[2]


def test_the_link_is_copied(desk, desk_portal):
    """Who asks for that has on the clipboard what the browser opens."""
    copied = []
    desk.log_in(way=Way(copy=copied.append))
    assert copied == desk.opened


def test_registration_for_codes_is_the_aws_clis(desk, desk_portal):
    """The registration is as `aws sso login` makes and keeps it, and it is used again."""
    desk.log_in()
    desk.log_in(force=True)
    assert desk_portal.calls["RegisterClient"] == 1
    (call,) = [call for call in desk_portal.requests if call.operation == "RegisterClient"]
    assert call.request.document == {
        "clientName": "ssoenv-corp",
        "clientType": "public",
        "grantTypes": ["authorization_code", "refresh_token"],
        "redirectUris": ["http://127.0.0.1/oauth/callback"],
        "issuerUrl": START_URL,
        "scopes": ["sso:account:access"],
    }
    assert registration_file(desk)["grantTypes"] == ["authorization_code", "refresh_token"]


def test_each_flow_refuses_the_others_registration(desk, desk_portal):
    """Both flows share one file; a change of flow registers anew, in the same place."""
    desk.log_in()
    desk.log_in(force=True, way=Way(browser=False))
    assert desk_portal.calls["RegisterClient"] == 2
    assert "grantTypes" not in registration_file(desk)
    desk.log_in(force=True)
    assert desk_portal.calls["RegisterClient"] == 3
    assert "authorization_code" in registration_file(desk)["grantTypes"]


@pytest.mark.parametrize(
    "ask",
    [
        lambda desk: desk.log_in(way=Way(device_code=True)),
        lambda desk: desk.log_in(way=Way(browser=False)),
        lambda desk: desk.log_in(LEGACY),
        lambda desk: desk.log_in(way=Way(draw=lambda link, code: None)),
        lambda desk: desk.change(has_browser=lambda: False) or desk.log_in(),
        lambda desk: desk.change(open_browser=lambda link: False) or desk.log_in(),
    ],
    ids=["--device-code", "--no-browser", "legacy profile", "--qr", "no browser here", "browser does not start"],
)
def test_otherwise_a_code(desk, desk_portal, ask):
    """A device code is asked for where no browser can come back, where AWS offers nothing else, and on request."""
    desk.visit = lambda link: None
    ask(desk)
    assert desk_portal.calls["StartDeviceAuthorization"] == 1
    assert any("the code matches" in line for line in desk.said)


def test_refusal_by_the_browser(desk, desk_portal):
    """Deny comes back by the browser, and ends the login at once."""
    desk_portal.auto_approve = False
    pages = []

    def deny(link):
        data = (urlsplit(link).query + "&decision=denied").encode()
        with urllib.request.urlopen(link.partition("?")[0], data, timeout=10) as page:
            pages.append(page.read().decode())

    desk.visit = deny
    with pytest.raises(NotLoggedIn, match=r"declined in the browser\. Nothing changed\..*ssoenv login corp"):
        desk.log_in()
    assert tokens.read_token(desk.context, CORP) is None


def test_other_errors_of_the_browser_are_told(desk, desk_portal):
    """An error that the service sends by the browser is told in its words, made safe."""

    def visit(link):
        asked = parse_qs(urlsplit(link).query)
        open_page(
            f"{asked['redirect_uri'][0]}?error=server_error&error_description=try+later&state={asked['state'][0]}"
        )

    desk.visit = visit
    with pytest.raises(ServiceError, match=r"AWS answered server_error: try later\. .*ssoenv login corp"):
        desk.log_in()


def test_browser_that_never_comes_back(desk, desk_portal):
    """A closed tab is never heard of: after ten minutes the login ends, and nobody listens any more."""
    clock = Clock()
    desk.visit = lambda link: None
    desk.change(now=clock.now, sleep=clock.sleep)
    started = clock.time
    with pytest.raises(NotLoggedIn, match=r"Nobody approved the login in time.*--device-code"):
        desk.log_in()
    assert 600 <= clock.time - started < 601
    port = urlsplit(parse_qs(urlsplit(desk.opened[0]).query)["redirect_uri"][0]).port
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))


def test_lapsed_registration_for_codes_is_dropped(desk, desk_portal):
    """A client that the service has forgotten meanwhile is not tried a second time."""
    desk.log_in()

    def visit(link):
        desk_portal.clients.clear()
        asked = parse_qs(urlsplit(link).query)
        open_page(f"{asked['redirect_uri'][0]}?code=any&state={asked['state'][0]}")

    desk.visit = visit
    with pytest.raises(ServiceError, match="invalid_client"):
        desk.log_in(force=True)
    desk.visit = open_page
    assert desk.log_in(force=True).access_token in desk_portal.access_tokens


def test_login_page_that_is_not_https(desk, monkeypatch, desk_portal):
    """A page of another kind is neither shown nor opened."""
    monkeypatch.setattr(oidc, "authorize_link", lambda *_: "http://evil.example/authorize")
    with pytest.raises(ServiceError, match="not https"):
        desk.log_in()
    assert desk.opened == []
    assert "evil" not in "".join(desk.said)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def test_tunnel_to_a_remote_machine(desk, desk_portal):
    """With --redirect-port, no browser is needed here: one behind an ssh tunnel comes back by that port."""
    port = free_port()
    desk.change(
        environ={"SSH_CONNECTION": "203.0.113.5 50000 198.51.100.7 22", "USER": "dev"},
        has_browser=lambda: False,
        open_browser=lambda link: False,
    )

    def say(line):
        desk.said.append(line)
        if line.startswith("  http"):
            threading.Thread(target=open_page, args=(line.strip(),), daemon=True).start()

    desk.change(say=say)
    desk.log_in(way=Way(redirect_port=port))
    assert desk_portal.calls["StartDeviceAuthorization"] == 0
    assert f"  ssh -L {port}:127.0.0.1:{port} dev@198.51.100.7" in desk.said
    assert f"127.0.0.1%3A{port}%2F" in desk.said[3]


def test_the_port_is_taken(desk, desk_portal):
    """A port that another program has is named."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(UsageError, match=f"Nobody can listen at port {port}.*--redirect-port"):
            desk.log_in(way=Way(redirect_port=port))


@pytest.mark.parametrize(
    ("environ", "line"),
    [
        ({"USER": "dev", "SSH_CONNECTION": "1.2.3.4 5 6.7.8.9 22"}, "ssh -L 99:127.0.0.1:99 dev@6.7.8.9"),
        ({"USER": "dev", "SSH_CONNECTION": "1.2.3.4 5 ::1 2222"}, "ssh -L 99:127.0.0.1:99 -p 2222 dev@::1"),
        ({"USER": "a b", "SSH_CONNECTION": "1.2.3.4 5 6.7.8.9 22"}, "ssh -L 99:127.0.0.1:99 6.7.8.9"),
        (
            {"USER": "-oProxyCommand=x", "SSH_CONNECTION": "1 2 $(x) 22"},
            f"ssh -L 99:127.0.0.1:99 {socket.gethostname()}",
        ),
    ],
)
def test_ssh_line(environ, line):
    """The line to type tells ssh user, address and port as far as they are known, and no word that runs anything."""
    assert ssh_line(99, environ) == line


def test_vanity_url_is_the_key_and_never_sent(desk, desk_portal, monkeypatch):
    """The service is asked by the address that a vanity one leads to; the token lies under the configured one."""
    from ssoenv.aws import start_urls

    vanity = Session(None, "https://sso.example.com", "eu-central-1", None)
    monkeypatch.setattr(start_urls, "_redirect", lambda url: START_URL)
    desk.visit = lambda link: None
    desk.log_in(vanity)
    (call,) = [call for call in desk_portal.requests if call.operation == "StartDeviceAuthorization"]
    assert call.request.document["startUrl"] == START_URL
    assert desk.token_file(vanity)["startUrl"] == "https://sso.example.com"


@pytest.mark.parametrize("variable", ["", "AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT"])
@pytest.mark.parametrize("region", ["eu-west-1", "cn-north-1", "us-gov-west-1", "us-gov-east-1", "eusc-de-east-1"])
def test_login_page_is_where_botocore_calls(monkeypatch, region, variable):
    """In each partition, with FIPS and with dual-stack, the page's host is the one that botocore sends calls to."""
    import botocore.awsrequest
    import botocore.httpsession

    if variable:
        monkeypatch.setenv(variable, "true")
    called, session = [], CORP._replace(region=region)

    def send(self, request):
        called.append(request.url)
        raise botocore.httpsession.HTTPClientError(error="not sent")

    monkeypatch.setattr(botocore.httpsession.URLLib3Session, "send", send)
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with pytest.raises(ServiceError):
        oidc.register(session, "name", ())
    link = oidc.authorize_link(
        session, tokens.Registration("id", "secret", 0, ("a", "b")), "http://127.0.0.1:1", "s", "c"
    )
    assert link.partition("?")[0] == called[0].replace("/client/register", "/authorize")
    assert "&scopes=a%20b&" in link


def test_endpoint_variable_leads_the_browser_too(monkeypatch):
    """An endpoint of the user's own, with a path, is where the login page is."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_SSO_OIDC", "http://127.0.0.1:9/oidc/")
    link = oidc.authorize_link(CORP, tokens.Registration("id", "secret", 0), "http://127.0.0.1:1", "s", "c")
    assert link.startswith("http://127.0.0.1:9/oidc/authorize?")


def test_countdown_at_a_terminal(world, portal):
    """Who waits sees each second how long the code is good, on one line that is gone in the end."""
    shown = []
    portal.auto_approve = False
    portal.poll_interval = 3
    world.change(show=shown.append)
    _approve_after(world, portal, polls=1)
    world.log_in()
    left = ("10:00", "9:59", "9:58", "9:57", "9:56", "9:55")
    assert shown == [*(f"Waiting for the approval: {time} left" for time in left), ""]
    assert set(world.clock.slept) == {1}


def test_countdown_is_gone_after_an_error(world, portal):
    """The line does not stay when the login fails."""
    shown = []
    portal.auto_approve = False
    world.change(show=shown.append)
    _approve_after(world, portal, polls=1, decide="deny")
    with pytest.raises(NotLoggedIn):
        world.log_in()
    assert shown[-1] == ""


@pytest.mark.parametrize("path", ["/client/register", "/token", "/federation/credentials"])
def test_a_slow_answer(world, portal, path):
    """Who waits at a terminal is told that AWS has not answered yet, at a login, a refresh and a switch."""
    told, answer = threading.Event(), portal.answer

    def say(line):
        if "AWS has not answered yet" in line:
            told.set()

    def slowly(request):
        assert request.path != path or told.wait(20)
        return answer(request)

    if path != "/client/register":
        world.log_in()
        world.clock.time += 3000  # the token is due to be refreshed
    portal.answer = slowly
    world.change(say=say)
    credentials.obtain(_target(), world.context)
    assert told.is_set()


def test_nobody_is_told_of_a_slow_answer(world, portal, monkeypatch):
    """A background renewal and a script have nobody to tell."""
    world.log_in()
    before, portal.latency = list(world.said), 0.3
    monkeypatch.setattr(waiting, "_PATIENCE", 0.01)
    world.change(terminal=False)
    credentials.obtain(_target(), world.context)
    assert world.said == before


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


def test_a_later_try_asks_again(world, portal):
    """What was declined once is asked for again when the user tries again."""
    portal.auto_approve = False
    _approve_after(world, portal, polls=1, decide="deny")
    with pytest.raises(NotLoggedIn):
        login.token(CORP, world.context)
    portal.auto_approve = True
    assert login.token(CORP, world.context).access_token in portal.access_tokens
