"""STS tells whose keys these are, and refuses keys that are not whole."""

import botocore.session
import pytest
from botocore.exceptions import ClientError


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
    clock.advance(portal.role_session_lifetime)

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
