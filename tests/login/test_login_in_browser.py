"""Logins in a real browser: headless Chromium follows the link of the real program, and presses what a person would."""

from __future__ import annotations

import re
import shlex
import shutil
import signal
import socket

import pytest


@pytest.fixture
def page(chromium):
    page = chromium.new_page()
    yield page
    page.close()


@pytest.fixture
def portal(start_portal):
    """A portal where the person decides."""
    return start_portal()


class Login:
    """A running ``ssoenv login``: what it says, line by line."""

    def __init__(self, user, *words):
        self.said = []
        self.process = user.start("login", *words)

    def read_until(self, pattern):
        """Return what *pattern* found in the first line that it fits."""
        for line in self.process.stderr:
            self.said.append(line)
            if match := re.search(pattern, line):
                return match[1]
        raise AssertionError(f"{pattern} is not in: {self.said}")

    def link(self):
        return self.read_until(r"^  (http\S+)$")

    def end(self):
        """Return the exit code and all that was said."""
        _, rest = self.process.communicate(timeout=30)
        return self.process.returncode, "".join(self.said) + rest


@pytest.fixture
def start(user, tmp_path):
    """Start logins; by PKCE they hand the link to a browser that does nothing, as the test is the browser."""
    started = []

    def start(*words):
        started.append(Login(user, *words))
        return started[-1]

    yield start
    for login in started:
        login.process.kill()
        login.process.communicate()


PKCE = ("corp", "--browser", shlex.quote(shutil.which("true") or "true"))
DEVICE = ("corp", "--device-code", "--no-browser")


def token_files(user):
    return [path for path in (user.home / ".aws/sso/cache").glob("*.json") if "accessToken" in path.read_text()]


def refuses(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def test_allow_by_code(start, user, page):
    """Device code: the page of the printed link shows the printed code; Allow ends the login."""
    login = start(*DEVICE)
    code = login.read_until("approve the code ([A-Z-]+):")
    page.goto(login.link())
    assert page.locator("code").inner_text() == code
    page.get_by_role("button", name="Allow").click()
    page.get_by_text("You may close this window").wait_for()
    status, said = login.end()
    assert status == 0, said
    assert "Logged in to corp as " in said
    assert len(token_files(user)) == 1


def test_deny_by_code(start, user, page):
    """Device code: Deny ends the login with exit code 3, and nothing is kept."""
    login = start(*DEVICE)
    page.goto(login.link())
    page.get_by_role("button", name="Deny").click()
    page.get_by_text("given nothing").wait_for()
    status, said = login.end()
    assert status == 3
    assert "declined in the browser. Nothing changed." in said
    assert token_files(user) == []


def test_allow_in_the_browser(start, user, page, portal):
    """PKCE: Allow leads to the page that may be closed; the code is in no address, no history and no other request."""
    login = start(*PKCE)
    link = login.link()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(link)
    page.get_by_role("button", name="Allow").click()
    page.get_by_text("You may close this page").wait_for()
    assert re.fullmatch(r"http://127\.0\.0\.1:[0-9]+/done", page.url)
    assert "Approved" in page.title() + page.locator("h1").inner_text()
    status, said = login.end()
    assert status == 0, said
    (kept,) = token_files(user)
    assert kept.stat().st_mode & 0o777 == 0o600
    (code,) = [url for url in asked if "code=" in url and "/oauth/callback" in url]
    assert [re.sub(r"\?.*", "", url) for url in asked if portal.url not in url] == [
        re.sub(r"\?.*", "", code),
        page.url,
    ]
    assert page.evaluate("document.referrer") == ""
    assert "code=" not in said.replace(link, "")
    assert refuses(int(page.url.split(":")[2].partition("/")[0]))


def test_deny_in_the_browser(start, user, page):
    """PKCE: Deny ends the login at once, and the last page does not say that it is approved."""
    login = start(*PKCE)
    page.goto(login.link())
    page.get_by_role("button", name="Deny").click()
    page.get_by_text("You may close this page").wait_for()
    assert page.locator("h1").inner_text() == "Not approved"
    status, said = login.end()
    assert status == 3
    assert "declined in the browser. Nothing changed." in said
    assert token_files(user) == []


@pytest.mark.parametrize("words", [PKCE, DEVICE], ids=["PKCE", "device code"])
def test_closed_tab(start, user, chromium, words):
    """Closing the tab ends nothing; Ctrl-C does, and then nobody listens and nothing is kept."""
    login = start(*words)
    tab = chromium.new_page()
    link = login.link()
    tab.goto(link)
    tab.get_by_role("button", name="Allow").wait_for()
    tab.close()
    login.read_until("(Approve only if you started this)")
    assert login.process.poll() is None
    login.process.send_signal(signal.SIGINT)
    status, said = login.end()
    assert status == 130
    assert "Traceback" not in said
    assert token_files(user) == []
    for port in re.findall("127.0.0.1%3A([0-9]+)", link):
        assert refuses(int(port))


def test_a_link_from_elsewhere_does_not_end_the_login(start, page):
    """What leads the browser to the port with a code or a refusal of its own is told off; Allow still works."""
    login = start(*PKCE)
    link = login.link()
    port = re.search("127.0.0.1%3A([0-9]+)", link)[1]
    for query in ("code=theirs&state=x", "error=access_denied", "error=access_denied&state=x"):
        assert page.goto(f"http://127.0.0.1:{port}/oauth/callback?{query}").status == 400
        assert "not the answer to a login" in page.locator("h1").inner_text()
    page.goto(link)
    page.get_by_role("button", name="Allow").click()
    page.get_by_text("You may close this page").wait_for()
    assert login.end()[0] == 0
