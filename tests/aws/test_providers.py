"""Profiles of every other kind than SSO: their credentials, as STS sees them, and what stands in the way of some."""

from __future__ import annotations

import json
import os
import shlex
import stat
import subprocess
import sys
import time
from dataclasses import replace

import pytest
from contexts import context_of

from ssoenv import credentials, logout, switch
from ssoenv.aws import config, roles, sts
from ssoenv.aws.profiles import OtherProfile, Profiles, kind_of
from ssoenv.aws.providers import credentials_of
from ssoenv.demo.portal import Portal, mint
from ssoenv.demo.portal.state import RoleSession, Trust
from ssoenv.demo.portal.wire import Response
from ssoenv.errors import ConfigError, NoAccess, NotLoggedIn, ServiceError, UsageError
from ssoenv.targets import Target, of_other

DEPLOY = "arn:aws:iam::123456789022:role/team/deploy"
AUDIT = "arn:aws:iam::210987654321:role/audit"
MFA = "arn:aws:iam::123456789011:mfa/ada"
IRELAND = "region = eu-west-1\n"

SSO = """
[sso-session corp]
sso_start_url = https://my-sso-portal.awsapps.com/start
sso_region = eu-central-1

[profile base]
sso_session = corp
sso_account_id = 123456789011
sso_role_name = ReadOnly
region = eu-central-1
"""


class World:
    """A user's two files at the embedded portal; what is said to the user is recorded."""

    def __init__(self, home, portal):
        self.home = home
        self.portal = portal
        self.said = []
        (home / ".aws").mkdir()
        self.context = context_of(
            home,
            environ=os.environ,
            cache_dir=home / ".cache/ssoenv",
            terminal=True,
            say=self.said.append,
            open_browser=lambda _: True,
        )

    def write(self, text, credentials=""):
        (self.home / ".aws/config").write_text(text)
        (self.home / ".aws/credentials").write_text(credentials)

    def write_role(self, source, rest=""):
        """Write the profile `deploy`, with a role by the SSO profile `base` or a user's own keys; *rest* follows."""
        role = f"[profile deploy]\nrole_arn = {DEPLOY}\nsource_profile = {source}\n"
        self.write(f"{SSO}\n{role}{rest}", f"[own]\n{self.user_keys()}")

    def get(self, name):
        def obtain(profile):
            target = Target(profile.name, profile.session, profile.account_id, profile.role_name, profile.region)
            return credentials.obtain(target, self.context)

        return credentials_of(name, self.context, obtain)

    def arn(self, found):
        """Return whose credentials STS takes these for."""
        return sts.caller_identity("eu-west-1", found).arn

    def user_keys(self, account_id="123456789011"):
        """Return the keys of an IAM user, who has no session token, as settings."""
        user = RoleSession(
            account_id=account_id,
            role_name="",
            access_key_id="AKIA" + mint.access_key_id(account_id)[4:],
            secret_access_key=mint.secret_access_key(),
            session_token="",
            expires_at=float("inf"),
            arn=f"arn:aws:iam::{account_id}:user/ada",
        )
        self.portal.role_sessions[user.access_key_id] = user
        return f"aws_access_key_id = {user.access_key_id}\naws_secret_access_key = {user.secret_access_key}\n"

    def role_answer(self, **changes):
        """Return what a credential process prints for keys of a role, as an object."""
        role = self.portal.new_role_session("123456789022", "Deployment", "arn:aws:sts::123456789022:assumed-role/d/p")
        answer = {
            "Version": 1,
            "AccessKeyId": role.access_key_id,
            "SecretAccessKey": role.secret_access_key,
            "SessionToken": role.session_token,
            "Expiration": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(role.expires_at)),
        }
        return {**answer, **changes}

    def process(self, body):
        """Write a program, and return the setting that names it."""
        program = self.home / "a process.py"
        program.write_text(body)
        return f"credential_process = {shlex.join([sys.executable, str(program)])}\n"


