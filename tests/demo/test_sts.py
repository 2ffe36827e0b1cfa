"""STS tells whose keys these are, and refuses keys that are not whole."""

import botocore.session
import pytest
from botocore.exceptions import ClientError

from ssoenv.demo.portal.state import Trust


@pytest.fixture
def given(sso, token):
    answer = sso.get_role_credentials(accessToken=token, accountId="123456789022", roleName="AdministratorAccess")
    return answer["roleCredentials"]


@pytest.fixture
def identity(portal):
    """Ask STS with role credentials, some of them changed."""

    def ask(given, **changes):
        keys = {**given, **changes}
        sts = botocore.session.Session().create_client(
            "sts",
            region_name="eu-west-1",
            aws_access_key_id=keys["accessKeyId"],
            aws_secret_access_key=keys["secretAccessKey"],
            aws_session_token=keys["sessionToken"],
        )
        try:
            return sts.get_caller_identity()
        finally:
            sts.close()

    return ask


def test_identity(given, identity):
    """The identity is the account and the role that the credentials were given for, and the user."""
    answer = identity(given)

    assert answer["Account"] == "123456789022"
    assert answer["Arn"] == (
        "arn:aws:sts::123456789022:assumed-role/"
        "AWSReservedSSO_AdministratorAccess_0123456789abcdef/ada.lovelace@example.com"
    )
    assert answer["UserId"].endswith(":ada.lovelace@example.com")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"accessKeyId": "ASIAQNZGKIQY56JQ7WML"}, "InvalidClientTokenId"),
        ({"sessionToken": "another"}, "InvalidClientTokenId"),
        ({"sessionToken": None}, "InvalidClientTokenId"),
        ({"secretAccessKey": "another"}, "SignatureDoesNotMatch"),
    ],
)
def test_wrong_keys(given, identity, changes, code):
    """If one of the three values is another's, or a letter short, there is no identity."""
    with pytest.raises(ClientError) as caught:
        identity(given, **changes)

    assert caught.value.response["Error"]["Code"] == code
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_expired(given, identity, clock, portal):
    """Expired credentials are told apart from unknown ones."""
    clock.time += portal.role_session_lifetime

    with pytest.raises(ClientError) as caught:
        identity(given)

    assert caught.value.response["Error"]["Code"] == "ExpiredToken"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_outlives_login(given, identity, portal):
    """Role credentials live on when the login has ended."""
    portal.revoke_sessions()

    assert identity(given)["Account"] == "123456789022"


def test_unsigned(browse):
    """A request that nobody signed is refused."""
    page = browse("/", {"Action": "GetCallerIdentity", "Version": "2011-06-15"})

    assert page.status == 403
    assert "<Code>MissingAuthenticationToken</Code>" in page.text


ROLE = "arn:aws:iam::123456789011:role/team/deploy"


@pytest.fixture
def assume(given):
    """Assume a role with credentials; those of the Identity Center role unless a test gives others."""

    def ask(keys=given, **asked):
        sts = botocore.session.Session().create_client(
            "sts",
            region_name="eu-west-1",
            aws_access_key_id=keys["accessKeyId"],
            aws_secret_access_key=keys["secretAccessKey"],
            aws_session_token=keys["sessionToken"],
        )
        try:
            return sts.assume_role(**{"RoleArn": ROLE, "RoleSessionName": "ada", **asked})
        finally:
            sts.close()

    return ask


def _as_given(credentials):
    return {
        "accessKeyId": credentials["AccessKeyId"],
        "secretAccessKey": credentials["SecretAccessKey"],
        "sessionToken": credentials["SessionToken"],
    }


def test_assumed_role(assume, identity, portal, clock):
    """The credentials of an assumed role are that role's, under the name that was asked for, for an hour."""
    portal.trusts[ROLE] = Trust()

    answer = assume()

    arn = "arn:aws:sts::123456789011:assumed-role/deploy/ada"
    assert answer["AssumedRoleUser"]["Arn"] == arn
    assert identity(_as_given(answer["Credentials"]))["Arn"] == arn
    assert answer["Credentials"]["Expiration"].timestamp() == clock.now() + 3600


@pytest.mark.parametrize(
    ("trust", "asked"),
    [
        (None, {}),
        (Trust(external_id="e-1"), {}),
        (Trust(external_id="e-1"), {"ExternalId": "e-2"}),
        (Trust(mfa_serial="arn:aws:iam::123456789011:mfa/ada", mfa_code="123456"), {}),
        (
            Trust(mfa_serial="arn:aws:iam::123456789011:mfa/ada", mfa_code="123456"),
            {"SerialNumber": "arn:aws:iam::123456789011:mfa/ada", "TokenCode": "654321"},
        ),
    ],
)
def test_untrusted(assume, portal, trust, asked):
    """A role that is not for the caller, or not without an external id or a code, is refused."""
    if trust:
        portal.trusts[ROLE] = trust

    with pytest.raises(ClientError) as caught:
        assume(**asked)

    assert caught.value.response["Error"]["Code"] == "AccessDenied"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_trusted(assume, portal):
    """With the external id and the code that were set, the role is given."""
    serial = "arn:aws:iam::123456789011:mfa/ada"
    portal.trusts[ROLE] = Trust(external_id="e-1", mfa_serial=serial, mfa_code="123456")

    assert assume(ExternalId="e-1", SerialNumber=serial, TokenCode="123456")["Credentials"]


def test_longer_than_a_chain_may_be(assume, portal):
    """From role to role AWS gives an hour at most, and says so."""
    portal.trusts[ROLE] = Trust()

    with pytest.raises(ClientError, match="1 hour session limit for roles assumed by role chaining"):
        assume(DurationSeconds=3601)


@pytest.mark.parametrize("token", ["good", "forged"])
def test_web_identity(connect, identity, portal, token):
    """The token of another identity provider stands for the caller, if it is the one that the role trusts."""
    portal.trusts[ROLE] = Trust(web_identity="good")
    asked = {"RoleArn": ROLE, "RoleSessionName": "job", "WebIdentityToken": token}

    if token == "good":
        answer = connect("sts").assume_role_with_web_identity(**asked)
        assert identity(_as_given(answer["Credentials"]))["Account"] == "123456789011"
    else:
        with pytest.raises(ClientError) as caught:
            connect("sts").assume_role_with_web_identity(**asked)
        assert caught.value.response["Error"]["Code"] == "InvalidIdentityToken"
