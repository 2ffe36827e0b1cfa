"""The SSO portal's API, as botocore's own client sees it."""

import pytest
from botocore.exceptions import ClientError

from ssoenv.demo.portal import EXAMPLE, Account, Organisation


def credentials(sso, token, account_id="123456789011", role_name="ReadOnly"):
    answer = sso.get_role_credentials(accessToken=token, accountId=account_id, roleName=role_name)
    return answer["roleCredentials"]


class TestListing:
    """ListAccounts and ListAccountRoles."""

    def test_accounts(self, sso, token, portal):
        """All accounts come in pages, in order, each once; the page size is the client's or 20."""
        portal.organisation = Organisation.sized(accounts=45, roles=1)

        first = sso.list_accounts(accessToken=token)
        pages = list(sso.get_paginator("list_accounts").paginate(accessToken=token, PaginationConfig={"PageSize": 10}))

        assert len(first["accountList"]) == 20
        assert [len(page["accountList"]) for page in pages] == [10, 10, 10, 10, 5]
        assert [row["accountId"] for page in pages for row in page["accountList"]] == [
            account.account_id for account in portal.organisation.accounts
        ]

    def test_account_fields(self, sso, token):
        """An account has id, name and e-mail address."""
        listed = sso.list_accounts(accessToken=token, maxResults=100)

        assert listed["accountList"][0] == {
            "accountId": "123456789011",
            "accountName": "DeveloperAccount",
            "emailAddress": "developer-account-admin@example.com",
        }
        assert len(listed["accountList"]) == len(EXAMPLE.accounts)
        assert not listed.get("nextToken")

    def test_roles(self, sso, token, portal):
        """The roles of an account come in pages too."""
        portal.organisation = Organisation.sized(accounts=2, roles=45)
        account = portal.organisation.accounts[1]

        pages = sso.get_paginator("list_account_roles").paginate(accessToken=token, accountId=account.account_id)

        assert list(pages.search("roleList[].roleName")) == list(account.roles)
        assert portal.calls["ListAccountRoles"] == 3

    def test_no_accounts(self, sso, token, portal):
        """A user without assignments gets an empty list."""
        portal.organisation = Organisation(())

        assert sso.list_accounts(accessToken=token)["accountList"] == []

    @pytest.mark.parametrize("page", [{"maxResults": 101}, {"nextToken": "nonsense!"}])
    def test_bad_page(self, sso, token, page):
        """A page size above 100, or a token of somebody else's, is an invalid request."""
        with pytest.raises(sso.exceptions.InvalidRequestException):
            sso.list_accounts(accessToken=token, **page)

    def test_hostile_names(self, sso, token, portal):
        """Names arrive as they are, whatever is in them."""
        name = "$(id) `id` 'x' \"y\" \x1b[31m \u202e ü"
        portal.organisation = Organisation((Account("000000000001", name, "a@example.com", (name,)),))

        assert sso.list_accounts(accessToken=token)["accountList"][0]["accountName"] == name
        assert credentials(sso, token, "000000000001", name)["accessKeyId"]


class TestGetRoleCredentials:
    """Credentials of a role."""

    def test_credentials(self, sso, token, portal, clock, account_in):
        """Credentials carry their account, and expire by a clock of milliseconds."""
        given = credentials(sso, token)

        assert account_in(given["accessKeyId"]) == "123456789011"
        assert given["expiration"] == int((clock.now() + portal.role_session_lifetime) * 1000)
        assert given["accessKeyId"] != credentials(sso, token)["accessKeyId"]

    @pytest.mark.parametrize(
        ("account_id", "role_name"), [("123456789011", "AdministratorAccess"), ("999999999999", "ReadOnly")]
    )
    def test_no_access(self, sso, token, account_id, role_name):
        """A role that the user does not have is forbidden, by an error that the model does not know."""
        with pytest.raises(ClientError) as caught:
            credentials(sso, token, account_id, role_name)

        assert caught.value.response["Error"] == {"Code": "ForbiddenException", "Message": "No access"}
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


class TestBearer:
    """Whose token is good, and for how long."""

    def check_refused(self, sso, token):
        """Expect that the token is refused as the service refuses it."""
        with pytest.raises(sso.exceptions.UnauthorizedException) as caught:
            sso.list_accounts(accessToken=token)
        error = caught.value.response
        assert error["Error"]["Message"] == "Session token not found or invalid"
        assert error["ResponseMetadata"]["HTTPStatusCode"] == 401

    def test_unknown(self, sso):
        """An unknown token is refused."""
        self.check_refused(sso, "made-up")

    def test_expired(self, sso, token, clock, portal):
        """A token that has expired is refused."""
        clock.time += portal.access_token_lifetime

        self.check_refused(sso, token)

    def test_revoked(self, sso, token, portal):
        """A session may end on the server's side, long before its token expires."""
        portal.revoke_sessions()

        self.check_refused(sso, token)

    def test_logout(self, sso, token, program):
        """Logout ends the login with all its tokens, and no other login."""
        client = program.register()
        other = program.log_in(client)

        sso.logout(accessToken=other["accessToken"])

        self.check_refused(sso, other["accessToken"])
        with pytest.raises(program.oidc.exceptions.InvalidGrantException):
            program.refresh(client, other["refreshToken"])
        assert sso.list_accounts(accessToken=token)["accountList"]


def test_rate(sso, token, portal, clock):
    """Above the rate the service answers 429, until the second is over."""
    portal.rate = 2
    for _ in range(2):
        sso.list_accounts(accessToken=token)

    with pytest.raises(sso.exceptions.TooManyRequestsException) as caught:
        sso.list_accounts(accessToken=token)

    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 429
    clock.time += 1
    assert sso.list_accounts(accessToken=token)["accountList"]
