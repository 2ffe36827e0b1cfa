"""`ssoenv configure` at a real terminal: the questions in the order people know, and what comes of the answers."""

from __future__ import annotations

import functools
import re
import sys
from collections.abc import Callable

import pytest

if sys.platform == "win32":
    pytest.skip("a pty is POSIX", allow_module_level=True)

from screen import CTRL_C, DOWN, ENTER, TAB, UP, Screen
from user import PROGRAM, User

from ssoenv.demo.portal import Account, Organisation

URL = "https://my-sso-portal.awsapps.com/start"
SESSION = """\
[sso-session corp]
sso_start_url = https://my-sso-portal.awsapps.com/start
sso_region = eu-central-1
sso_registration_scopes = sso:account:access
"""
BEFORE = f"# by hand\n{SESSION}\n[profile mine]\nregion = us-east-1  \ns3 =\n  max_concurrent_requests = 20\n"
TWO_SESSIONS = BEFORE + SESSION.replace("corp", "club").replace("my-sso-portal", "club")
# Options of a profile that leave its name alone to be asked for.
NAMELESS = ("--session", "corp", "--account", "123456789011", "--region", "eu-west-1", "--output", "json")


class Wizard(Screen):
    """`ssoenv configure` of a user at a terminal."""

    def __init__(self, user: User, *words: str, columns: int = 200, **environ: str) -> None:
        super().__init__([*PROGRAM, "configure", *words], {**user.environ, **environ}, rows=40, columns=columns)

    def answer(self, question: str, *keys: str) -> None:
        """Wait until *question* is the one that is asked, and press *keys* and Enter."""
        self.asked(question)
        self.press(*keys, ENTER)

    def asked(self, question: str) -> None:
        """Wait until *question* is asked: the last line of the screen, or above the rows to pick from."""

        def shown(screen: Screen) -> bool:
            *above, last = screen.lines
            return last.startswith(question) or (
                " of " in last and f"{question}:" in above and screen.chosen is not None
            )

        self.until(shown)

    @property
    def text(self) -> str:
        """The screen in one text."""
        return "\n".join(self.lines)


@pytest.fixture
def start(user: User) -> Callable[..., Wizard]:
    """Start wizards, for a user who has the SSO session corp, and a line of the user's own."""
    user.write_config(BEFORE)
    return functools.partial(Wizard, user)


def answer_all(wizard: Wizard, *answers: tuple[str, str]) -> None:
    for question, answer in answers:
        wizard.answer(question, answer)


# Each question that a known session leaves, and what to type; this account's only role is chosen by itself.
KNOWN = (
    ("SSO start URL", ""),
    ("Account", "123456789011"),
    ("Default region", "eu-west-1"),
    ("Output format", ""),
    ("Profile name", ""),
)