@pytest.fixture
def world(tmp_path, portal, lead_to, monkeypatch):
    lead_to(portal)
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    # What the environment says about credentials is not about a profile that was asked for by name.
    hostile = {
        "AWS_ACCESS_KEY_ID": "ASIAQNZGKIQY56JQ7WML",
        "AWS_SECRET_ACCESS_KEY": "stale",
        "AWS_SESSION_TOKEN": "stale",
        "AWS_PROFILE": "in-no-file",
        "AWS_DEFAULT_PROFILE": "in-no-file",
        "AWS_ROLE_ARN": "arn:aws:iam::999999999999:role/wrong",
        "AWS_ROLE_SESSION_NAME": "wrong",
        "AWS_WEB_IDENTITY_TOKEN_FILE": "/in/no/folder",
        "AWS_CREDENTIAL_FILE": "/in/no/folder",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:9/",
        "AWS_DEFAULT_REGION": "cn-north-1",
    }
    for name, value in hostile.items():
        monkeypatch.setenv(name, value)
    return World(tmp_path / "home", portal)


def run_apart(code, stdin=""):
    return subprocess.run(
        [sys.executable, "-c", code], input=stdin, capture_output=True, text=True, timeout=60, check=False
    )


def in_seconds(found):
    return round(found.expiration - time.time())


# Each kind


@pytest.mark.parametrize("place", ["config", "credentials"])
def test_static_keys(world, place):
    """A user's own keys are given as they are: they have no session token and no end."""
    keys = world.user_keys()
    if place == "config":
        world.write(f"[profile own]\n{keys}")
    else:
        world.write("", f"[own]\n{keys}")
    found = world.get("own")
    assert world.arn(found) == "arn:aws:iam::123456789011:user/ada"
    assert (found.session_token, found.expiration, found.account_id) == (None, None, "123456789011")


@pytest.mark.parametrize("place", ["config", "credentials"])
def test_keys_with_a_noted_end(world, place):
    """Short-lived keys end when the note beside them says; one that is no time, or beside other keys, says nothing."""
    answer = world.role_answer()
    names = {
        "aws_access_key_id": "AccessKeyId",
        "aws_secret_access_key": "SecretAccessKey",
        "aws_session_token": "SessionToken",
    }
    keys = "".join(f"{name} = {answer[field]}\n" for name, field in names.items())

    def note(time):
        own, other = f"{keys}x_security_token_expires = {time}\n", "x_security_token_expires = 2020-01-01T00:00:00Z\n"
        if place == "config":
            world.write(f"[profile k]\n{own}", f"[k]\n{other}")
        else:
            world.write(f"[profile k]\naws_access_key_id = AKIAOTHER\n{other}", f"[k]\n{own}")

    note(answer["Expiration"])
    assert 3500 < in_seconds(world.get("k")) <= 3600
    note("soon")
    assert world.get("k").expiration is None
    note("2020-01-01T01:00:00+01:00")
    with pytest.raises(ConfigError, match="expired at 2020-01-01T00:00:00Z") as raised:
        world.get("k")
    assert "ssoenv get NAME --write --as k, or ssoenv get --prune" in raised.value.cure


def test_users_own_keys_have_no_end(world):
    """What earlier keys have left beside keys without a session token does not end these."""
    world.write("", f"[own]\n{world.user_keys()}x_security_token_expires = 2020-01-01T00:00:00Z\n")
    assert world.get("own").expiration is None
    target = Target("own", None, None, None, None, profile="own")
    assert switch.to_keys(target, world.context, None).life == "no known end"


def test_role_by_static_keys(world):
    """A role of a user's keys: account and name are the role's, and the name of the session is the one configured."""
    world.portal.trusts[DEPLOY] = Trust(external_id="e-1")
    world.write_role("own", f"external_id = e-1\nrole_session_name = ada-at-work\nduration_seconds = 7200\n{IRELAND}")
    found = world.get("deploy")
    assert world.arn(found) == "arn:aws:sts::123456789022:assumed-role/deploy/ada-at-work"
    assert found.account_id == "123456789022"
    assert 7100 < in_seconds(found) <= 7200
    assert world.said == []


def test_role_by_sso_logs_in_first(world):
    """With an SSO profile at the root of two roles, ssoenv logs in when that is needed, and only then.

    STS is asked in the region of the profiles, not in that of the environment.
    """
    world.portal.trusts |= {DEPLOY: Trust(), AUDIT: Trust()}
    audit = f"[profile audit]\nrole_arn = {AUDIT}\nsource_profile = deploy\nrole_session_name = me\n"
    world.write_role("base", audit)
    assert world.arn(world.get("audit")) == "arn:aws:sts::210987654321:assumed-role/audit/me"
    assert world.portal.calls["StartDeviceAuthorization"] == 1
    world.arn(world.get("deploy"))
    assert world.portal.calls["StartDeviceAuthorization"] == 1
    signed = [call.request.headers["authorization"] for call in world.portal.requests if call.operation == "AssumeRole"]
    assert len(signed) == 2
    assert all("/eu-central-1/sts/" in header for header in signed)


