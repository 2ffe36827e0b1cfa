"""A name stands for one account and role, and nothing is picked for the user."""

from __future__ import annotations

from pathlib import Path

import pytest

from ssoenv.aws.config import Config, Session, UnknownProfile
from ssoenv.errors import ConfigError, UsageError
from ssoenv.targets import Target, resolve

CONFIG = Config(
    Path("config"),
    b"""\
[sso-session corp]
sso_start_url = https://my-sso-portal.awsapps.com/start
sso_region = eu-central-1

[profile dev-readonly]
sso_session = corp
sso_account_id = 123456789011
sso_role_name = ReadOnly
region = eu-west-1

[profile prod-admin]
sso_session = corp
sso_account_id = 123456789022
sso_role_name = AdministratorAccess

[profile broken]
sso_session = corp
sso_role_name = ReadOnly
""",
)
CORP = Session("corp", "https://my-sso-portal.awsapps.com/start", "eu-central-1", None)


def test_profile():
    """A profile's name stands for its account, role, session and region."""
    assert resolve("dev-readonly", CONFIG) == Target("dev-readonly", CORP, "123456789011", "ReadOnly", "eu-west-1")


def test_no_region():
    """A profile without a region has none: the SSO region is not the region to work in."""
    assert resolve("prod-admin", CONFIG).region is None


@pytest.mark.parametrize("name", ["dev-readonly", "prod-admin"])
def test_region_for_this_once(name):
    """A region that is asked for goes before the profile's own."""
    assert resolve(name, CONFIG, "us-east-1").region == "us-east-1"


@pytest.mark.parametrize("region", ["", "US-East-1", "us-east-1 ", "us-east-1\n", "$(id)", "é"])
def test_no_such_form_of_region(region):
    """A region that can't be one is refused, with an example."""
    with pytest.raises(UsageError, match=r"is not a region.*--region eu-west-1"):
        resolve("dev-readonly", CONFIG, region)


def test_nearest_is_not_picked():
    """A name one letter off is refused and told, never taken."""
    with pytest.raises(UnknownProfile, match=r"dev-readnly.*Did you mean dev-readonly\?"):
        resolve("dev-readnly", CONFIG)


def test_broken_profile():
    """A profile with a gap is refused with its line."""
    with pytest.raises(ConfigError, match=r"config, line 16: .*sso_account_id"):
        resolve("broken", CONFIG)
