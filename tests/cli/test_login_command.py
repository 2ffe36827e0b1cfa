"""``ssoenv login``, as it is typed."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest
from installed import program
from user import CONFIG

from ssoenv.demo.portal.state import Trust

URL = "https://my-sso-portal.awsapps.com/start"
ROLE = "sso_account_id = 123456789011\nsso_role_name = ReadOnly\n"
DEPLOY = "arn:aws:iam::123456789022:role/deploy"
OTHER = "\n[sso-session broken]\nsso_start_url = https://no-such-portal.awsapps.com/start\nsso_region = eu-west-1\n"


def test_login_with_nothing_configured(user):
    """A start URL and a region are enough; the session is known from then on, and its token is refreshed by itself.

    What the login grants is offered at Tab, and all regions there are.
    """
    user.config.unlink()
    done = user.does("login", "--start-url", f"{URL}/#/", "--sso-region", "eu-central-1")
    line = (
        r"^Logged in to my-sso-portal as ada\S+ until (\S+ )?\S+ \(59 min left\), "
        r"then renewed by itself while the portal's session lasts; role credentials last 1 h\.$"
    )
    assert re.search(line, done.stderr, re.MULTILINE)
    names = (user.home / ".cache" / "ssoenv" / "names").read_text("utf-8")
    assert "DeveloperAccount/ReadOnly\t123456789011 · ReadOnly\n" in names
    assert "ap-northeast-1\t" in (user.home / ".cache" / "ssoenv" / "regions").read_text("utf-8")
    again = user.ssoenv("login")
    assert "Still logged in to my-sso-portal" in again.stderr
    assert not user.config.exists()
    (kept,) = user.home.rglob("sessions.json")
    assert json.loads(kept.read_text()) == {"sessions": {"my-sso-portal": {"start_url": URL, "region": "eu-central-1"}}}


def test_sso_region_that_does_not_exist(user):
    """It is tried all the same, as new ones appear; the nearest is named, and the error names the region."""
    words = ("login", "--start-url", URL, "--sso-region", "eu-west-99")
    done = user.ssoenv(*words, environ={"AWS_ENDPOINT_URL_SSO_OIDC": "http://127.0.0.1:9", "AWS_MAX_ATTEMPTS": "1"})
    assert done.returncode == 5
    warning, error = done.stderr.splitlines()
    assert re.search("eu-west-99 is an unknown region.* Did you mean .*eu-west-1", warning)
    assert error.endswith("Look at the network, the proxy variables and the region: it is eu-west-99.")


def test_a_failed_login_is_not_remembered(user, portal):
    """A start URL with a slip in it leaves nothing behind."""
    user.config.unlink()
    done = user.ssoenv("login", "--start-url", "https://no-such.awsapps.com/start", "--sso-region", "eu-central-1")
    assert done.returncode == 3
    assert list(user.home.rglob("sessions.json")) == []


def test_each_session_in_turn(user, portal):
    """--all goes on after a failure, says it, and ends with its exit code."""
    user.write_config(OTHER + user.config.read_text())
    done = user.ssoenv("login", "--all")
    assert done.returncode == 3
    assert "No Identity Center portal answers at https://no-such-portal.awsapps.com/start" in done.stderr
    assert "Logged in to corp as ada.lovelace@example.com until" in done.stderr
    assert f"Logged in to {URL} as ada.lovelace@example.com until" in done.stderr
    assert portal.calls["CreateToken"] == 2


def test_ctrl_c_at_one_of_several(logged_in, portal):
    """The logins before that one stay, and that is told."""
    portal.auto_approve = False
    with logged_in.start("login", "--all", "--no-browser") as process:
        assert any("Approve only" in line for line in process.stderr)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert (process.returncode, err.splitlines()[-1]) == (130, "Cancelled. The logins before this one stay.")


def test_a_declined_login_with_nothing_configured(user, portal):
    """The cure is a line that works as it stands, as no file holds the session's name."""
    user.config.unlink()
    portal.fail("CreateToken", type="AccessDeniedException")
    done = user.ssoenv("login", "--start-url", URL, "--sso-region", "eu-central-1", "--device-code")
    assert done.returncode == 3
    (line,) = re.findall("To try again: (.*)", done.stderr)
    assert line.startswith(f"ssoenv login --start-url {URL} --sso-region eu-central-1")
    user.does(*shlex.split(line)[1:])