def test_role_by_sso_without_terminal(world):
    """Where nobody can log in, the error is that of any SSO profile."""
    world.context = replace(world.context, terminal=False)
    world.write_role("base")
    with pytest.raises(NotLoggedIn, match="There is no valid login for corp"):
        world.get("deploy")


# A program with botocore's own provider, and the AWS CLI's own cache (the class and its place are the CLI's).
AWS_CLI = """
from pathlib import Path
from botocore.credentials import JSONFileCache
from botocore.session import Session
provider = Session(profile="deploy").get_component("credential_provider").get_provider("assume-role")
provider.cache = JSONFileCache(Path.home() / ".aws/cli/cache")
print(provider.load().get_frozen_credentials().access_key)
"""


def test_roles_share_the_cache_of_the_aws_cli(world):
    """What was assumed once serves the AWS CLI, and the other way round, and neither asks AWS again."""
    world.portal.trusts[DEPLOY] = Trust()
    world.write_role("base")
    key = world.get("deploy").access_key_id
    assert run_apart(AWS_CLI).stdout.strip() == key

    for path in roles.cache_dir(world.context).iterdir():
        path.unlink()
    key = run_apart(AWS_CLI).stdout.strip()
    assert key.startswith("ASIA")
    assert world.get("deploy").access_key_id == key
    assert world.portal.calls["AssumeRole"] == 2


@pytest.mark.parametrize(
    "text",
    [
        b"[]",
        b'{"Credentials": null}',
        b"\xff",
        *(
            json.dumps(
                {"Credentials": {"AccessKeyId": "A", "SecretAccessKey": "b", "SessionToken": "c", **odd}}
            ).encode()
            for odd in (
                {},
                {"Expiration": "some day"},
                {"Expiration": "2099-01-01T00:00:00"},
                {"Expiration": 4070908800},
                {"Expiration": "2099-01-01T00:00:00Z", "AccessKeyId": 5},
            )
        ),
    ],
)
def test_an_odd_file_in_the_cache_of_the_aws_cli_is_none(world, text):
    """A file that holds no keys with their end is as good as none: the role is assumed anew."""
    world.portal.trusts[DEPLOY] = Trust()
    world.write_role("base")
    world.get("deploy")
    (path,) = [path for path in roles.cache_dir(world.context).iterdir() if "AssumedRoleUser" in path.read_text()]
    path.write_bytes(text)
    key = world.get("deploy").access_key_id
    assert world.get("deploy").access_key_id == key
    assert world.portal.calls["AssumeRole"] == 2


def test_cached_roles_are_found_by_the_files_alone(world):
    """What botocore has cached of a role is told by the settings of its profile; nothing is asked for it."""
    world.portal.trusts |= {DEPLOY: Trust(), AUDIT: Trust(web_identity="a-token")}
    (world.home / "token").write_text("a-token")
    more = {
        "plain": "",
        "named": "role_session_name = me\nexternal_id = e-1\n",
        "long": "duration_seconds = 7200\nrole_session_name =\n",
        "slip": "duration_seconds = long\nexternal_id = e-2\n",
    }
    role = f"role_arn = {DEPLOY}\nsource_profile = own\nregion = eu-west-1\n"
    job = f"role_arn = {AUDIT}\nweb_identity_token_file = {world.home}/token\nregion = eu-west-1\nexternal_id = x\n"
    sections = {**{name: role + settings for name, settings in more.items()}, "job": job}
    world.write("".join(f"[profile {name}]\n{text}" for name, text in sections.items()), f"[own]\n{world.user_keys()}")
    profiles = Profiles(config.load(world.context), world.context)
    found = [of_other(profiles.profile(name)) for name in [*sections, "own"]]
    assert set(credentials.cached(found, world.context)) == {None}
    got = [world.get(name) for name in sections]
    asked = len(world.portal.requests)
    told = list(credentials.cached(found, world.context))
    assert [each and each.access_key_id for each in told] == [*(each.access_key_id for each in got), None]
    assert len(world.portal.requests) == asked


