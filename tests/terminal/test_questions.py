"""Questions for a line of text at a real terminal."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("a pty is POSIX", allow_module_level=True)

from screen import BACKSPACE, CTRL_C, CTRL_D, ENTER, IDLE, TAB, Compared, Screen

# Asks a question with the options that are its first word, and prints the answer; tells its process id to the file
# that is its second word, and at the end whether it loaded prompt_toolkit.
PROGRAM = """
import os, sys
from pathlib import Path
from ssoenv.context import Context
from ssoenv.errors import SsoenvError
from ssoenv.terminal import ask
REGIONS = ["eu-central-1", "eu-west-1", "us-east-1", "us-gov-west-1", "eu-\\x1b[2Jevil"]
def is_region(answer):
    return None if answer in REGIONS else f"{answer} is no AWS region."
Path(sys.argv[2]).write_text(str(os.getpid()))
try:
    answer = ask("SSO region", Context.system(print), instead="Pass --sso-region.", **eval(sys.argv[1]))
except SsoenvError as error:
    print(error, file=sys.stderr)
    sys.exit(error.exit_code)
print(f"answer {answer!r}")
Path(sys.argv[2]).write_text(f"drawn={'prompt_toolkit' in sys.modules}")
"""


class Asking(Compared):
    """The program above, at a terminal."""

    def __init__(self, folder: Path, options: str, shell: str, columns: int, environ: dict[str, str]) -> None:
        (folder / "ask.py").write_text(PROGRAM)
        self.report = folder / "report"
        program = f"{sys.executable} {folder}/ask.py '{options}' {self.report}"
        super().__init__(shell.format(ask=program), columns=columns, **environ)


@pytest.fixture(params=["", "1"], ids=["drawn", "plain"])
def start(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[..., Asking]:
    """Ask questions, in both ways, and wait until the last line of one is *shown*."""

    def start(options: str = "{}", shell: str = "{ask}", columns: int = 80, shown: str = "SSO region:") -> Asking:
        screen = Asking(tmp_path, options, shell, columns, {"ACCESSIBLE": request.param})
        screen.until(shown)
        return screen

    return start


def assert_answered(screen: Screen, *lines: str) -> None:
    screen.until("status 0.")
    assert screen.lines == [*lines, "modes kept", "status 0."]


def test_typed(start) -> None:
    """The answer is what was typed, without blanks around it."""
    screen = start()
    screen.press(" eu-west-1 ", ENTER)
    assert_answered(screen, "SSO region:  eu-west-1", "answer 'eu-west-1'")


@pytest.mark.parametrize("start", [""], indirect=True, ids=["drawn"])
def test_keys_without_a_meaning_do_nothing(start) -> None:
    """They type nothing, wait for nothing and search nothing."""
    screen = start()
    for key in IDLE:
        screen.press(key)
    screen.press("eu-west-1", ENTER)
    assert_answered(screen, "SSO region: eu-west-1", "answer 'eu-west-1'")
    assert b"^" not in screen.sent


def test_default(start) -> None:
    """The default is shown, and is the answer when nothing is typed."""
    screen = start('{"default": "eu-central-1"}', shown="SSO region [eu-central-1]:")
    screen.press(ENTER)
    assert_answered(screen, "SSO region [eu-central-1]:", "answer 'eu-central-1'")


def test_default_is_replaced_by_what_is_typed(start) -> None:
    """Nothing of the default has to be deleted first."""
    screen = start('{"default": "eu-central-1"}', shown="SSO region [eu-central-1]:")
    screen.press("us-east-11", BACKSPACE, ENTER)
    assert_answered(screen, "SSO region [eu-central-1]: us-east-1", "answer 'us-east-1'")


def test_answer_may_be_left_empty(start) -> None:
    """An empty default makes the empty answer one."""
    screen = start('{"default": ""}')
    screen.press(ENTER)
    assert_answered(screen, "SSO region:", "answer ''")


def test_answer_is_needed(start) -> None:
    """Without a default the question comes again until something is typed."""
    screen = start()
    screen.press(ENTER)
    screen.until(lambda screen: screen.lines[1:] == ["Type an answer, or press Ctrl-C to cancel.", "SSO region:"])
    screen.press("x", ENTER)
    screen.until("answer 'x'")


def test_wrong_answer_is_named_and_asked_again(start) -> None:
    """What is wrong stands below the answer, escaped; the next answer counts alone. A default is judged as well."""
    screen = start('{"default": "no\\x9bwhere", "validate": is_region}', shown=r"SSO region [no\x9bwhere]:")
    screen.press(ENTER)
    again = [r"no\x9bwhere is no AWS region.", r"SSO region [no\x9bwhere]:"]
    screen.until(lambda screen: screen.lines[1:] == again)
    screen.press("eu-west-1", ENTER)
    assert_answered(
        screen,
        r"SSO region [no\x9bwhere]:",
        r"no\x9bwhere is no AWS region.",
        r"SSO region [no\x9bwhere]: eu-west-1",
        "answer 'eu-west-1'",
    )
    assert b"\xc2\x9b" not in screen.sent


@pytest.mark.parametrize("key", [CTRL_C, CTRL_D])
def test_cancelled(start, key: str) -> None:
    """Ctrl-C and Ctrl-D end the question with 130 and leave the terminal as it was."""
    screen = start()
    screen.press(key)
    screen.until("status 130.")
    assert screen.lines[-3:] == ["Cancelled. Nothing changed.", "modes kept", "status 130."]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signal_leaves_the_terminal_sane(start, number: signal.Signals) -> None:
    """The terminal is put back before the program ends by the signal."""
    screen = start()
    os.kill(int(screen.report.read_text()), number)
    screen.until(f"status {128 + number}.")
    assert "modes kept" in screen.lines


def test_streams_redirected(start) -> None:
    """The question is asked at the terminal with all streams elsewhere, and stdout holds the answer alone."""
    screen = start(shell='x=$({ask} </dev/null 2>/dev/null); echo "got=$x"')
    screen.press("eu-west-1", ENTER)
    assert_answered(screen, "SSO region: eu-west-1", "got=answer 'eu-west-1'")


def test_narrow_terminal(start) -> None:
    """A question longer than the line goes on in the next one."""
    screen = start('{"default": "eu-central-1"}', columns=20, shown="al-1]:")
    screen.press("eu-west-1", ENTER)
    assert_answered(screen, "SSO region [eu-centr", "al-1]: eu-west-1", "answer 'eu-west-1'")


def test_plain_is_plain(start) -> None:
    """The plain question sends no escape sequence and loads no drawing library; the drawn one does both."""
    screen = start()
    screen.press("x", ENTER)
    screen.until("status 0.")
    plain = "plain" in os.environ["PYTEST_CURRENT_TEST"].partition("[")[2]
    assert screen.report.read_text() == f"drawn={not plain}"
    assert (b"\x1b" in screen.sent) is not plain


@pytest.mark.parametrize(
    ("typed", "answer"),
    [("us-e", "us-east-1"), ("EU-W", "eu-west-1"), ("us-g", "us-gov-west-1")],
)
@pytest.mark.parametrize("start", [""], indirect=True, ids=["drawn"])
def test_tab_completes(start, typed: str, answer: str) -> None:
    """Tab completes the whole of what is typed, whatever its case."""
    screen = start('{"completions": REGIONS}')
    screen.press(typed, TAB)
    screen.until(f"SSO region: {answer}")
    screen.press(ENTER)
    screen.until(f"answer {answer!r}")


@pytest.mark.parametrize("start", [""], indirect=True, ids=["drawn"])
def test_tab_lists_what_is_possible(start) -> None:
    """Tab shows the completions, and again goes to the next; one with control characters is left out."""
    screen = start('{"completions": REGIONS}')
    screen.press("e", TAB)
    screen.until(lambda screen: [line.strip() for line in screen.lines[1:]] == ["eu-central-1", "eu-west-1"])
    screen.press(TAB, TAB)
    screen.until("SSO region: eu-west-1")
    screen.press(ENTER)
    screen.until("answer 'eu-west-1'")
    assert b"\x1b[2J" not in screen.sent


def test_no_terminal(tmp_path: Path) -> None:
    """Without a terminal the error says what to type instead, with the status of a wrong usage."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, "{}", tmp_path / "report"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        start_new_session=True,
        check=False,
    )
    expected = (2, "", "There is no terminal to ask at. Pass --sso-region.\n")
    assert (done.returncode, done.stdout, done.stderr) == expected
