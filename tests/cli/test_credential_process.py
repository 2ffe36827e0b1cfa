"""`ssoenv credential-process`: to the letter what SDKs take, or one line on stderr and nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from user import CONFIG

SESSION = CONFIG[: CONFIG.index("\n[profile")]
ROLE = ("--account", "123456789022", "--role", "ReadOnly", "--region", "eu-west-1", "--profile", "tool")
# A program that reads its profile twice, as it would before and after an expiry.
_PROGRAM = """
import json, sys
import botocore.session
session = botocore.session.Session(profile=sys.argv[1])
keys = session.get_credentials()
for _ in range(2):
    found = keys.get_frozen_credentials()
    client = session.create_client("sts", "eu-west-1", aws_access_key_id=found.access_key,
        aws_secret_access_key=found.secret_key, aws_session_token=found.token)
    print(json.dumps([keys.method, session.get_config_variable("region"), found.access_key, found.account_id,
        client.get_caller_identity()["Arn"]]))
"""


def command(user, *words):
    return user.start("credential-process", *words)


def botocore_reads(user, profile):
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, profile], env=user.environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_answer(logged_in):
    """One JSON object, its version a number, its expiration in UTC with a Z; stderr is silent."""
    done = logged_in.ssoenv("credential-process", "123456789011/ReadOnly", "--session=corp")
    assert (done.returncode, done.stderr) == (0, "")
    answer = json.loads(done.stdout)
    assert list(answer) == ["Version", "AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration", "AccountId"]
    assert answer["Version"] == 1
    assert answer["AccountId"] == "123456789011"
    assert answer["AccessKeyId"].startswith("ASIA")
    left = datetime.strptime(answer["Expiration"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC) - datetime.now(UTC)
    assert timedelta(minutes=50) < left < timedelta(hours=1)
    assert logged_in.ssoenv("credential-process", "dev-readonly").stdout == done.stdout


def test_a_users_own_keys(user):
    """Keys without an end have neither a token nor an expiration."""
    user.write_config("[profile keys]\naws_access_key_id = AKIAQNZGKIQY56JQ7WML\naws_secret_access_key = secret\n")
    answer = json.loads(user.ssoenv("credential-process", "keys").stdout)
    assert answer.keys() == {"Version", "AccessKeyId", "SecretAccessKey", "AccountId"}


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["dev-readonly"], 3, "Type: ssoenv login corp"),
        (["123456789011/ReadOnly", "--session=corp"], 3, "Type: ssoenv login corp"),
        (["123456789011/ReadOnly", "--session=nowhere"], 2, "nowhere"),
        (["ReadOnly", "--session=corp"], 2, "ACCOUNT_ID/ROLE"),
        (["123456789011/ReadOnly", "--start-url=https://x.awsapps.com/start"], 2, "--sso-region"),
        (["nobody"], 2, "nobody"),
    ],
)
def test_failure(user, words, code, said):
    """What goes wrong is one line on stderr, with what to type; stdout is empty."""
    done = user.ssoenv("credential-process", *words)
    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_nobody_is_asked(user, portal, tmp_path):
    """At a terminal and with a browser, too: no login is begun."""
    browser = tmp_path / "browser"
    browser.write_text(f"#!/bin/sh\ntouch {tmp_path}/opened\n")
    browser.chmod(0o755)
    screen = user.at_terminal("credential-process", "dev-readonly", BROWSER=str(browser))
    assert screen.finish() == 3
    assert not (tmp_path / "opened").exists()
    assert not portal.calls["StartDeviceAuthorization"]
    assert not portal.calls["RegisterClient"]


def test_many_at_once(logged_in, portal):
    """However many SDKs ask at once for a role that is not in the cache, AWS is asked once."""
    before = portal.calls["GetRoleCredentials"]
    asking = [command(logged_in, "123456789022/AdministratorAccess", "--session=corp") for _ in range(30)]
    answers = [process.communicate() for process in asking]
    assert {process.returncode for process in asking} == {0}
    assert portal.calls["GetRoleCredentials"] == before + 1
    assert len(set(answers)) == 1
    assert json.loads(answers[0][0])["AccountId"] == "123456789022"


class TestProfiles:
    """Profiles that `ssoenv configure --credential-process` writes."""

    def test_botocore(self, logged_in, portal):
        """SDKs take them, and ask again before the keys end; nothing but the credentials is asked of AWS."""
        logged_in.does("configure", "--credential-process", *ROLE, "--no-input")
        portal.role_session_lifetime = 300  # under 15 minutes, so botocore renews them at each use
        portal.calls.clear()
        first, second = botocore_reads(logged_in, "tool")
        assert first[:2] == ["custom-process", "eu-west-1"]
        assert first[2] != second[2]
        for found in (first, second):
            assert found[3] == "123456789022"
            assert "AWSReservedSSO_ReadOnly_" in found[4]
        assert portal.calls.keys() == {"GetRoleCredentials", "GetCallerIdentity"}

    def test_start_url(self, user):
        """Without an [sso-session] the line itself tells the portal: a login by the profile's name is one for it."""
        portal = "--start-url=https://my-sso-portal.awsapps.com/start --sso-region=eu-central-1"
        line = f"credential_process = ssoenv credential-process 123456789011/ReadOnly {portal}"
        user.write_config(f"[profile tool]\n{line}\n")
        user.does("login", "tool")
        done = user.ssoenv("credential-process", "123456789011/ReadOnly", *portal.split())
        assert json.loads(done.stdout)["AccountId"] == "123456789011"
        assert user.ssoenv("credential-process", "tool").stdout == done.stdout

    def test_it_is_the_role(self, logged_in):
        """To ssoenv such a profile is its account and role: no process is run, and nothing runs in a circle."""
        logged_in.ssoenv("configure", "--credential-process", *ROLE, "--no-input")
        logged_in.write_config(
            logged_in.config.read_text()
            .replace(f"{sys.executable} ", "/in/no/folder/ssoenv ")
            .replace("-P -m ssoenv ", "")
        )
        assert "/in/no/folder/ssoenv credential-process 123456789022/" in logged_in.config.read_text()
        assert json.loads(logged_in.ssoenv("credential-process", "tool").stdout)["AccountId"] == "123456789022"
        assert "AWS_SSO_ROLE_NAME='ReadOnly'" in logged_in.ssoenv("use", "tool", "--shell", "sh").stdout
        listed = json.loads(logged_in.ssoenv("list", "--json").stdout)
        (row,) = (row for row in listed if row["profile"] == "tool")
        assert (row["account_id"], row["role_name"], row["session"]) == ("123456789022", "ReadOnly", "corp")
        names = (logged_in.home / ".cache/ssoenv/names").read_text()
        assert "tool\t123456789022 · ReadOnly\n" in names

    def test_start_url_of_a_session_that_is_logged_in(self, logged_in):
        """The login of a session with that start URL serves, as it is the one that `ssoenv login` gets."""
        portal = ["--start-url", "https://my-sso-portal.awsapps.com/start", "--sso-region", "eu-central-1"]
        done = logged_in.ssoenv("credential-process", "123456789011/ReadOnly", *portal)
        assert json.loads(done.stdout)["AccountId"] == "123456789011"
        logged_in.ssoenv("logout", "corp")
        done = logged_in.ssoenv("credential-process", "123456789011/ReadOnly", *portal)
        assert (done.returncode, done.stdout) == (3, "")
        assert "Type: ssoenv login corp" in done.stderr

    def test_circle(self, logged_in):
        """A profile whose process asks for that profile is refused by its second process, however it is asked for."""
        line = f"credential_process = {sys.executable} -m ssoenv credential-process"
        logged_in.write_config(f"{SESSION}\n[profile me]\n{line} me\n[profile a]\n{line} b\n[profile b]\n{line} a\n")
        for name, circle in (("me", "me → me"), ("a", "a → b → a")):
            done = logged_in.ssoenv("credential-process", name)
            assert (done.returncode, done.stdout) == (6, "")
            assert f"credential_process of {circle} asks ssoenv for that profile itself." in done.stderr
            assert done.stderr.count("\n") == 1

    def test_all(self, logged_in):
        """--all writes them for the roles that it picks."""
        logged_in.write_config(SESSION)
        done = logged_in.ssoenv("configure", "--all", "--credential-process", "--role", "ReadOnly", "--dry-run")
        added = [line for line in done.stdout.splitlines() if line.startswith("+credential_process = ")]
        assert "123456789022/ReadOnly --session=corp" in {line.rpartition(" credential-process ")[2] for line in added}
        assert "sso_role_name" not in done.stdout