@pytest.mark.skipif(os.name == "nt", reason="modes are POSIX")
def test_cache_is_private(world):
    """The cache of roles, and its folder, are the user's alone."""
    world.portal.trusts[DEPLOY] = Trust()
    world.write_role("own", IRELAND)
    world.get("deploy")
    folder = roles.cache_dir(world.context)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()] == [0o600]


def test_fresh_role_needs_no_login(world):
    """While the role's own credentials are fresh, a root whose login is over does not matter."""
    world.portal.trusts[DEPLOY] = Trust()
    world.write_role("base")
    first = world.get("deploy")
    base = config.load(world.context).profile("base")
    roles.cache_path(world.context, base.session, base.account_id, base.role_name).unlink()
    logout.log_out(base.session, [], world.context)
    world.context = replace(world.context, terminal=False)
    assert world.get("deploy") == first


@pytest.mark.parametrize("source", ["base", "deploy"])
def test_limit_of_chains_is_said(world, source):
    """From role to role there is an hour at most: it is said once, and the switch is made all the same."""
    world.portal.trusts |= {DEPLOY: Trust(), AUDIT: Trust()}
    audit = f"[profile audit]\nrole_arn = {AUDIT}\nsource_profile = {source}\nduration_seconds = 43200\n"
    world.write_role("base", audit)
    found = world.get("audit")
    assert world.arn(found).startswith("arn:aws:sts::210987654321:assumed-role/audit/")
    assert 3500 < in_seconds(found) <= 3600
    notes = [line for line in world.said if "Role chaining" in line]
    assert notes == ["Role chaining: at most 1 hour. The 43200 of duration_seconds in the profile audit count as 3600."]


def test_credential_source_environment(world, monkeypatch):
    """credential_source = Environment is the one way in which keys in the environment count."""
    keys = dict(line.split(" = ") for line in world.user_keys().splitlines())
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, keys[name.lower()])
    monkeypatch.delenv("AWS_SESSION_TOKEN")
    world.portal.trusts[DEPLOY] = Trust()
    world.write(f"[profile deploy]\nrole_arn = {DEPLOY}\ncredential_source = Environment\nregion = eu-west-1\n")
    assert world.arn(world.get("deploy")).startswith("arn:aws:sts::123456789022:assumed-role/deploy/")


def test_web_identity(world):
    """The token file of the profile stands for the caller, not the one that the environment names."""
    world.portal.trusts[DEPLOY] = Trust(web_identity="a-token")
    (world.home / "token").write_text("a-token")
    world.write(
        f"[profile job]\nrole_arn = {DEPLOY}\nweb_identity_token_file = {world.home}/token\n"
        "role_session_name = ci\nregion = eu-west-1\n"
    )
    found = world.get("job")
    assert world.arn(found) == "arn:aws:sts::123456789022:assumed-role/deploy/ci"
    assert found.account_id == "123456789022"


def test_credential_process(world):
    """A process gives keys, their end and, by the key id if by nothing else, their account."""
    answer = world.role_answer()
    world.write(f"[profile p]\n{world.process(f'print({json.dumps(answer)!r})')}")
    found = world.get("p")
    assert world.arn(found) == "arn:aws:sts::123456789022:assumed-role/d/p"
    assert found.account_id == "123456789022"
    assert 3500 < in_seconds(found) <= 3600
    assert "SSOENV_PROCESSES" not in os.environ


def test_role_by_credential_process(world):
    """A process can be the root of a role."""
    world.portal.trusts[AUDIT] = Trust()
    line = world.process(f"print({json.dumps(world.role_answer())!r})")
    world.write(f"[profile p]\n{line}[profile r]\nrole_arn = {AUDIT}\nsource_profile = p\nregion = eu-west-1\n")
    assert world.arn(world.get("r")).startswith("arn:aws:sts::210987654321:assumed-role/audit/")