@pytest.mark.usefixtures("logged_in")
class TestQuestions:
    """The way through the questions."""

    def test_known_session(self, start, user, portal) -> None:
        """Enter takes the session that is there; the profile comes below what was there, and a switch to it works."""
        wizard = start()
        wizard.answer(f"SSO start URL [{URL}]:")
        wizard.asked("Account")
        assert f"There are {len(portal.organisation.accounts)} AWS accounts available to you." in wizard.lines
        wizard.answer("Account", "developer")
        wizard.answer("Default region", "ireland")
        wizard.asked("Output format (json if not specified):")
        wizard.press("yaml-", TAB)
        wizard.answer("Output format (json if not specified): yaml-stream")
        wizard.answer("Profile name [123456789011_ReadOnly]:", "my-dev-profile")

        assert wizard.finish() == 0
        assert wizard.lines[-9:] == [
            "Using the account ID 123456789011",
            "The only role available to you is: ReadOnly",
            'Using the role name "ReadOnly"',
            "Using the default region eu-west-1",
            "Output format (json if not specified): yaml-stream",
            "Profile name [123456789011_ReadOnly]: my-dev-profile",
            f"Wrote profile my-dev-profile to {user.config}.",
            "To use it in this shell: ssouse my-dev-profile",
            "Or by its name: aws s3 ls --profile my-dev-profile",
        ]
        assert user.config.read_text() == BEFORE + (
            "\n[profile my-dev-profile]\nsso_session = corp\nsso_account_id = 123456789011\nsso_role_name = ReadOnly\n"
            "region = eu-west-1\noutput = yaml-stream\n"
        )
        user.does("use", "my-dev-profile", "--shell", "sh")

    def test_arrow_keys(self, start, user) -> None:
        """The rows are read as people know them, and the arrow keys choose among them."""
        wizard = start("--account", "123456789022", "--output", "json", "--profile", "p", "--session", "corp")
        wizard.asked("Role")
        assert "There are 2 roles available to you." in wizard.lines
        wizard.until(lambda screen: screen.chosen == "AdministratorAccess")
        wizard.press(DOWN, ENTER)
        wizard.asked("Default region")
        wizard.until(lambda screen: screen.chosen == "eu-central-1    Europe (Frankfurt)")
        wizard.press(DOWN, DOWN, UP, ENTER)

        assert wizard.finish() == 0
        assert user.profiles()["p"]["sso_role_name"] == "ReadOnly"
        assert user.profiles()["p"]["region"] == "af-south-1"

    @pytest.mark.parametrize(
        "typed", ["123456789022", "productionacc", "production-account-admin@", "admin PRODUCTION"]
    )
    def test_account_filter(self, start, typed) -> None:
        """Name, id and e-mail find an account, and a row shows all three."""
        wizard = start("--session", "corp")
        wizard.asked("Account")
        wizard.press(typed)
        wizard.until(lambda screen: screen.lines[-1].startswith("1 of "))
        wizard.until(
            lambda screen: screen.chosen == "ProductionAccount, production-account-admin@example.com (123456789022)"
        )

    def test_one_account(self, start, user, portal) -> None:
        """The only account and its only role are chosen by themselves, and said so."""
        portal.organisation = Organisation((Account("000000000001", "Solo", "solo@example.com", ("Admin",)),))
        wizard = start()
        answer_all(wizard, KNOWN[0], *KNOWN[2:])

        assert wizard.finish() == 0
        assert "The only AWS account available to you is: Solo, solo@example.com (000000000001)" in wizard.lines
        assert "The only role available to you is: Admin" in wizard.lines
        assert user.profiles()["000000000001_Admin"]["sso_account_id"] == "000000000001"

    def test_no_default_region(self, start, user) -> None:
        """The last row is for those who want no default region."""
        wizard = start("--session", "corp", "--account", "123456789011", "--output", "", "--profile", "p")
        wizard.answer("Default region", "no default")

        assert wizard.finish() == 0
        assert "region" not in user.profiles()["p"]

    def test_aws_profile(self, start, user) -> None:
        """The profile's name is that of AWS_PROFILE without a question, though no such profile exists yet."""
        wizard = start(AWS_PROFILE="from-environment")
        answer_all(wizard, *KNOWN[:-1])

        assert wizard.finish() == 0
        assert "Profile name" not in wizard.text
        assert user.profiles()["from-environment"]["sso_account_id"] == "123456789011"

    def test_narrow_terminal(self, start, user) -> None:
        """In 40 columns a row takes one line, with the account's name and id, and the same answers do."""
        wizard = start(columns=40)
        wizard.answer("apps.com/start]:")
        wizard.asked("Account")
        wizard.press("developer-account")
        wizard.until(lambda screen: screen.chosen == "DeveloperAccount (123456789011)")
        wizard.press(ENTER)
        answer_all(wizard, *KNOWN[2:4])
        wizard.answer("Profile name [", "narrow")

        assert wizard.finish() == 0
        assert user.profiles()["narrow"]["sso_account_id"] == "123456789011"

    def test_accessible(self, start, user) -> None:
        """By numbered lines, with nothing redrawn, the same answers do."""
        wizard = start(ACCESSIBLE="1")
        wizard.answer("SSO start URL")
        for found in (["developer-account", "1"], ["ireland", "1"]):
            for typed in found:
                wizard.answer("A number to choose", typed)
        answer_all(wizard, *KNOWN[3:])

        assert wizard.finish() == 0
        assert b"\x1b" not in wizard.sent
        assert user.profiles()["123456789011_ReadOnly"]["region"] == "eu-west-1"


