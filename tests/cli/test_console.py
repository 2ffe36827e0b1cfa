"""`ssoenv console`: which link it makes of a name or of this shell, and how a browser comes to it."""

from __future__ import annotations

import json
import re
import stat
import sys
from base64 import b64encode
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

import pytest
from user import CONFIG

from ssoenv import console
from ssoenv.context import Context
from ssoenv.errors import ServiceError

SHORTCUT = (
    "https://my-sso-portal.awsapps.com/start/#/console?account_id=123456789011&role_name=ReadOnly"
    "&destination=https%3A%2F%2Fconsole.aws.amazon.com%2Fconsole%2Fhome%3Fregion%3Deu-central-1"
)
# A browser that notes its words, and where it gets to; it comes back for more, as browsers do.
_BROWSER = """#!{python}
import json, sys, urllib.error, urllib.parse, urllib.request
seen = {{"words": sys.argv[1:]}}
link = sys.argv[-1]
if link.startswith("ext+container:"):
    link = urllib.parse.parse_qs(link.partition(":")[2])["url"][0]
if link.startswith("http://127.0.0.1:"):
    with urllib.request.urlopen(link) as page:
        seen["at"], seen["page"] = page.url, page.read().decode()
    try:
        urllib.request.urlopen(link)
    except OSError as error:
        seen["again"] = str(error)
with open({seen!r}, "w") as file:
    json.dump(seen, file)
print("noise")
"""


@pytest.fixture
def browser(tmp_path):
    """Make browsers by their names; return the path of one."""

    def make(name="a browser"):
        path = tmp_path / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(_BROWSER.format(python=sys.executable, seen=str(tmp_path / "seen")))
        path.chmod(0o755)
        return str(path)

    return make


@pytest.fixture
def seen(tmp_path):
    """Return what the browser has noted, once it has."""

    def read():
        return json.loads((tmp_path / "seen").read_text())

    return read


@pytest.fixture
def shell(portal):
    """The environment of a shell that is switched to dev-readonly."""
    keys = portal.new_role_session("123456789011", "ReadOnly")
    return {
        "AWS_ACCESS_KEY_ID": keys.access_key_id,
        "AWS_SECRET_ACCESS_KEY": keys.secret_access_key,
        "AWS_SESSION_TOKEN": keys.session_token,
        "AWS_SSO_PROFILE": "dev-readonly",
        "AWS_SSO_ACCOUNT_ID": "123456789011",
        "AWS_SSO_ROLE_NAME": "ReadOnly",
        "AWS_REGION": "eu-central-1",
    }


def served(shell):
    """Return the environment of that shell where an endpoint serves the keys."""
    labels = {name: value for name, value in shell.items() if name.startswith(("AWS_SSO", "AWS_REGION"))}
    return {**labels, "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:1/credentials"}


def link_of(done):
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\n") == 1
    return done.stdout.strip()