def test_login_session_by_the_aws_cli(world, monkeypatch):
    """Without awscrt, the AWS CLI is asked for what `aws login` has left; the name is one word whatever is in it."""
    name = "log in; touch it"
    program = world.home / "bin/aws"
    program.parent.mkdir()
    program.write_text(
        f"#!{sys.executable}\nimport sys\n"
        f"assert sys.argv[1:] == ['configure', 'export-credentials', '--profile', {name!r}, '--format', 'process']\n"
        f"print({json.dumps(world.role_answer())!r})\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent))
    world.write(f"[profile '{name}']\nlogin_session = arn:aws:iam::123456789022:user/ada\n")
    assert world.arn(world.get(name)) == "arn:aws:sts::123456789022:assumed-role/d/p"


def test_login_session_without_either(world, monkeypatch):
    """Without awscrt and the AWS CLI, the error names both."""
    monkeypatch.setenv("PATH", "")
    world.write("[profile l]\nlogin_session = arn:aws:iam::123456789022:user/ada\n")
    with pytest.raises(ConfigError, match=r"awscrt or the AWS CLI.*botocore\[crt\]"):
        world.get("l")


# MFA


def test_mfa_without_terminal(world):
    """Without a terminal, the error says which profile wants a code, and nothing is read from stdin."""
    world.portal.trusts[DEPLOY] = Trust(mfa_serial=MFA, mfa_code="123456")
    world.write_role("own", f"mfa_serial = {MFA}\n{IRELAND}")
    done = run_apart(f"import os; os.setsid()\n{MFA_PROGRAM}", stdin="123456\n")
    assert done.returncode == 2, done.stderr
    assert "There is no terminal" in done.stderr
    assert "The profile deploy wants an MFA code (mfa_serial)" in done.stderr
    assert world.portal.calls["AssumeRole"] == 0


# Asks for the credentials of one profile, as a command would.
MFA_PROGRAM = """
import sys
from ssoenv.aws.providers import credentials_of
from ssoenv.context import Context
from ssoenv.errors import SsoenvError
try:
    found = credentials_of("deploy", Context.system(print), None)
except SsoenvError as error:
    print(error, file=sys.stderr)
    sys.exit(error.exit_code)
print("key", found.access_key_id)
"""


@pytest.mark.skipif(os.name == "nt", reason="a pty is POSIX")
def test_mfa_at_the_terminal(world):
    """The code is asked for at the terminal itself, whatever stdin is; one that has not six digits is asked again."""
    from screen import ENTER, Screen

    world.portal.trusts[DEPLOY] = Trust(mfa_serial=MFA, mfa_code="123456")
    world.write_role("own", f"mfa_serial = {MFA}\n{IRELAND}")
    script = f'{shlex.join([sys.executable, "-c", MFA_PROGRAM])} < /dev/null; echo "status $?."'
    screen = Screen(["bash", "-c", script], {**os.environ, "ACCESSIBLE": "1"}, columns=100)
    try:
        question = f"Enter MFA code for {MFA}:"
        screen.until(question)
        screen.press("12345", ENTER)
        screen.until("An MFA code has six digits.")
        screen.until(question)
        screen.press("123456", ENTER)
        screen.until("status 0.")
        (key,) = [line.partition(" ")[2] for line in screen.lines if line.startswith("key ")]
        assert world.portal.role_sessions[key].account_id == "123456789022"
    finally:
        screen.child.close(force=True)


# What stands in the way


def test_role_refused(world):
    """A role that does not trust the caller is named, with its profile and what AWS says."""
    world.write_role("base")
    refused = f"You may not assume the role {DEPLOY}, which the profile deploy asks for. AWS answered AccessDenied: "
    with pytest.raises(NoAccess, match=rf"^{refused}[^.]*\. Does its trust policy"):
        world.get("deploy")


def test_middle_role_refused(world):
    """In a chain, the role that AWS refuses is the one named."""
    world.portal.trusts[AUDIT] = Trust()
    world.write_role("base", f"[profile audit]\nrole_arn = {AUDIT}\nsource_profile = deploy\n")
    with pytest.raises(NoAccess, match=f"You may not assume the role {DEPLOY}, which the profile deploy"):
        world.get("audit")


def test_keys_refused(world):
    """Keys that AWS does not know are blamed on the profile they come from, and not shown."""
    world.write(
        f"[profile deploy]\nrole_arn = {DEPLOY}\nsource_profile = own\nregion = eu-west-1\n",
        "[own]\naws_access_key_id = AKIAQNZGKIQY56JQ7WML\naws_secret_access_key = s3cr3t\n",
    )
    with pytest.raises(NoAccess, match="AWS does not take the credentials that the profile own gives") as caught:
        world.get("deploy")
    assert "s3cr3t" not in str(caught.value)


def test_no_network(world, monkeypatch):
    """A network that is down is told from a role that is refused."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:9")
    world.write_role("own", IRELAND)
    with pytest.raises(ServiceError, match="Getting the credentials of the profile deploy failed"):
        world.get("deploy")


def test_token_file_missing(world):
    """A token file that is not there is named with its profile."""
    world.write(f"[profile job]\nrole_arn = {DEPLOY}\nweb_identity_token_file = /in/no/folder\nregion = eu-west-1\n")
    with pytest.raises(ConfigError, match=r"of the profile job can't be read: .* It names /in/no/folder\."):
        world.get("job")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[profile a]\nrole_arn = R\nsource_profile = b\n", "source_profile of the profile a names b, which is in no"),
        ("[profile a]\nrole_arn = R\n", "The profile a has a role_arn, but neither source_profile nor"),
        (
            "[profile a]\nrole_arn = R\nsource_profile = b\n[profile b]\nrole_arn = R\nsource_profile = a\n",
            "The profiles a → b → a take their credentials from each other",
        ),
        ("[profile a]\nrole_arn = R\nsource_profile = a\n", "The profiles a → a take"),
        (
            "[profile a]\nrole_arn = R\nsource_profile = b\n[profile b]\nregion = eu-west-1\n",
            "The profile b has nothing",
        ),
        ("[profile a]\nweb_identity_token_file =\n", "The profile a has nothing to get credentials with"),
        ("[profile a]\nregion = eu-west-1\n", "The profile a has nothing to get credentials with"),
        ("[profile a]\nsource_profile = b\n", "counts beside a role_arn alone. To be that profile: ssouse b"),
        ("[profile a]\ninclude_profile = b\nsource_profile = c\n", "copy what it needs out of the profile b into it."),
        (
            "[profile a]\nrole_arn = R\ncredential_source = Nowhere\n",
            '"Nowhere" referenced in profile "a" is',
        ),
        (
            "[profile a]\nrole_arn = R\nsource_profile = a\ncredential_source = Environment\n"
            "aws_access_key_id = AKIA\naws_secret_access_key = s3cr3t\n",
            "contains both source_profile and credential_source",
        ),
        ("[profile a]\naws_access_key_id = AKIA\n", "The profile a has an access key, but no aws_secret_access_key"),
        (
            "[profile a]\nrole_arn = R\nsource_profile = b\n[profile b]\naws_secret_access_key = s3cr3t\n",
            "b has nothing",
        ),
        (
            f"[profile a]\nrole_arn = {DEPLOY}\ncredential_source = EcsContainer\nregion = eu-west-1\n",
            "The profile a gives no credentials",
        ),
    ],
)
def test_gap(world, text, says):
    """What a profile lacks is said with the profile's name, and no secret."""
    world.write(text)
    with pytest.raises(ConfigError) as caught:
        world.get("a")
    assert says in str(caught.value)
    assert "s3cr3t" not in str(caught.value)


def test_own_keys_for_own_role(world):
    """A profile may be its own source, with keys for its role."""
    world.portal.trusts[DEPLOY] = Trust()
    world.write(f"[profile a]\nrole_arn = {DEPLOY}\nsource_profile = a\nregion = eu-west-1\n{world.user_keys()}")
    assert world.arn(world.get("a")).startswith("arn:aws:sts::123456789022:assumed-role/deploy/")


def test_no_region(world, monkeypatch):
    """With no region anywhere on the way, the error says where to write one."""
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    world.write_role("own")
    with pytest.raises(ConfigError, match="The profile deploy has no region"):
        world.get("deploy")


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("AWS_MAX_ATTEMPTS", "many"),
        ("AWS_METADATA_SERVICE_TIMEOUT", "long"),
        ("AWS_ENDPOINT_URL_STS", "nowhere"),
        ("AWS_RETRY_MODE", "bold"),
    ],
)
def test_variable_that_means_nothing(world, monkeypatch, variable, value):
    """A variable of botocore's that it can't read is told as such: what it says of it, and where to look."""
    monkeypatch.setenv(variable, value)
    world.write_role("own")
    with pytest.raises(ConfigError, match=rf"no credentials\..*{value}.*variables named AWS_"):
        world.get("deploy")


