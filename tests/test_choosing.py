"""The rows of ``ssouse`` without a name, at a real terminal."""

from __future__ import annotations

import re
import sys

import pytest

if sys.platform == "win32":
    pytest.skip("a pty is POSIX", allow_module_level=True)

from screen import CTRL_C, DOWN, ENTER, Screen
from user import CONFIG

LONG = "payments-processing-production-europe-administrator"
ROW = f"[profile {LONG}]\nsso_session = corp\nsso_account_id = 123456789022\nsso_role_name = AdministratorAccess\n"


@pytest.mark.parametrize(
    ("columns", "rows"),
    [
        (
            80,
            [
                rf"{LONG}  LEFT  123456789022( *| .*…)",
                r"dev-readonly {22}LEFT  123456789011  ReadOnly",
                r"prod-readonly {25,40}123456789022  ReadOnly",
            ],
        ),
        (
            40,
            [
                r"payments…strator  LEFT +123456789022",
                r"dev-readonly +LEFT  123456789011",
                r"prod-readonly +123456789022",
            ],
        ),
    ],
)
def test_rows(logged_in, columns, rows) -> None:
    """Each row tells name, time left and account id, whatever the width; a long name gives way to them."""
    logged_in.write_config(f"{CONFIG}{ROW}region = eu-west-1\n")
    for name in ("dev-readonly", LONG):
        logged_in.does("use", name, "--shell", "sh")
    # As the shell's function runs it: its stdout is captured.
    script = f'x=$({sys.executable} -m ssoenv use --shell bash --wrapper 1); echo "status $? ${{x##*# }}."'
    screen = Screen(["bash", "-c", script], {**logged_in.environ, "LC_ALL": "C.UTF-8"}, rows=20, columns=columns)
    screen.until(lambda screen: re.fullmatch(r"(\d+) of \1", screen.lines[-1]))
    (query,) = [place for place, line in enumerate(screen.lines) if line.startswith("Account and role:")]
    assert screen.lines[0].startswith("The roles of corp are being")  # none has been listed yet
    for line, row in zip(screen.lines[query + 1 :], rows, strict=False):
        assert re.fullmatch(f"[> ] {row}".replace("LEFT", "(59 min|1 h 0 min)"), line)
    screen.press(DOWN, ENTER)
    screen.until("status 0 ssoenv/end.")


def test_roles_without_a_profile_in_a_narrow_terminal(logged_in) -> None:
    """The name of such a role is what tells it from others: it is whole, and the account's id gives way."""
    logged_in.does("accounts", "--session", "corp")
    screen = logged_in.at_terminal("use", "--shell", "sh", rows=20, columns=40)
    screen.until(lambda screen: re.fullmatch(r"(\d+) of \1", screen.lines[-1]))
    screen.press("analytics deploy")
    screen.until("2 of 86")
    assert screen.lines[1:3] == ["> analytics-prod/Deployment", "  analytics-staging/Deployment"]


def test_region_is_asked_for_by_the_switch_alone(logged_in) -> None:
    """An alias of a role in no config file needs no region; the first switch asks for it, and remembers."""
    logged_in.does("accounts", "--session", "corp")
    screen = logged_in.at_terminal("alias", "data", "data-prod/ReadOnly")
    assert screen.finish() == 0
    screen = logged_in.at_terminal("use", "data", "--shell", "sh", rows=60)
    screen.until("Region for roles of corp:")
    screen.press("ireland")
    screen.until("1 of 36")
    screen.press(ENTER)
    assert screen.finish() == 0
    assert "Using the default region eu-west-1. To be asked again:" in screen.lines
    assert "\ncorp = eu-west-1\n" in logged_in.ssoenv("settings").stdout


@pytest.mark.parametrize(
    ("words", "question", "typed"),
    [(["data-prod/ReadOnly"], "Region for roles of corp:", "ireland"), ([], "Account and role:", "security")],
)
def test_nothing_is_drawn_over_a_question(logged_in, words, question, typed) -> None:
    """The bar of a listing that comes first is gone when something is asked, so that one sees what one types."""
    logged_in.write_config(CONFIG[: CONFIG.index("[profile")])
    screen = logged_in.at_terminal("use", *words, "--shell", "sh", rows=60)
    screen.until(question)
    screen.press(typed)
    screen.until(f"{question} {typed}")
    screen.press(CTRL_C)
    assert screen.finish() == 130
    before, _, behind = screen.sent.partition(question.encode())
    assert b"Accounts 43/43" in before
    assert b"Accounts 43/43" not in behind


def test_region_that_can_not_be_remembered(logged_in) -> None:
    """What is chosen holds for this once, where the file of regions is broken; that is kept as it is."""
    logged_in.environ["SSOENV_CONFIG"] = str(logged_in.home / "settings.toml")
    regions = logged_in.home / "regions.json"
    regions.write_text("{broken")
    logged_in.does("accounts", "--session", "corp")
    screen = logged_in.at_terminal("use", "data-prod/ReadOnly", "--shell", "sh", rows=60)
    screen.until("Region for roles of corp:")
    screen.press("ireland")
    screen.until("1 of 36")
    screen.press(ENTER)
    assert screen.finish() == 0
    assert any(line.startswith("Using the default region eu-west-1. It can't be remembered:") for line in screen.lines)
    assert regions.read_text() == "{broken"


def test_a_remembered_region_that_is_none(logged_in) -> None:
    """What a file of regions holds that is none is asked for, or told to be missing, and never set."""
    logged_in.environ["SSOENV_CONFIG"] = str(logged_in.home / "settings.toml")
    (logged_in.home / "regions.json").write_text('{"corp": "a\\nb"}')
    logged_in.does("accounts", "--session", "corp")
    done = logged_in.ssoenv("use", "data-prod/ReadOnly", "--shell", "sh")
    assert "AWS_REGION=" not in done.stdout
    assert "can't be set" not in done.stderr


def test_what_an_address_alone_has_comes_last(logged_in) -> None:
    """The e-mail addresses of accounts find their roles, but behind those that have the word in a name."""
    logged_in.does("accounts", "--session", "corp")
    screen = logged_in.at_terminal("use", "--shell", "sh", rows=60)
    screen.until(lambda screen: re.fullmatch(r"(\d+) of \1", screen.lines[-1]))
    screen.press("admin")
    screen.until(lambda screen: screen.lines[1].startswith("> prod-admin "))
    screen.press(" developer-account")
    screen.until(lambda screen: screen.lines[1].startswith("> dev-readonly "))
    screen.press(ENTER)
    assert screen.finish() == 0
