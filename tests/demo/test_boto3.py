"""boto3 with nothing but an SSO profile gets credentials from the portal, and STS agrees."""

import hashlib
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ssoenv.demo.portal import EXAMPLE

CONFIG = f"""\
[sso-session corp]
sso_start_url = {EXAMPLE.start_url}
sso_region = eu-west-1
sso_registration_scopes = sso:account:access

[profile prod]
sso_session = corp
sso_account_id = 123456789022
sso_role_name = ReadOnly
region = eu-west-1
"""


def instant(seconds):
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.fixture
def cache():
    """Write that profile into the home; return where its token is kept."""
    aws = Path.home() / ".aws"
    (aws / "sso" / "cache").mkdir(parents=True)
    (aws / "config").write_text(CONFIG)
    return aws / "sso" / "cache" / f"{hashlib.sha1(b'corp').hexdigest()}.json"


def identity():
    """Ask STS from a new process: botocore looks for the home once, when it is imported."""
    program = (
        "import boto3, json; sts = boto3.Session(profile_name='prod').client('sts')\n"
        "print(json.dumps(sts.get_caller_identity()))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_cached_token(cache, token, clock):
    """A token in the shared cache is all that boto3 needs."""
    entry = {
        "startUrl": EXAMPLE.start_url,
        "region": "eu-west-1",
        "accessToken": token,
        "expiresAt": instant(clock.now() + 3600),
    }
    cache.write_text(json.dumps(entry))

    answer = identity()

    assert answer["Account"] == "123456789022"
    assert ":assumed-role/AWSReservedSSO_ReadOnly_0123456789abcdef/" in answer["Arn"]


def test_refreshed_token(cache, program, clock, portal):
    """Near its end boto3 renews the token, by the refresh grant, and keeps the new pair."""
    client = program.register()
    first = program.log_in(client)
    entry = {
        "startUrl": EXAMPLE.start_url,
        "region": "eu-west-1",
        "accessToken": first["accessToken"],
        "expiresAt": instant(clock.now() - 60),
        "refreshToken": first["refreshToken"],
        **client,
        "registrationExpiresAt": instant(clock.now() + 3600),
    }
    cache.write_text(json.dumps(entry))

    assert identity()["Account"] == "123456789022"

    kept = json.loads(cache.read_text())
    assert kept["accessToken"] in portal.access_tokens
    assert kept["accessToken"] != first["accessToken"]
    assert kept["refreshToken"] in portal.refresh_tokens
    assert first["refreshToken"] not in portal.refresh_tokens
