"""What a switch sets and unsets."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import ssoenv
from ssoenv.aws.config import Session
from ssoenv.aws.roles import Credentials
from ssoenv.environment import Hints, active, endpoint_change, keys_change, profile_change
from ssoenv.targets import Target

CREDENTIALS = Credentials("ASIAEXAMPLE", "secret", "token", 1795521600.5)


def _target(region="eu-west-1"):
    return Target(
        "dev", Session("corp", "https://x.awsapps.com/start", "eu-central-1", None), "123456789011", "R", region
    )


def _set(change):
    return {name: value for name, value in change.variables.items() if value is not None}


def test_a_switch_sets_the_keys_and_the_labels():
    """Keys, expiration in the one form that every SDK reads, both regions, the labels, and the names of all these."""
    change = keys_change(_target(), CREDENTIALS)
    values = _set(change)
    names = values.pop("SSOENV_SET")
    assert values == {
        "AWS_ACCESS_KEY_ID": "ASIAEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_SESSION_TOKEN": "token",
        "AWS_CREDENTIAL_EXPIRATION": "2026-11-24T12:00:00Z",
        "AWS_REGION": "eu-west-1",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_SSO_PROFILE": "dev",
        "AWS_SSO_ACCOUNT_ID": "123456789011",
        "AWS_SSO_ROLE_NAME": "R",
    }
    assert set(names.split()) == set(values)
    assert change.expiration == CREDENTIALS.expiration


def test_a_switch_unsets_what_would_mislead_an_sdk():
    """Each variable that some SDK would prefer to the keys, or mix with them."""
    change = keys_change(_target(), CREDENTIALS)
    unset = {name for name, value in change.variables.items() if value is None}
    assert unset >= {
        *("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SECURITY_TOKEN", "AWS_ACCOUNT_ID", "AWS_CREDENTIAL_SCOPE"),
        *("AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_SESSION_NAME", "AWS_SESSION_EXPIRATION"),
        *("AWS_VAULT", "AWS_EB_PROFILE"),
        *("AWS_ACCESS_KEY", "AWS_SECRET_KEY"),
        *("AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN"),
        *("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"),
    }


def test_keys_without_end_unset_what_other_keys_had():
    """A user's own keys have neither token nor expiration, and an account without a role: what was there must go."""
    change = keys_change(_target(), Credentials("AKIAEXAMPLE", "secret", None, None))
    assert change.variables["AWS_SESSION_TOKEN"] is None
    assert change.variables["AWS_CREDENTIAL_EXPIRATION"] is None
    assert change.expiration is None
    assert not {"AWS_SESSION_TOKEN", "AWS_CREDENTIAL_EXPIRATION"} & set(_set(change)["SSOENV_SET"].split())


def test_a_profile_without_region_leaves_the_users():
    """Absent is not empty: without a region the two variables are not touched at all."""
    assert not {"AWS_REGION", "AWS_DEFAULT_REGION"} & set(keys_change(_target(None), CREDENTIALS).variables)


def test_profile_mode_is_the_name_alone():
    """In profile mode the keys and their labels go, and nothing but the profile and regions is set."""
    change = profile_change("dev", "eu-west-1")
    assert set(_set(change)) == {"AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "SSOENV_SET"}
    assert change.variables["AWS_SESSION_TOKEN"] is None
    assert change.expiration is None


def test_no_role_of_the_machine_steps_in():
    """Where a login is over, no SDK takes the machine's own role; a switch by keys leaves the user's word alone."""
    name = "AWS_EC2_METADATA_DISABLED"
    assert profile_change("dev", "eu-west-1", of_sso=True).variables[name] == "true"
    assert name not in profile_change("of-the-machine", "eu-west-1").variables
    assert name not in keys_change(_target(), CREDENTIALS, {name: "true"}).variables
    before = _set(profile_change("dev", "eu-west-1", of_sso=True))
    assert keys_change(_target(), CREDENTIALS, before).variables[name] is None


def test_each_way_to_switch_tells_of_production():
    """The kind is told with keys, with or without an end, with a profile and with an endpoint."""
    hints = Hints(600, "production")
    for change in (
        keys_change(_target(), CREDENTIALS, hints=hints),
        keys_change(_target(), replace(CREDENTIALS, expiration=None), hints=hints),
        profile_change("dev", None, hints=hints),
        endpoint_change(_target(), "http://127.0.0.1:1/credentials", "a token", hints=hints),
    ):
        assert change.variables["SSOENV_KIND"] == "production"


def test_an_endpoint_is_an_address_a_token_and_the_labels():
    """The keys go, as they would go before the endpoint, and so does each variable that goes before its own two."""
    change = endpoint_change(_target(), "http://127.0.0.1:1/credentials", "a token")
    values = _set(change)
    assert values.keys() == {
        *("AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN", "SSOENV_SET"),
        *("AWS_SSO_PROFILE", "AWS_SSO_ACCOUNT_ID", "AWS_SSO_ROLE_NAME", "AWS_REGION", "AWS_DEFAULT_REGION"),
        "AWS_EC2_METADATA_DISABLED",
    }
    assert change.variables["AWS_SECRET_ACCESS_KEY"] is None
    assert active(values).endpoint == "http://127.0.0.1:1/credentials"


def test_what_is_set_can_be_read_back():
    """`active` sees in an environment what a switch has put there."""
    found = active(_set(keys_change(_target(), CREDENTIALS)))
    assert (found.profile, found.account_id, found.role_name, found.region) == ("dev", "123456789011", "R", "eu-west-1")
    assert found.expiration == int(CREDENTIALS.expiration)


def test_variables_of_a_switch_stand_in_one_file():
    """One idea, one place: no other file of the package knows the session token's variable."""
    package = Path(ssoenv.__file__).parent
    files = [path for path in package.rglob("*.py") if "AWS_SESSION_TOKEN" in path.read_text("utf-8")]
    assert [path.name for path in files if "demo" not in path.parts] == ["environment.py"]


def test_secrets_are_not_in_a_repr():
    """What a traceback or a log would show of credentials is the key id alone."""
    assert "secret" not in repr(CREDENTIALS)
    assert "token'" not in repr(CREDENTIALS)