class TestSessions:
    """Which login the accounts come from."""

    def test_new_session(self, start, user, portal) -> None:
        """A portal that tells no region is asked for it, out of a list; the session is written beside the profile."""
        portal.organisation = Organisation(portal.organisation.accounts, start_url=f"{portal.url}/start")
        user.write_config("# mine\n")
        wizard = start()
        wizard.answer("SSO start URL:", f"{portal.url}/start/#/")
        wizard.asked("SSO region")
        wizard.press("eu-nowhere-1", ENTER)
        wizard.until(lambda screen: screen.lines[-1].startswith("0 of "))
        wizard.press("\x15", "eu-centr", TAB)
        wizard.until(lambda screen: screen.chosen == "eu-central-1     Europe (Frankfurt)")
        wizard.press(ENTER)
        wizard.answer("SSO session name [127.0.0.1]:", "team")
        answer_all(wizard, *KNOWN[1:])

        assert wizard.finish() == 0
        assert "Using the SSO region eu-central-1" in wizard.lines
        assert f"Wrote sso-session team and profile 123456789011_ReadOnly to {user.config}." in wizard.lines
        assert user.config.read_text() == (
            f"# mine\n\n[sso-session team]\nsso_start_url = {portal.url}/start\nsso_region = eu-central-1\n"
            "sso_registration_scopes = sso:account:access\n\n[profile 123456789011_ReadOnly]\nsso_session = team\n"
            "sso_account_id = 123456789011\nsso_role_name = ReadOnly\nregion = eu-west-1\n"
        )

    @pytest.mark.usefixtures("logged_in")
    def test_region_that_is_not_known(self, start, user) -> None:
        """A region that may be new is taken, with a warning that names the nearest."""
        words = ("--session", "corp", "--account", "123456789011", "--region", "eu-west-99", "--output", "json")
        wizard = start(*words, "--profile", "p")

        assert wizard.finish() == 0
        assert wizard.lines[0].startswith("Careful: eu-west-99 is an unknown region, and used")
        assert "eu-west-1" in wizard.lines[0]
        assert user.profiles()["p"]["region"] == "eu-west-99"

    def test_region_in_the_address(self, start, user, portal) -> None:
        """A portal whose address tells its region isn't asked for it."""
        url = "https://ssoins-1234567890abcdef.portal.eu-west-1.app.aws"
        portal.organisation = Organisation(portal.organisation.accounts, start_url=url)
        wizard = start()
        wizard.answer("SSO start URL", url)
        wizard.answer("SSO session name [ssoins-1234567890abcdef]:")
        answer_all(wizard, *KNOWN[1:])

        assert wizard.finish() == 0
        assert "The portal is in eu-west-1." in wizard.lines
        assert f"sso_start_url = {url}\nsso_region = eu-west-1\n" in user.config.read_text()

    def test_second_run(self, start, user, portal) -> None:
        """The next account needs no second login."""
        wizard = start()
        answer_all(wizard, *KNOWN)
        assert wizard.finish() == 0
        wizard = start("--account", "ProductionAccount")
        answer_all(wizard, KNOWN[0], ("Role", "admin"), *KNOWN[2:])

        assert wizard.finish() == 0
        assert set(user.profiles()) == {"mine", "123456789011_ReadOnly", "123456789022_AdministratorAccess"}
        assert portal.calls["StartDeviceAuthorization"] == 1

    @pytest.mark.usefixtures("logged_in")
    def test_lists_what_it_needs(self, start, portal) -> None:
        """Only the accounts are listed, and the roles of the chosen one."""
        wizard = start()
        answer_all(wizard, *KNOWN)

        assert wizard.finish() == 0
        assert (portal.calls["ListAccounts"], portal.calls["ListAccountRoles"]) == (1, 1)

    @pytest.mark.usefixtures("logged_in")
    def test_several_sessions(self, start, user) -> None:
        """With several sessions one is picked, the first by Enter, before anything else is asked."""
        user.write_config(TWO_SESSIONS)
        wizard = start()
        wizard.asked("SSO session")
        wizard.until(lambda screen: screen.chosen == f"corp, {URL} (eu-central-1)")
        wizard.press(ENTER)
        answer_all(wizard, *KNOWN[1:])

        assert wizard.finish() == 0
        assert user.profiles()["123456789011_ReadOnly"]["sso_session"] == "corp"

    @pytest.mark.usefixtures("logged_in")
    def test_all_of_a_session(self, start, user) -> None:
        """--all asks for the session alone."""
        user.write_config(TWO_SESSIONS)
        wizard = start("--all", "--account", "DeveloperAccount")
        wizard.answer("SSO session", "corp")

        assert wizard.finish() == 0
        assert "Added: DeveloperAccount-ReadOnly." in wizard.lines

    def test_another_start_url(self, start, user) -> None:
        """Beside the sessions there is a row for another start URL."""
        user.write_config(TWO_SESSIONS)
        wizard = start()
        wizard.answer("SSO session", "another")
        wizard.answer("SSO start URL:", "other.awsapps.com/start")
        wizard.asked("SSO region")

    def test_login_is_declined(self, start, user, portal) -> None:
        """A login that the user declines ends it, and nothing is written."""
        portal.auto_approve = False
        portal.fail("CreateToken", type="AccessDeniedException")
        wizard = start("--session", "corp")

        assert wizard.finish() == 3
        assert user.config.read_text() == BEFORE

    def test_wrong_sso_region(self, start, user, portal) -> None:
        """A wrong SSO region is named as the cause, with where to read the right one."""
        portal.wrong_region = "request"
        words = ("--start-url", "https://other.awsapps.com/start", "--sso-region", "us-east-1", "--session", "other")
        wizard = start(*words, columns=400)

        assert wizard.finish() == 3
        assert "the start URL or the SSO region is wrong." in wizard.text
        assert "The address of the portal's sign-in page shows the right one as region=" in wizard.text
        assert user.config.read_text() == BEFORE