def test_a_declined_login_to_a_configured_session(user, portal):
    """A session in the config file is named by its name."""
    portal.fail("CreateToken", type="AccessDeniedException", times=2)
    for words in (["corp"], ["--start-url", URL]):
        done = user.ssoenv("login", *words, "--device-code")
        assert done.returncode == 3
        assert done.stderr.endswith("To try again: ssoenv login corp\n")


def test_endpoints_of_a_profile(user, portal):
    """What a profile says of endpoints and certificates holds for its login, its renewal and its logout, too."""
    user.write_config(f"{CONFIG}\n[profile inspected]\nsso_session = corp\nendpoint_url = {portal.url}\n{ROLE}")
    for service in ("SSO", "SSO_OIDC"):
        user.environ.pop(f"AWS_ENDPOINT_URL_{service}")
    user.environ["AWS_MAX_ATTEMPTS"] = "1"
    user.does("login", "inspected", "--no-browser")
    token = user.token_file
    token.write_text(json.dumps({**json.loads(token.read_text()), "expiresAt": "2020-01-01T00:00:00Z"}))
    user.does("use", "inspected", "--shell", "sh")
    assert user.ssoenv("logout", "inspected").stderr == "Logged out of corp.\n"
    assert portal.calls["CreateToken"] == 2
    assert portal.calls["Logout"] == 1


def test_login_as_somebody_else(user, portal):
    """--force is how one corrects a login as the wrong user: nothing that this one had is handed out any more."""
    give = portal.new_role_session

    def of_user(account_id, role_name, arn=None, *others):
        name = f"AWSReservedSSO_{role_name}_0123456789abcdef/{portal.organisation.user}"
        return give(account_id, role_name, arn or f"arn:aws:sts::{account_id}:assumed-role/{name}", *others)

    portal.new_role_session = of_user
    user.write_config(f"{CONFIG}\n[profile chain]\nsource_profile = prod-admin\nrole_arn = {DEPLOY}\n")
    portal.trusts[DEPLOY] = Trust()
    user.does("login", "corp")

    def key(name):
        return re.search("AWS_ACCESS_KEY_ID='(.*)'", user.ssoenv("use", name, "--shell", "sh").stdout)[1]

    before = {name: key(name) for name in ("dev-readonly", "chain")}
    portal.organisation = replace(portal.organisation, user="bob@example.com")
    done = user.ssoenv("login", "corp", "--force")
    assert "Logged in to corp as bob@example.com" in done.stderr
    assert all(key(name) != old for name, old in before.items())
    (kept,) = (path for path in (user.home / ".aws/cli/cache").iterdir() if "sso" not in path.read_text())
    kept.unlink()
    kept.mkdir()
    done = user.does("login", "corp", "--force")
    assert f"Careful: keys of the login before are still kept. {kept} can't be deleted" in done.stderr


