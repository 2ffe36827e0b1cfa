"""A name stands for one account and role, and nothing is picked for the user."""

from __future__ import annotations

from pathlib import Path

import pytest

from ssoenv.aws.config import Config, Session
from ssoenv.errors import ConfigError, UsageError
from ssoenv.targets import Grant, Target, UnknownTarget, resolve

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
    assert resolve(["dev-readonly"], CONFIG) == Target(
        "dev-readonly", CORP, "123456789011", "ReadOnly", "eu-west-1", profile="dev-readonly"
    )


def test_no_region():
    """A profile without a region has none: the SSO region is not the region to work in."""
    assert resolve(["prod-admin"], CONFIG).region is None


@pytest.mark.parametrize("name", ["dev-readonly", "prod-admin"])
def test_region_for_this_once(name):
    """A region that is asked for goes before the profile's own."""
    assert resolve([name], CONFIG, region="us-east-1").region == "us-east-1"


@pytest.mark.parametrize("region", ["", "US-East-1", "us-east-1 ", "us-east-1\n", "$(id)", "é"])
def test_no_such_form_of_region(region):
    """A region that can't be one is refused, with an example."""
    with pytest.raises(UsageError, match=r"is not a region.*--region eu-west-1"):
        resolve(["dev-readonly"], CONFIG, region=region)


def test_nearest_is_not_picked():
    """A name one letter off is refused and told, never taken."""
    with pytest.raises(UnknownTarget, match=r"dev-readnly.*Did you mean dev-readonly\?"):
        resolve(["dev-readnly"], CONFIG)


def test_broken_profile():
    """A profile with a gap is refused with its line."""
    with pytest.raises(ConfigError, match=r"config, line 16: .*sso_account_id"):
        resolve(["broken"], CONFIG)


def _grant(account_id, name, role):
    return Grant(CORP, account_id, name, f"{name.lower().replace(' ', '-')}@example.com", role)


DEVELOPER = _grant("123456789011", "DeveloperAccount", "ReadOnly")
PRODUCTION = _grant("123456789022", "ProductionAccount", "ReadOnly")
ADMIN = _grant("123456789022", "ProductionAccount", "AdministratorAccess")
LOGS = _grant("012345678901", "Log Archive", "Auditor")
GRANTS = [DEVELOPER, PRODUCTION, ADMIN, LOGS]


@pytest.mark.parametrize(
    ("words", "grant"),
    [
        ("Developer ReadOnly", DEVELOPER),
        ("readonly developer", DEVELOPER),
        ("developer", DEVELOPER),
        ("123456789011/ReadOnly", DEVELOPER),
        ("DeveloperAccount/ReadOnly", DEVELOPER),
        ("DeveloperAccount ReadOnly", DEVELOPER),
        ("productionaccount@example.com admin", ADMIN),
        ("prod/admin", ADMIN),
        ("Log Archive/Auditor", LOGS),
        ("0123", LOGS),
        ("arn:aws:iam::123456789022:role/ReadOnly", PRODUCTION),
        ("arn:aws:iam::123456789022:role/aws-reserved/sso.amazonaws.com/eu-central-1/ReadOnly", PRODUCTION),
        (
            "arn:aws:iam::123456789022:role/aws-reserved/sso.amazonaws.com/"
            "AWSReservedSSO_AdministratorAccess_0123456789abcdef",
            ADMIN,
        ),
        ("arn:aws:sts::123456789022:assumed-role/AWSReservedSSO_ReadOnly_0123456789abcdef/me@example.com", PRODUCTION),
    ],
)
def test_what_a_login_grants_needs_no_profile(words, grant):
    """Account and role, an ARN, or any parts that only one role has, name it: as one word or as several."""
    for form in (words.split(), [words]):
        found = resolve(form, CONFIG, GRANTS)
        assert (found.account_id, found.role_name, found.profile) == (grant.account_id, grant.role_name, None)


def test_several_that_fit_are_told_and_none_is_taken():
    """An ambiguous part lists the candidates, with their account ids."""
    with pytest.raises(
        UsageError, match=r"Several roles fit production: ProductionAccount/ReadOnly \(123456789022\), Prod"
    ):
        resolve(["production"], CONFIG, GRANTS)


def test_exact_name_goes_before_a_part():
    """What names one role exactly is that role, though others hold the words, too."""
    longer = _grant("123456789033", "DeveloperAccount2", "ReadOnly")
    assert resolve(["DeveloperAccount/ReadOnly"], CONFIG, [longer, *GRANTS]).account_id == "123456789011"


def test_a_profile_goes_before_everything():
    """A profile's name means the profile, whatever the logins grant or aliases say."""
    found = resolve(["dev-readonly"], CONFIG, [_grant("1" * 12, "dev-readonly", "X")], {"dev-readonly": "prod-admin"})
    assert found.profile == "dev-readonly"


def test_alias():
    """An alias stands for a profile, under its own name, or for words that name a role."""
    aliases = {"dev": "123456789011/ReadOnly", "prod": "prod-admin", "loop": "loop"}
    assert resolve(["dev"], CONFIG, GRANTS, aliases).account_id == "123456789011"
    found = resolve(["prod"], CONFIG, GRANTS, aliases)
    assert (found.name, found.profile) == ("prod", "prod-admin")
    with pytest.raises(UnknownTarget):
        resolve(["loop"], CONFIG, GRANTS, aliases)


def test_name_tells_accounts_of_one_name_apart():
    """Where two accounts have one name, the prompt shows the id."""
    twin = DEVELOPER._replace(account_id="123456789033")
    assert resolve(["123456789033"], CONFIG, [DEVELOPER, twin]).name == "123456789033/ReadOnly"
    assert resolve(["developer"], CONFIG, [DEVELOPER]).name == "DeveloperAccount/ReadOnly"


def test_hostile_account_name():
    """A control character or a direction mark of an account's name is not in the name of the target."""
    hostile = _grant("123456789033", "x\x1b]0;y\u202e", "ReadOnly")
    assert resolve(["123456789033"], CONFIG, [hostile]).name == "x\\x1b]0;y\\u202e/ReadOnly"