@pytest.mark.parametrize(
    ("status", "body", "says"),
    [
        (200, b"<html>Sign in</html>", "does not speak AWS's protocol"),
        (403, b"<html>Sign in</html>", "AWS answered HTTP 403"),
        (200, b"\xff s3cr3t", "does not speak AWS's protocol"),
        (500, b"\xff s3cr3t", "does not speak AWS's protocol"),
    ],
)
def test_what_is_not_sts(world, monkeypatch, status, body, says):
    """A proxy, or the sign-in page of a network, that answers in place of STS is told as that."""

    class Between(Portal):
        def answer(self, _request):
            return Response(status, body, "text/html")

    world.write_role("own")
    with Between() as between:
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", between.url)
        with pytest.raises(ServiceError) as caught:
            world.get("deploy")
    assert says in str(caught.value)
    assert "s3cr3t" not in str(caught.value)


HOSTILE = {
    "nothing": ("pass", "its answer is not what"),
    "no JSON": ("print('s3cr3t')", "its answer is not what"),
    "a list": ("print('[\"s3cr3t\"]')", "its answer is not what"),
    "deep": ("print('[' * 100000)", "its answer is not what"),
    "bytes": ("import os; os.write(1, b'\\xff s3cr3t')", "not UTF-8"),
    "version as text": ('print(\'{"Version": "s3cr3t"}\')', "a form other than Version 1"),
    "no keys": ('print(\'{"Version": 1, "SecretAccessKey": "s3cr3t"}\')', "AccessKeyId or SecretAccessKey is"),
    "fails": (
        "import sys; print('s3cr3t'); print('no\\x1b[2J such\\nvault', file=sys.stderr); sys.exit(3)",
        r"it failed. It says: no\x1b[2J such vault",
    ),
    "fails with bytes": ("import os; os.write(2, b'\\xff'); os._exit(3)", "not UTF-8"),
    "fails silently": ("raise SystemExit(3)", "says nothing"),
    "fails at length": ("import sys; sys.exit('x' * 100000 + 'the cause')", "xthe cause"),
}