class TestCancelled:
    """Ctrl-C anywhere: nothing is written."""

    @pytest.mark.usefixtures("logged_in")
    @pytest.mark.parametrize("number", range(len(KNOWN)), ids=[question for question, _ in KNOWN])
    def test_known_session(self, start, user, number) -> None:
        """At each question for a known session."""
        wizard = start()
        answer_all(wizard, *KNOWN[:number])
        wizard.asked(KNOWN[number][0])
        wizard.press(CTRL_C)

        assert wizard.finish() == 130
        assert user.config.read_text() == BEFORE

    @pytest.mark.parametrize("number", range(1, 3), ids=["SSO region", "SSO session name"])
    def test_new_session(self, start, user, portal, number) -> None:
        """At each question that only a new session has."""
        questions = (("SSO start URL", f"{portal.url}/start"), ("SSO region", "eu-west-1"), ("SSO session name", ""))
        wizard = start()
        answer_all(wizard, *questions[:number])
        wizard.asked(questions[number][0])
        wizard.press(CTRL_C)

        assert wizard.finish() == 130
        assert user.config.read_text() == BEFORE
        assert "RegisterClient" not in portal.calls

    @pytest.mark.usefixtures("logged_in")
    @pytest.mark.parametrize(
        ("words", "question"),
        [
            (["--session", "corp", "--account", "123456789022"], "Role"),
            ([*NAMELESS, "--profile", "mine"], "Overwrite it?"),
        ],
    )
    def test_other_questions(self, start, user, words, question) -> None:
        """At the roles of an account that has several, and at a name that is taken."""
        wizard = start(*words)
        wizard.asked(question)
        wizard.press(CTRL_C)

        assert wizard.finish() == 130
        assert user.config.read_text() == BEFORE

    def test_login(self, start, user, portal) -> None:
        """While the browser is waited for."""
        portal.auto_approve = False
        wizard = start("--session", "corp")
        wizard.until(lambda screen: "Waiting for the approval" in screen.lines[-1])
        wizard.press(CTRL_C)

        assert wizard.finish() == 130
        assert "Cancelled. Nothing was written to" in wizard.text
        assert user.config.read_text() == BEFORE


