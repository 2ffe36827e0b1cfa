"""The organisation: the accounts that the README names, and enough others."""

from ssoenv.demo.portal import EXAMPLE, Account, Organisation
from ssoenv.demo.portal.organisation import _example


def test_named_accounts():
    """DeveloperAccount and ProductionAccount come first, with the roles that the documentation shows."""
    assert EXAMPLE.start_url == "https://my-sso-portal.awsapps.com/start"
    assert EXAMPLE.accounts[:2] == (
        Account("123456789011", "DeveloperAccount", "developer-account-admin@example.com", ("ReadOnly",)),
        Account(
            "123456789022",
            "ProductionAccount",
            "production-account-admin@example.com",
            ("ReadOnly", "AdministratorAccess"),
        ),
    )


def test_others():
    """Some forty more follow, the same at each start; ids are unique, twelve digits, and may start with zeros."""
    ids = [account.account_id for account in EXAMPLE.accounts]

    assert len(ids) == len(set(ids)) >= 42
    assert all(len(number) == 12 and number.isdecimal() for number in ids)
    assert any(number.startswith("0") for number in ids)
    assert all(account.roles for account in EXAMPLE.accounts)
    assert tuple(_example()) == EXAMPLE.accounts


def test_sized():
    """An organisation of any size can be had."""
    organisation = Organisation.sized(accounts=1000, roles=3)

    assert len({account.account_id for account in organisation.accounts}) == 1000
    assert {len(account.roles) for account in organisation.accounts} == {3}


def test_account_by_id():
    """An account is found by its id; an unknown id is None."""
    assert EXAMPLE.account("123456789022").name == "ProductionAccount"
    assert EXAMPLE.account("999999999999") is None