@pytest.mark.parametrize("body, says", HOSTILE.values(), ids=HOSTILE)
def test_hostile_process(world, capfd, body, says):
    """Whatever a process prints, its output is not shown; what it says when it fails is, in one safe, short line."""
    world.write(f"[profile p]\n{world.process(body)}")
    with pytest.raises(ConfigError) as caught:
        world.get("p")
    text = str(caught.value)
    assert text.startswith("credential_process of the profile p gives no credentials: ")
    assert says in text
    assert text.isprintable()
    assert "s3cr3t" not in text
    assert len(text) < 600
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "changes",
    [
        {"Expiration": "2030-01-01T00:00:00"},
        {"Expiration": "s3cr3t"},
        {"Expiration": "2001-01-01T00:00:00Z"},
        {"Expiration": 1e300},
        {"AccessKeyId": 7},
        {"AccessKeyId": "AKIA\nexport A=s3cr3t"},
        {"SecretAccessKey": "\x1b[2Js3cr3t"},
        {"SecretAccessKey": ""},
        {"SessionToken": ["s3cr3t"]},
        {"SessionToken": "\x00s3cr3t", "Expiration": None},
    ],
)
def test_hostile_answer(world, capfd, changes):
    """An answer with values that are none of AWS's gives no credentials, and none of the values is shown."""
    world.write(f"[profile p]\n{world.process(f'print({json.dumps(world.role_answer(**changes))!r})')}")
    with pytest.raises(ConfigError) as caught:
        world.get("p")
    assert str(caught.value).isprintable()
    assert "s3cr3t" not in str(caught.value)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("command", ["/in/no/folder", "'unclosed", "", "/"])
def test_process_that_cannot_run(world, command):
    """A command that can't be run is an error about that profile."""
    world.write(f"[profile p]\ncredential_process = {command}\n")
    with pytest.raises(ConfigError, match="the profile p gives no credentials"):
        world.get("p")


def test_process_account_of_another_form(world):
    """An account id that is none is not taken."""
    answer = json.dumps(world.role_answer(AccountId="\x1b[2J"))
    world.write(f"[profile p]\n{world.process(f'print({answer!r})')}")
    assert world.get("p").account_id == "123456789022"


# Kinds

