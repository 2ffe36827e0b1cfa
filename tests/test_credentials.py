"""Credentials of a role: from the cache that the AWS CLI has, too, else from the portal; and their end by a logout."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from contexts import CORP, LEGACY, World

from ssoenv import credentials, logout
from ssoenv.aws import roles, tokens
from ssoenv.aws.config import Session
from ssoenv.errors import NoAccess, NotLoggedIn, ServiceError
from ssoenv.login import waiting
from ssoenv.targets import Target


@pytest.fixture
def world(tmp_path):
    return World(tmp_path / "home", terminal=True)


@pytest.fixture
def portal(world, start_portal, lead_to):
    return lead_to(start_portal(auto_approve=True, now=world.clock.now))


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