class TestWhich:
    """Which link."""

    @pytest.mark.parametrize(
        ("words", "link"),
        [
            (["dev-readonly"], SHORTCUT),
            (["dev-readonly", "--region", "us-east-1"], SHORTCUT.replace("eu-central-1", "us-east-1")),
            (["dev-readonly", "--service", "s3"], SHORTCUT.replace("%2Fconsole%2Fhome", "%2Fs3%2Fhome")),
            (
                ["old-style", "--url", "https://123456789011-ab1.eu-west-1.console.aws.amazon.com/ec2/home#x"],
                SHORTCUT.partition("&dest")[0]
                + "&destination=https%3A%2F%2Feu-west-1.console.aws.amazon.com%2Fec2%2Fhome%23x",
            ),
        ],
    )
    def test_name(self, user, portal, words, link):
        """A name's link is the portal's shortcut, without a login and without asking anybody."""
        done = user.ssoenv("console", *words, "--print")
        assert (link_of(done), done.stderr) == (link, "")
        assert not portal.calls

    def test_this_shell(self, user, shell):
        """Without a name it is what this shell is, in its region: by the label beside its keys, or by AWS_PROFILE."""
        assert link_of(user.ssoenv("console", "--print", environ=shell)) == SHORTCUT
        elsewhere = {**shell, "AWS_REGION": "us-west-2"}
        assert "region%3Dus-west-2" in link_of(user.ssoenv("console", "--print", environ=elsewhere))
        assert link_of(user.ssoenv("console", "--print", environ={"AWS_PROFILE": "dev-readonly"})) == SHORTCUT
        for keyless in ({"AWS_PROFILE": "dev-readonly"}, served(shell)):
            environ = {**keyless, "AWS_REGION": "us-west-2"}
            assert "region%3Dus-west-2" in link_of(user.ssoenv("console", "--print", environ=environ))
            done = user.ssoenv("console", "--print", "--region", "eu-central-1", environ=environ)
            assert link_of(done) == SHORTCUT

    @pytest.mark.parametrize(
        ("name", "said"),
        [
            ("prod-admin", "says account 123456789011, but prod-admin is now account 123456789022."),
            ("not-mine", "says role ReadOnly, but not-mine is now role AdministratorAccess."),
        ],
    )
    @pytest.mark.parametrize("variable", ["AWS_SSO_PROFILE", "AWS_PROFILE"])
    def test_other_meaning(self, user, shell, variable, name, said):
        """A name that has come to mean another account or role is not opened as what the shell says it is."""
        done = user.ssoenv("console", "--print", environ={**served(shell), variable: name})
        assert (done.returncode, done.stdout) == (2, "")
        assert f"This shell {said}" in done.stderr

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            (None, "This shell is not switched."),
            ({"AWS_SSO_ACCOUNT_ID": "123456789022"}, "its keys are of account 123456789011"),
            ({"AWS_CREDENTIAL_EXPIRATION": "2020-01-01T00:00:00Z"}, "have expired"),
            ({"AWS_SESSION_TOKEN": ""}, "user's own keys"),
        ],
        ids=["not switched", "mixed", "expired", "no role"],
    )
    def test_no_shell(self, user, portal, shell, changes, said):
        """A shell that is not switched, or whose keys can't be what it says, opens nothing and sends nothing."""
        environ = {} if changes is None else shell | changes
        done = user.ssoenv("console", "--print", "--federate", environ=environ)
        assert (done.returncode, done.stdout) == (2, "")
        assert said in done.stderr
        assert not portal.calls

    @pytest.mark.parametrize("label", ["dev-readonly", "in-no-file", "prod-admin"])
    def test_federated(self, user, shell, label):
        """A sign-in link leads to the console as the role, also for keys whose label means nothing or another role."""
        place = "https://console.aws.amazon.com/s3/home?region=eu-central-1"
        words = ["--federate"] if label == "dev-readonly" else []
        environ = {**shell, "AWS_SSO_PROFILE": label}
        done = user.ssoenv("console", *words, "--service", "s3", "--print", environ=environ)
        link = link_of(done)
        assert done.stderr == "Careful: the link signs in whoever has it, for 15 minutes.\n"
        assert not [value for name, value in shell.items() if ("KEY" in name or "TOKEN" in name) and value in link]
        assert parse_qs(urlsplit(link).query)["Destination"] == [place]
        with urlopen(link) as page:
            text = page.read().decode()
        assert [word for word in ("123456789011", "ReadOnly", place) if word not in text] == []

    def test_issuer_url(self, user, shell):
        """An issuer URL is no page that has shortcuts, so the link signs in."""
        issuer = "https://identitycenter.amazonaws.com/ssoins-1"
        user.write_config(CONFIG.replace("https://my-sso-portal.awsapps.com/start", issuer))
        assert "SigninToken=" in link_of(user.ssoenv("console", "--print", environ=shell))

    def test_refused_keys(self, user, shell):
        """Keys that the sign-in page refuses are not shown."""
        environ = {**shell, "AWS_SESSION_TOKEN": "another-token"}
        done = user.ssoenv("console", "--federate", "--print", environ=environ)
        assert (done.returncode, done.stdout) == (5, "")
        assert not [word for word in (shell["AWS_SECRET_ACCESS_KEY"], "another-token") if word in done.stderr]

    @pytest.mark.parametrize(
        "words",
        [
            ["--url", "https://console.aws.amazon.com.evil.example/"],
            ["--url", "https://999999999999-abc.us-east-1.console.aws.amazon.com/s3"],
            ["--service", "../x"],
            ["--region", "cn-north-1"],
            ["--url", "https://console.aws.amazon.com/", "--service", "s3"],
            ["--copy", "--browser", "firefox"],
        ],
        ids=" ".join,
    )
    def test_refused(self, user, words):
        """A place that is not in the account's console, and options that contradict each other, are refused."""
        done = user.ssoenv("console", "dev-readonly", "--print", *words)
        assert (done.returncode, done.stdout) == (2, "")


