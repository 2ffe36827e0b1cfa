"""The sign-in page: role credentials in, a link to the console out."""

import json

import pytest

from ssoenv.demo.portal import Account, Organisation


@pytest.fixture
def session(sso, token):
    """Role credentials in the form that the sign-in page takes."""
    given = sso.get_role_credentials(accessToken=token, accountId="123456789011", roleName="ReadOnly")
    keys = given["roleCredentials"]
    return {
        "sessionId": keys["accessKeyId"],
        "sessionKey": keys["secretAccessKey"],
        "sessionToken": keys["sessionToken"],
    }


@pytest.fixture
def exchange(browse):
    def get(session, **query):
        return browse("/federation", Action="getSigninToken", Session=json.dumps(session), **query)

    return get


@pytest.fixture
def log_in(browse):
    def get(page, destination="https://console.aws.amazon.com/"):
        token = json.loads(page.text)["SigninToken"]
        query = {"Issuer": "ssoenv", "Destination": destination, "SigninToken": token}
        return browse("/federation", Action="login", **query)

    return get


def test_login(session, exchange, log_in):
    """The link opens a page that names the account and the role."""
    page = log_in(exchange(session, SessionDuration=3600))

    assert page.status == 200
    assert "123456789011" in page.text
    assert "ReadOnly" in page.text
    assert "https://console.aws.amazon.com/" in page.text


def test_escaped(session, exchange, log_in):
    """What a link carries is shown, and never becomes part of the page."""
    page = log_in(exchange(session), "<script>alert(1)</script>")

    assert "&lt;script&gt;" in page.text
    assert "<script" not in page.text


@pytest.mark.parametrize("name", ["sessionId", "sessionKey", "sessionToken"])
def test_wrong_keys(session, exchange, name):
    """Keys that are not whole bring no link."""
    assert exchange({**session, name: "another"}).status == 400


@pytest.mark.parametrize("query", [{"SessionDuration": 899}, {"SessionDuration": 43201}, {"SessionDuration": "x"}])
def test_wrong_duration(session, exchange, query):
    """A console session lasts from 15 minutes to 12 hours."""
    assert exchange(session, **query).status == 400


@pytest.mark.parametrize("session", [[], {}, {"sessionId": "x"}, {"sessionId": [], "sessionKey": 1, "sessionToken": 2}])
def test_not_a_session(exchange, session):
    """Anything else in the place of credentials is refused."""
    assert exchange(session).status == 400


def test_link_expires(session, exchange, log_in, clock):
    """The link is good for 15 minutes."""
    page = exchange(session)
    clock.time += 15 * 60

    assert log_in(page).status == 400


def test_start_page(browse, portal):
    """The start page lists the accounts with their roles, escaped."""
    name = "<b>R&D</b>"
    portal.organisation = Organisation((Account("000000000001", name, "rd@example.com", ("ReadOnly",)),))

    page = browse("/start")

    assert page.status == 200
    assert "&lt;b&gt;R&amp;D&lt;/b&gt;" in page.text
    assert name not in page.text
    assert "000000000001" in page.text
    assert "ReadOnly" in page.text
