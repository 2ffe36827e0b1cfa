"""Logins by a device code, at the embedded portal, with a clock that moves when someone sleeps."""

from __future__ import annotations

import json
from dataclasses import replace

import botocore.loaders
import botocore.session
import pytest
from contexts import CORP, START_URL

from ssoenv import login
from ssoenv.aws import oidc, tokens
from ssoenv.aws.clients import calling
from ssoenv.aws.config import Session
from ssoenv.aws.times import format_time
from ssoenv.errors import NotLoggedIn, ServiceError
from ssoenv.login import Way


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


def test_a_later_try_asks_again(world, portal):
    """What was declined once is asked for again when the user tries again."""
    portal.auto_approve = False
    _approve_after(world, portal, polls=1, decide="deny")
    with pytest.raises(NotLoggedIn):
        login.token(CORP, world.context)
    portal.auto_approve = True
    assert login.token(CORP, world.context).access_token in portal.access_tokens