class TestWhoAndHowLong:
    """The line after a login says who signed in, and how long credentials of a role last."""

    WHOLE = (
        r"^Logged in to corp as ada\.lovelace@example\.com until .* \(59 min left\), then renewed by itself while the "
        r"portal's session lasts; role credentials last 1 h\.$"
    )
    SHORT = r"^Logged in to corp until .* left\), then renewed by itself while the portal's session lasts\.$"

    def is_quick(self, user, portal, name) -> bool:
        """Tell whether a switch to *name* asks for no credentials; a background listing may ask for other things."""
        before = portal.calls["GetRoleCredentials"]
        user.does("use", name, "--shell", "sh")
        return portal.calls["GetRoleCredentials"] == before

    def test_keys_of_the_login_before(self, logged_in, portal):
        """What is kept from before is neither whose login this is nor how long it makes keys last."""
        portal.role_session_lifetime = 1800
        logged_in.does("use", "dev-readonly", "--shell", "sh")
        portal.role_session_lifetime = 3600
        logged_in.token_file.unlink()
        done = logged_in.ssoenv("login", "corp")
        assert re.search(self.WHOLE, done.stderr, re.MULTILINE), done.stderr

    def test_first_profile(self, user, portal):
        """At first it is the first profile of the session, and a switch to it is quick."""
        done = user.ssoenv("login", "corp")
        assert re.search(self.WHOLE, done.stderr, re.MULTILINE), done.stderr
        assert self.is_quick(user, portal, "dev-readonly")

    def test_used_last(self, logged_in, portal):
        """Later it is the profile that was used last of this session."""
        logged_in.does("login", "old-style")
        for name in ("prod-admin", "old-style"):
            logged_in.does("use", name, "--shell", "sh")
        logged_in.does("logout", "corp")
        done = logged_in.ssoenv("login", "corp")
        assert re.search(self.WHOLE, done.stderr, re.MULTILINE), done.stderr
        assert self.is_quick(logged_in, portal, "prod-admin")

    def test_listed_roles(self, user, portal):
        """Without a profile it is a role that was listed: the one used last; before that, any that the login grants."""
        user.write_config(CONFIG.partition("[profile")[0])
        done = user.ssoenv("login", "corp")
        assert re.search(self.WHOLE, done.stderr, re.MULTILINE), done.stderr
        asked = portal.calls["ListAccounts"], portal.calls["ListAccountRoles"]
        assert asked == (1, 1)  # to list them all is left to who needs that
        used = "ProductionAccount/ReadOnly"
        user.does("use", used, "--shell", "sh", "--region", "eu-west-1")
        user.does("logout", "corp")
        done = user.ssoenv("login", "corp")
        assert re.search(self.WHOLE, done.stderr, re.MULTILINE), done.stderr
        assert portal.calls["GetRoleCredentials"] == 3
        assert self.is_quick(user, portal, used)

    def test_still_logged_in(self, logged_in, portal):
        """A login that was there already asks nothing of AWS."""
        before = len(portal.requests)
        done = logged_in.ssoenv("login", "corp")
        assert done.stderr.startswith("Still logged in to corp until ")
        assert len(portal.requests) == before

    @pytest.mark.parametrize("operation", ["ListAccounts", "ListAccountRoles", "GetRoleCredentials"])
    @pytest.mark.parametrize(("type", "status"), [("ForbiddenException", 403), ("UnauthorizedException", 401)])
    def test_no_role_to_be_found(self, user, portal, operation, type, status):  # noqa: A002 - the wire's own word
        """Nor is it one where no profile is there and the portal tells of no role."""
        user.write_config(CONFIG.partition("[profile")[0])
        portal.fail(operation, type=type, status=status, times=2)
        done = user.does("login", "corp")
        assert re.search(self.SHORT, done.stderr.splitlines()[-1]), done.stderr

    @pytest.mark.parametrize("operation", ["GetRoleCredentials", "GetCallerIdentity"])
    def test_not_to_be_found_out(self, user, portal, operation):
        """What fails after the login is no failure of the login, and leaves nothing but a shorter line."""
        portal.fail(operation, type="ForbiddenException", status=403)
        done = user.does("login", "corp")
        assert re.search(self.SHORT, done.stderr.splitlines()[-1]), done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("--all", "corp"),
        ("corp", "--start-url", URL),
        ("--sso-region", "eu-central-1"),
        ("corp", "--qr", "--redirect-port", "8400"),
        ("corp", "--device-code", "--redirect-port", "8400"),
        ("corp", "--browser", "firefox", "--no-browser"),
        ("corp", "--browser", "no-such-browser"),
        ("corp", "--redirect-port", "70000"),
        ("old-style", "--redirect-port", "8400"),
    ],
)
def test_words_that_do_not_go_together(user, portal, words):
    """A contradiction is a usage error, and asks nothing of AWS."""
    assert user.ssoenv("login", *words).returncode == 2
    assert portal.requests == []