KINDS = [
    ({"role_arn", "source_profile", "sso_account_id", "aws_access_key_id"}, (), "role"),
    ({"role_arn", "web_identity_token_file", "sso_account_id"}, (), "web-identity"),
    ({"sso_account_id", "sso_role_name", "credential_process"}, ("aws_access_key_id",), "sso"),
    ({"sso_session", "login_session", "aws_access_key_id"}, ("aws_access_key_id",), "keys"),
    ({"login_session", "credential_process", "aws_access_key_id"}, (), "login"),
    ({"credential_process", "aws_access_key_id"}, (), "process"),
    ({"aws_access_key_id"}, (), "keys"),
    ({"region"}, (), None),
]


@pytest.mark.parametrize(("settings", "in_credentials", "kind"), KINDS)
def test_kind(settings, in_credentials, kind):
    """Of several ways to credentials in one profile, the one that botocore takes counts."""
    assert kind_of(settings, in_credentials) == kind


@pytest.mark.parametrize(("settings", "in_credentials", "kind"), KINDS)
def test_kind_is_that_of_botocore(world, settings, in_credentials, kind):
    """The same profiles, shown to botocore itself: the provider that answers, or fails, first is of that kind."""
    from botocore.session import Session

    values = {key: f"{key}-value" for key in settings}
    values |= {"sso_start_url": "https://x.awsapps.com/start", "sso_region": "eu-west-1"} if kind == "sso" else {}
    values |= {"source_profile": "own"} if kind == "role" else {}
    values |= {"aws_secret_access_key": "s"} if "aws_access_key_id" in settings else {}
    values |= {"sso_role_name": "r"} if "sso_account_id" in settings else {}
    world.write(
        "[profile p]\n" + "".join(f"{key} = {value}\n" for key, value in values.items()),
        "[own]\naws_access_key_id = a\naws_secret_access_key = b\n"
        + ("[p]\naws_access_key_id = a\naws_secret_access_key = b\n" if in_credentials else ""),
    )
    resolver = Session(profile="p").get_component("credential_provider")
    for name in ("boto-config", "ec2-credentials-file", "container-role", "iam-role"):
        resolver.remove(name)
    methods = {
        "assume-role": "role",
        "assume-role-with-web-identity": "web-identity",
        "sso": "sso",
        "shared-credentials-file": "keys",
        "config-file": "keys",
        "login": "login",
        "custom-process": "process",
    }
    first = None
    for provider in resolver.providers:
        try:
            answered = provider.load() is not None
        except Exception:
            answered = True
        if answered:
            first = methods[provider.METHOD]
            break
    assert first == kind


def test_profiles_of_both_files(world):
    """Profiles of either file count, and what is shown of them comes without any secret or service."""
    world.write(
        f"{SSO}[profile deploy]\nrole_arn = {DEPLOY}\nsource_profile = own\nregion = eu-west-1\n[profile none]\n",
        "[own]\naws_access_key_id = a\naws_secret_access_key = b\n[base]\naws_access_key_id = a\n",
    )
    profiles = Profiles(config.load(world.context), world.context)
    assert profiles.names() == ["base", "deploy", "none", "own"]
    assert [profiles.kind(name) for name in profiles.names()] == ["sso", "role", None, "keys"]
    deploy = OtherProfile("deploy", "role", "123456789022", "deploy", "eu-west-1")
    assert profiles.profile("deploy")._replace(cache_key=None) == deploy
    assert profiles.profile("own") == OtherProfile("own", "keys", None, None, None)
    with pytest.raises(UsageError, match="There is no profile nobody"):
        profiles.profile("nobody")
    with pytest.raises(ConfigError, match="The profile none has nothing"):
        profiles.profile("none")


def test_credentials_file_named_by_the_environment(world, tmp_path, monkeypatch):
    """AWS_SHARED_CREDENTIALS_FILE names another file, for the kind of a profile and for its credentials."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text(f"[own]\n{world.user_keys()}")
    world.write("")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(elsewhere))
    assert Profiles(config.load(world.context), world.context).kind("own") == "keys"
    assert world.arn(world.get("own")) == "arn:aws:iam::123456789011:user/ada"


def test_kinds_need_no_botocore():
    """To tell of which kind a profile is, nothing heavy is imported."""
    code = "import sys; import ssoenv.aws.profiles; sys.exit('botocore' in sys.modules)"
    assert run_apart(code).returncode == 0
