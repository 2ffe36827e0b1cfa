"""The dialog that hands out credentials: whose, how often, and what its pages may do."""

import base64
import hashlib
import re
from html import escape, unescape

import pytest

from ssoenv.demo.portal import Account, Organisation

HOSTILE = "<script>alert(1)</script>\"'&{role}"
READ_ONLY = {"account_id": "123456789011", "role_name": "ReadOnly"}


def test_each_opening_mints(browse, portal):
    """Each opening hands out new credentials of that role, good for as long as GetRoleCredentials' own."""
    pages = [browse("/start/credentials", **READ_ONLY) for _ in range(2)]

    first, second = portal.role_sessions.values()
    for page, session in zip(pages, (first, second), strict=True):
        assert page.status == 200
        assert session.access_key_id in page.text
        assert (session.account_id, session.role_name) == ("123456789011", "ReadOnly")
        assert session.expires_at == portal.now() + portal.role_session_lifetime
    assert first.secret_access_key not in pages[1].text


@pytest.mark.parametrize("path", ["/start/credentials", "/start/console"])
@pytest.mark.parametrize(
    "query", [{}, {**READ_ONLY, "role_name": "Owner"}, {**READ_ONLY, "account_id": "000000000000"}]
)
def test_no_access(browse, portal, path, query):
    """A role that the user does not have, or none, opens nothing and mints nothing."""
    page = browse(path, **query)

    assert page.status == 403
    assert "No access" in page.text
    assert not portal.role_sessions


def test_hostile_names(browse, portal):
    """A name is shown and followed as it is, and never becomes part of the page."""
    portal.organisation = Organisation((Account("000000000001", HOSTILE, HOSTILE, (HOSTILE,)),))
    links = [unescape(link) for link in re.findall('href="(/start/[^"]+)"', browse("/start").text)]

    assert len(links) == 2
    for link in links:
        page = browse(link)
        assert page.status == 200
        assert escape(HOSTILE) in page.text
        assert HOSTILE not in page.text
        assert "<script>alert" not in page.text
    (session,) = portal.role_sessions.values()
    assert session.role_name == HOSTILE


@pytest.mark.parametrize("path", ["/start", "/start/credentials"])
def test_headers(browse, path):
    """The page's own script may run, and nothing else; nobody keeps the page, or frames it."""
    page = browse(path, **READ_ONLY)

    (script,) = re.findall("<script>(.*?)</script>", page.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = page.headers["Content-Security-Policy"]
    assert f"script-src 'sha256-{digest}';" in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"


def test_console(browse):
    """The other link leads to the console, in that account and role."""
    page = browse("/start/console", **READ_ONLY)

    assert page.status == 200
    assert "<code>123456789011</code> with the role <code>ReadOnly</code>" in page.text
