"""What ssoenv writes serves botocore, and what the AWS CLI and botocore write serves ssoenv."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

# A program with botocore's own SSO provider, and the AWS CLI's own role cache (the class and its place are the CLI's).
_PROGRAM = """
import json, sys
import botocore.session
from botocore.credentials import JSONFileCache
from pathlib import Path
session = botocore.session.Session(profile=sys.argv[1])
if "cache" in sys.argv:
    provider = session.get_component("credential_provider").get_provider("sso")
    provider.cache = JSONFileCache(Path.home() / ".aws/cli/cache")
keys = session.get_credentials().get_frozen_credentials()
print(json.dumps([keys.access_key, keys.secret_key, keys.token]))
"""


def _botocore(user, profile, *words):
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, profile, *words], env=user.environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def _cut_the_network(user):
    for name in list(user.environ):
        if name.startswith("AWS_ENDPOINT_URL"):
            user.environ[name] = "http://127.0.0.1:9"
    user.environ["AWS_MAX_ATTEMPTS"] = "1"


def _key_id(done):
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("export AWS_ACCESS_KEY_ID=")]
    return line.partition("=")[2].strip("'")


@pytest.mark.parametrize("profile", ["dev-readonly", "old-style"])
def test_login_of_ssoenv_serves_botocore(user, portal, profile):
    """After `ssoenv login`, any SDK gets the role's credentials without a login of its own."""
    user.does("login", profile)
    assert _botocore(user, profile)[0].startswith("ASIA")
    assert portal.calls["StartDeviceAuthorization"] == 1


@pytest.mark.parametrize("profile", ["dev-readonly", "old-style"])
def test_credentials_of_ssoenv_serve_the_aws_cli_without_network(user, profile):
    """With the network cut, botocore with the AWS CLI's cache takes the credentials that ssoenv has cached."""
    user.ssoenv("login", profile)
    done = user.ssoenv("use", profile, "--shell", "sh")
    _cut_the_network(user)
    assert _botocore(user, profile, "cache")[0] == _key_id(done)


@pytest.mark.parametrize("profile", ["dev-readonly", "old-style"])
def test_credentials_of_the_aws_cli_serve_ssoenv_without_network(user, profile):
    """With the network cut, ssoenv takes the credentials that botocore has put into the AWS CLI's cache."""
    user.ssoenv("login", profile)
    keys = _botocore(user, profile, "cache")
    _cut_the_network(user)
    done = user.does("use", profile, "--shell", "sh")
    assert _key_id(done) == keys[0]


def test_refresh_by_botocore_serves_ssoenv(logged_in, portal):
    """Botocore refreshes ssoenv's token by itself, and ssoenv goes on with what it has written."""
    path = logged_in.token_file
    content = json.loads(path.read_text())
    soon = datetime.now(UTC) + timedelta(minutes=5)
    path.write_text(json.dumps({**content, "expiresAt": soon.strftime("%Y-%m-%dT%H:%M:%SZ")}))
    _botocore(logged_in, "dev-readonly")
    assert json.loads(path.read_text())["refreshToken"] != content["refreshToken"]
    logged_in.does("use", "prod-admin", "--shell", "sh")
    assert portal.calls["StartDeviceAuthorization"] == 1


@pytest.mark.parametrize("end", ["Z", "UTC", ".000Z", "+00:00"])
def test_token_files_of_other_writers(logged_in, portal, end):
    """Old AWS CLIs end times in UTC, the SDK for JavaScript in milliseconds: ssoenv reads them all."""
    path = logged_in.token_file
    content = json.loads(path.read_text())
    later = datetime.now(UTC) + timedelta(hours=1)
    written = {"accessToken": content["accessToken"], "expiresAt": later.strftime("%Y-%m-%dT%H:%M:%S") + end}
    path.write_text(json.dumps(written))
    logged_in.does("use", "dev-readonly", "--shell", "sh")
    assert portal.calls["StartDeviceAuthorization"] == 1