@pytest.mark.skipif(sys.platform == "win32", reason="the fake browser is a script")
class TestOpened:
    """How a browser comes to it."""

    def test_shortcut(self, user, browser, seen):
        """The shortcut, which holds no secret, is the browser's word; stdout stays empty."""
        done = user.ssoenv("console", "dev-readonly", "--browser", f"'{browser()}' --new-tab %s -x")
        assert (done.returncode, done.stdout) == (0, "")
        assert seen()["words"] == ["--new-tab", SHORTCUT, "-x"]

    def test_federated(self, logged_in, browser, seen):
        """A sign-in link is in no command line: a page on this machine leads to it, once."""
        done = logged_in.ssoenv("console", "dev-readonly", "--federate", "--browser", browser())
        assert (done.returncode, done.stdout) == (0, "")
        assert re.fullmatch(r"http://127\.0\.0\.1:[0-9]+/[\w-]{43}", " ".join(seen()["words"]))
        assert "SigninToken=" in seen()["at"]
        assert "123456789011" in seen()["page"]
        assert re.search("404|refused|reset", seen()["again"])
        assert "SigninToken" not in done.stderr

    def test_separate_in_chromium(self, user, browser, seen):
        """Chromium gets a private folder for the role."""
        done = user.ssoenv("console", "dev-readonly", "--separate", "--browser", browser("chromium"))
        assert (done.returncode, done.stdout) == (0, "")
        folder = user.home / ".cache/ssoenv/browsers/123456789011-ReadOnly"
        words = [f"--user-data-dir={folder}", "--no-first-run", "--no-default-browser-check", SHORTCUT]
        assert seen()["words"] == words
        assert stat.S_IMODE(folder.stat().st_mode) == stat.S_IMODE(folder.parent.stat().st_mode) == 0o700

    def test_separate_in_firefox(self, user, shell, browser, seen):
        """Firefox opens a sign-in link in the role's container, and without the extension no search engine gets it."""
        words = ("--federate", "--separate", "--browser", browser("firefox"))
        done = user.ssoenv("console", *words, environ=shell)
        assert (done.returncode, done.stdout) == (0, "")
        container = r"ext\+container:name=123456789011%20ReadOnly&url=http%3A%2F%2F127\.0\.0\.1%3A[0-9]+%2F[\w-]{43}"
        assert re.fullmatch(container, " ".join(seen()["words"]))
        assert "123456789011" in seen()["page"]

    def test_separate_in_another_browser(self, user, browser, tmp_path):
        """A browser that can't keep accounts apart is not started."""
        done = user.ssoenv("console", "dev-readonly", "--separate", "--browser", browser("epiphany"))
        assert done.returncode == 2
        assert "epiphany" in done.stderr
        assert not (tmp_path / "seen").exists()

    def test_no_browser(self, user, shell):
        """Over SSH the link is printed, and that is said."""
        for words in ([], ["--separate"], ["--federate"]):
            done = user.ssoenv("console", *words, environ={**shell, "SSH_TTY": "/dev/pts/0"})
            assert "No browser could be started here. Open this link in one." in done.stderr
            assert link_of(done).startswith("http")
            is_secret = "--federate" in words
            assert ("for 15 minutes" in done.stderr) == ("SigninToken=" in done.stdout) == is_secret

    def test_copied(self, user):
        """--copy puts the link on the clipboard: over SSH on that of the terminal, and nowhere else."""
        screen = user.at_terminal("console", "dev-readonly", "--copy", SSH_TTY="/dev/pts/0")
        assert screen.finish() == 0
        assert b"\x1b]52;c;" + b64encode(SHORTCUT.encode()) in screen.sent
        assert b"https://" not in screen.sent
        assert screen.lines[0].startswith("Sent the console link of dev-readonly to your terminal's clipboard.")

    def test_browser_that_does_not_come(self, monkeypatch):
        """The error leads to the same sign-in link, by the words that were typed."""
        monkeypatch.setattr(console, "_LIMIT", 0)
        link, here = console.Link("https://signin.aws.amazon.com/", is_secret=True), Context.system(lambda _line: None)
        with pytest.raises(ServiceError, match=r"ssoenv console 'Team A' ReadOnly --federate --print$"):
            console.open_in_browser(link, lambda _url: True, ["Team A", "ReadOnly"], here)

    def test_browser_of_another_machine(self, user, shell, browser, tmp_path):
        """A helper that opens the browser of another machine gets the shortcut, and no sign-in link."""
        remote = {**shell, "SSH_TTY": "/dev/pts/0", "BROWSER": f"'{browser()}'"}
        done = user.ssoenv("console", "--federate", environ=remote)
        assert "SigninToken=" in link_of(done)
        assert not (tmp_path / "seen").exists()
        done = user.ssoenv("console", environ=remote)
        assert (done.returncode, done.stdout) == (0, "")
        assert json.loads((tmp_path / "seen").read_text())["words"] == [SHORTCUT]