def test_the_chosen_browser_comes_back(user, portal, tmp_path):
    """--browser takes a command line; the browser gets the link as one word and brings the approval."""
    browser = tmp_path / "my browser"
    browser.write_text(
        f"#!{sys.executable}\nimport sys, urllib.request\n"
        "assert sys.argv[1] == '--work' and len(sys.argv) == 3\nurllib.request.urlopen(sys.argv[2]).read()\n"
    )
    browser.chmod(0o755)
    user.does("login", "corp", "--browser", f"'{browser}' --work %s")
    assert portal.calls["Authorize"] == 1
    assert portal.calls["StartDeviceAuthorization"] == 0


def test_over_ssh_it_is_a_code(user, portal):
    """Over SSH, a code; the browser that BROWSER names is opened for it, wherever it runs."""
    done = user.does("login", "corp", environ={"SSH_CONNECTION": "1.2.3.4 5 6.7.8.9 22", "BROWSER": "true"})
    assert portal.calls["StartDeviceAuthorization"] == 1
    assert "No browser" not in done.stderr


def test_qr_without_a_terminal(user):
    """Into a file the picture goes without escape sequences, the code beside it."""
    done = user.does("login", "corp", "--qr", "--no-browser")
    (code,) = re.findall("approve the code ([A-Z-]+):", done.stderr)
    assert "█▀" in done.stderr
    assert re.search(f"  Code: {code}$", done.stderr, re.MULTILINE)
    assert "\x1b" not in done.stderr
    assert "in a dark terminal only" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pty")
