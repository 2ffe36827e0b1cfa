"""The portal's dialog in a real browser: what a person copies there works, and is what ``ssoenv get`` prints."""

from __future__ import annotations

import functools
import subprocess
import sys

import boto3
import pytest
from probes import PROBES

TABS = {"macOS and Linux": "macos-linux", "Windows": "windows", "PowerShell": "powershell"}
VALUES = {
    "AWS access key ID": "access-key-id",
    "AWS secret access key": "secret-access-key",
    "AWS session token": "session-token",
}
ARN = "arn:aws:sts::123456789022:assumed-role/AWSReservedSSO_ReadOnly_0123456789abcdef/ada.lovelace@example.com"
WHO_AM_I = "import boto3; print(boto3.client('sts', region_name='eu-west-1').get_caller_identity()['Arn'])"


class Person:
    """A person at the browser, who looks for a role and copies."""

    def __init__(self, page, portal):
        self.page = page
        self.portal = portal

    def open_dialog(self):
        """Go from the list of accounts to the dialog."""
        self.page.goto(f"{self.portal.url}/start")
        self.page.get_by_label("Find accounts").fill("production 1234")
        self.page.get_by_text("ProductionAccount", exact=True).click()
        self.page.get_by_role("link", name="Access keys for ReadOnly").click()
        self.page.get_by_role("dialog", name="Get credentials for ReadOnly").wait_for()

    def copy(self, what, tab=None):
        """Press that Copy button in that tab, and return what the clipboard holds."""
        if tab:
            self.page.locator("label", has_text=tab).click()
        self.page.get_by_role("button", name=f"Copy {what}", exact=True).click()
        return self.copied(what)

    def copied(self, what):
        """Wait until the button says that it has copied, and return what the clipboard holds."""
        self.page.get_by_role("button", name=f"Copied {what}", exact=True).wait_for()
        assert self.page.get_by_role("status").inner_text() == f"Copied {what}"
        return self.page.evaluate("navigator.clipboard.readText()")


@pytest.fixture
def person(chromium, portal):
    context = chromium.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    faults = []
    page.on("console", lambda message: faults.append(message.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield Person(page, portal)
    context.close()
    assert faults == []  # a script that the policy stopped, or that failed


def who_has(portal, **credentials):
    """Return whose credentials these are, as STS says."""
    session = boto3.Session(**credentials)
    return session.client("sts", region_name="eu-west-1", endpoint_url=portal.url).get_caller_identity()["Arn"]


@pytest.mark.parametrize(("shell", "tab"), [("bash", "macOS and Linux"), ("powershell", "PowerShell")])
def test_option_1_makes_a_shell_that_role(person, user, tmp_path, shell, tab):
    """Account, role, dialog, tab, Copy; what is pasted into a shell makes its children that account and role."""
    probe = next(probe for probe in PROBES if probe.name == shell)
    program = probe.find()
    person.open_dialog()
    script = tmp_path / f"pasted{probe.suffix}"
    script.write_text("\n".join([person.copy("Option 1", tab), probe.words(sys.executable, "-c", WHO_AM_I), ""]))
    done = subprocess.run(
        [program, *probe.options, script], env=user.environ, capture_output=True, text=True, check=False
    )
    assert (done.stdout.strip(), done.returncode) == (ARN, 0), done.stderr


def test_option_2_is_a_profile(person, user, portal, monkeypatch):
    """Pasted at the end of the credentials file it is a profile, named for account and role."""
    person.open_dialog()
    file = user.home / ".aws" / "credentials"
    file.write_text(f"[default]\naws_access_key_id = AKIAEXAMPLE\n\n{person.copy('Option 2')}\n")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(file))
    assert who_has(portal, profile_name="123456789022_ReadOnly") == ARN


def test_option_3_is_the_values(person, portal):
    """The three values, copied one by one, are what a service client takes."""
    person.open_dialog()
    names = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
    values = map(person.copy, VALUES)
    assert who_has(portal, **dict(zip(names, values, strict=True))) == ARN


def test_the_session_is_what_configure_asks_for(person, portal):
    """Above the options stand the start URL and the region, each with its Copy button."""
    person.open_dialog()
    assert person.copy("SSO start URL") == portal.organisation.start_url
    assert person.copy("SSO region") == portal.organisation.sso_region


def test_get_prints_the_same(person, portal, logged_in, monkeypatch):
    """``ssoenv get`` prints the dialog's text for the same credentials, in each tab and for each option."""
    person.open_dialog()
    *_, session = portal.role_sessions.values()
    # Only here: a portal gives other credentials each time.
    monkeypatch.setattr(portal, "new_role_session", lambda *_: session)

    @functools.cache
    def printed(*words):
        return logged_in.does("get", "prod-readonly", *words).stdout

    for tab, system in TABS.items():
        assert printed("--os", system) == person.copy("Option 1", tab) + "\n"
        assert printed("--os", system, "--option", "2") == person.copy("Option 2") + "\n"
        for name, value in VALUES.items():
            assert printed("--value", value) == person.copy(name) + "\n"


def test_by_keyboard(person):
    """From the list to the clipboard, and back out, without a mouse."""
    page, press = person.page, person.page.keyboard.press
    page.goto(f"{person.portal.url}/start")
    press("Tab")
    page.keyboard.type("production 1234")
    for key in ("Tab", "Enter", "Tab", "Tab", "Enter"):  # the account, the console's link, the keys' link
        press(key)
    page.get_by_role("dialog", name="Get credentials for ReadOnly").wait_for()
    assert page.get_by_text("ProductionAccount · 123456789022").is_visible()
    for key in ("ArrowRight", "Tab", "Tab", "Tab", "Enter"):  # Windows, start URL, region, Option 1
        press(key)
    assert person.copied("Option 1").startswith("SET AWS_ACCESS_KEY_ID=ASIA")
    press("Escape")
    page.wait_for_url("**/start")
    assert page.get_by_role("dialog").count() == 0


def test_a_browser_that_does_not_copy(person):
    """Where the clipboard is not to be had, the text is selected for the person's own keys."""
    person.page.add_init_script("navigator.clipboard.writeText = () => Promise.reject(new Error())")
    person.open_dialog()
    person.page.get_by_role("button", name="Copy AWS access key ID").click()
    person.page.get_by_role("button", name="Selected AWS access key ID").wait_for()
    (session,) = person.portal.role_sessions.values()
    assert person.page.evaluate("getSelection().toString()") == session.access_key_id


def test_a_narrow_screen(person):
    """On a telephone nothing runs out of the screen."""
    person.page.set_viewport_size({"width": 320, "height": 600})
    person.open_dialog()
    for element in ("document.documentElement", "document.querySelector('dialog')"):
        assert person.page.evaluate(f"{element}.scrollWidth <= {element}.clientWidth"), element