def test_typed_too_early(start, user, portal) -> None:
    """What is typed while the browser is waited for answers no question that was not there yet."""
    portal.auto_approve = False
    wizard = start("--session", "corp")
    wizard.until(lambda screen: "Waiting for the approval" in screen.lines[-1])
    wizard.press(ENTER, ENTER, ENTER)
    (code,) = {word for line in wizard.lines for word in re.findall(r"code ([A-Z-]+):", line)}
    portal.approve(code)
    wizard.asked("Account")
    wizard.press(CTRL_C)

    assert wizard.finish() == 130
    assert user.config.read_text() == BEFORE


@pytest.mark.usefixtures("logged_in")
class TestExistingProfile:
    """A name that is taken."""

    def test_overwritten(self, start, user) -> None:
        """It is said what the profile is; with a yes it becomes the new one, and its other settings stay."""
        user.write_config(BEFORE + "[profile old]\nrole_arn = arn:aws:iam::1:role/x # note\nsource_profile = mine\n")
        user.write_config(user.config.read_text() + "# nested\ncli_pager =\n\n# the end\n")
        wizard = start(*NAMELESS)
        wizard.answer("Profile name", "old")
        wizard.answer("Overwrite it? (y/n) [n]:", "y")

        assert wizard.finish() == 0
        assert "There is a profile old already: it has role_arn, source_profile, cli_pager." in wizard.lines
        assert user.config.read_text() == BEFORE + (
            "[profile old]\n# nested\ncli_pager =\nsso_session = corp\nsso_account_id = 123456789011\n"
            "sso_role_name = ReadOnly\nregion = eu-west-1\noutput = json\n\n# the end\n"
        )

    def test_kept(self, start, user) -> None:
        """Enter alone keeps it, and another name is asked for; so with a name out of AWS_PROFILE."""
        wizard = start(*NAMELESS, AWS_PROFILE="mine")
        wizard.answer("Overwrite it? (y/n) [n]:")
        wizard.answer("Profile name", "new")

        assert wizard.finish() == 0
        assert "There is a profile mine already: it has region, s3." in wizard.lines
        assert user.config.read_text().startswith(BEFORE)
        assert user.profiles()["new"]["sso_role_name"] == "ReadOnly"

    @pytest.mark.parametrize("changed", [BEFORE.replace("us-east-1", "us-west-2"), ""], ids=["changed", "emptied"])
    def test_changed_meanwhile(self, start, user, changed) -> None:
        """What another program writes, or is about to write, while the question stands is not overwritten."""
        wizard = start(*NAMELESS, "--profile", "mine")
        wizard.asked("Overwrite it?")
        user.write_config(changed)
        wizard.press("y", ENTER)

        assert wizard.finish() == 6
        assert user.config.read_text() == changed

    def test_the_same(self, start, user) -> None:
        """One that is just like the answers is left alone without a question."""
        for _ in range(2):
            wizard = start(*NAMELESS, "--profile", "twice")
            assert wizard.finish() == 0
            written = user.config.read_bytes(), user.config.stat().st_ino
        assert f"The profile twice is in {user.config} already, just like that." in wizard.lines
        assert written == (user.config.read_bytes(), user.config.stat().st_ino)

    def test_unsafe_name(self, start) -> None:
        """A name that some SDKs can't read is asked for again."""
        wizard = start(*NAMELESS)
        wizard.answer("Profile name", "$(id)")
        wizard.until("Use letters, digits and _ . @ + : / - only; some SDKs read no other names.")
        wizard.asked("Profile name")