class TestTerminal:
    """At a terminal."""

    def run(self, user, *words, session="corp", columns=80, **environ):
        """Return what the terminal got, in lines; carriage returns are kept within them."""
        screen = user.at_terminal("login", session, "--no-browser", *words, columns=columns, **environ)
        assert screen.finish() == 0, screen.lines
        return screen.sent.decode().replace("\r\n", "\n").split("\n")

    def test_countdown(self, user):
        """One line counts down in place, and is erased before the next line is written."""
        (line,) = [line for line in self.run(user) if "Waiting for the approval" in line]
        first, *later = line.split("\r")
        assert re.fullmatch(r"Waiting for the approval: (10:00|9:\d\d) left", first)
        assert later[-2] == " \x1b[J"
        assert later[-1].startswith("Logged in to corp")

    def test_countdown_in_another_width(self, user, tmp_path):
        """Where the terminal has become narrower and folds the line, or is wide again, nothing of it stays behind."""
        (tmp_path / "show.py").write_text(
            "from time import sleep\nfrom ssoenv.cli import messages\n"
            "messages.say('The line before')\n"
            "for left, columns in enumerate([60, 30, 20, 100]):\n"
            "    while messages.columns() != columns: sleep(0.01)\n"
            "    messages.show(f'Waiting for the approval: 0:0{left} left')\n"
            "while messages.columns() != 80: sleep(0.01)\n"
            "messages.say('Logged in')\nsleep(60)\n"
        )
        tmux = [program("tmux"), "-S", str(tmp_path / "tmux"), "-f", "/dev/null"]
        command = shlex.join([sys.executable, str(tmp_path / "show.py")])

        def until(last):
            deadline, lines = time.monotonic() + 30, []
            while lines != ["", "The line before", last] and time.monotonic() < deadline:
                captured = subprocess.run([*tmux, "capture-pane", "-p", "-S", "-"], stdout=subprocess.PIPE, check=False)
                lines = captured.stdout.decode().rstrip().split("\n")[-3:]
                time.sleep(0.02)
            assert lines == ["", "The line before", last]

        # A screen that is folded anew loses lines at its top: some stand there.
        start = [*tmux, "new-session", "-d", "-x", "60", "-y", "12", f"printf '\\n\\n\\n\\n'; {command}"]
        subprocess.run(start, env=user.environ, check=True)
        try:
            until("Waiting for the approval: 0:00 left")
            for columns, shown in [
                (30, "Waiting for the approval: 0:0"),
                (20, "Waiting for the app"),
                (100, "Waiting for the approval: 0:03 left"),
                (80, "Logged in"),
            ]:
                subprocess.run([*tmux, "resize-window", "-x", str(columns)], check=True)
                until(shown)
        finally:
            subprocess.run([*tmux, "kill-server"], check=False)

    def test_no_second_question(self, user, portal):
        """A portal that refuses the new login does not make another one be asked for."""
        portal.fail("GetRoleCredentials", type="UnauthorizedException", status=401)
        line = self.run(user, session="old-style", columns=200)[-2]
        assert f"Logged in to {URL} until " in line
        assert portal.calls["StartDeviceAuthorization"] == 1

    def test_talk_comes_on_a_line_of_its_own(self, user):
        """What is said while a line is shown takes its place, and does not stand behind it."""
        import pexpect

        code = "from ssoenv.cli import messages as m; m.show('Waiting'); m.say('Something else'); m.say('More')"
        others = {name: value for name, value in user.environ.items() if name != "TERM"}
        for environ, erased in (({"TERM": "xterm"} | others, " \x1b[J"), (others, " " * 7)):
            child = pexpect.spawn(sys.executable, ["-c", code], env=environ, encoding="utf-8", timeout=60)
            child.expect(pexpect.EOF)
            assert child.before == f"Waiting\r\r{erased}\rSomething else\r\nMore\r\n"

    @pytest.mark.parametrize("wish", ["variable", "setting"])
    def test_accessible(self, user, wish):
        """A screen reader hears each line once: nothing is written over, by the variable or the setting."""
        settings = user.home / "settings.toml"
        settings.write_text("accessible = true\n" if wish == "setting" else "")
        lines = self.run(user, SSOENV_CONFIG=str(settings), ACCESSIBLE="1" if wish == "variable" else "0")
        assert not any("Waiting" in line or "\r" in line for line in lines)

    def test_narrow(self, user):
        """The countdown is cut to a narrow terminal, as a line that wraps can't be written over."""
        (line,) = [line for line in self.run(user, columns=20) if "Waiting" in line]
        assert line.split("\r")[0] == "Waiting for the app"

    def test_qr(self, user):
        """The QR code stands there in its own colours, whole, with the code at its side."""
        lines = self.run(user, "--qr")
        drawn = [line for line in lines if line.startswith("\x1b[30;107m")]
        (code,) = re.findall("approve the code ([A-Z-]+):", "\n".join(lines))
        assert len(drawn) in range(15, 22)
        assert sum(line.endswith(f"\x1b[0m  Code: {code}") for line in drawn) == 1

    def test_qr_in_a_narrow_terminal(self, user):
        """A picture that would wrap is not drawn, and that is said."""
        lines = self.run(user, "--qr", columns=30)
        assert "too narrow for a QR code" in " ".join(lines)
        assert not any("█" in line for line in lines)

    def test_qr_without_colour(self, user):
        """NO_COLOR is heeded, with a note of what that costs."""
        text = os.linesep.join(self.run(user, "--qr", NO_COLOR="1"))
        assert "\x1b" not in text.replace("\x1b[J", "")  # what erases the countdown
        assert "█" in text
        assert "in a dark terminal only" in text
