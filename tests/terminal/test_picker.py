"""The picker at a real terminal."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("a pty is POSIX", allow_module_level=True)

from screen import (
    BACKSPACE,
    CTRL_C,
    CTRL_D,
    CTRL_N,
    CTRL_P,
    DOWN,
    END,
    ENTER,
    ESCAPE,
    HOME,
    IDLE,
    PAGE_DOWN,
    PAGE_UP,
    UP,
    Compared,
    Screen,
)

# Picks a row of the file that is its first word, and prints its number; the file that is its second word tells its
# process id and, at the end, whether it loaded prompt_toolkit.
PROGRAM = """
import json, os, sys
from pathlib import Path
from ssoenv.context import Context
from ssoenv.errors import SsoenvError
from ssoenv.terminal import Row, pick
rows = [Row(*row) for row in json.loads(Path(sys.argv[1]).read_text())]
Path(sys.argv[2]).write_text(str(os.getpid()))
try:
    picked = pick(rows, "Account and role", Context.system(print), instead="Pass NAME.")
except SsoenvError as error:
    print(error, file=sys.stderr)
    sys.exit(error.exit_code)
print(f"picked {picked}")
Path(sys.argv[2]).write_text(f"drawn={'prompt_toolkit' in sys.modules}")
"""

ACCOUNTS = [
    ("DeveloperAccount, developer-account-admin@example.com (123456789011)", "ReadOnly sandbox"),
    ("DeveloperAccount, developer-account-admin@example.com (123456789011) Admin", ""),
    ("ProductionAccount, production-account-admin@example.com (123456789022)", "ReadOnly"),
    ("Straße Zürich, strasse@example.com (123456789033)", "ReadOnly"),
]


class Picking(Compared):
    """The program above, at a terminal."""

    def __init__(
        self, folder: Path, rows: list[tuple[str, str]], shell: str = "{pick}", height=24, columns=80, **environ: str
    ) -> None:
        (folder / "rows").write_text(json.dumps(rows))
        (folder / "pick.py").write_text(PROGRAM)
        self.report = folder / "report"
        program = f"{sys.executable} {folder}/pick.py {folder}/rows {self.report}"
        super().__init__(shell.format(pick=program), height, columns, **environ)


@pytest.fixture
def start(tmp_path: Path) -> Callable[..., Picking]:
    """Start pickers, and wait until the rows are there: all of them, if nothing else is told."""

    def start(rows: list[tuple[str, str]] = ACCOUNTS, shell: str = "{pick}", *, shown=None, **settings) -> Picking:
        screen = Picking(tmp_path, rows, shell, **settings)
        screen.until(shown or f"{len(rows)} of {len(rows)}")
        return screen

    return start


def many(count: int) -> list[tuple[str, str]]:
    return [(f"Account{number:05}", "") for number in range(count)]


def search(screen: Screen, query: str, count: str) -> None:
    """Type *query*, and wait until the whole of it is shown with its *count*."""
    screen.press(query)
    screen.until(lambda screen: screen.lines[0].endswith(f" {query}") and screen.lines[-1] == count)


def assert_picked(screen: Screen, number: int, *keys: str) -> None:
    screen.press(*keys)
    screen.until("status 0.")
    assert screen.lines == [f"picked {number}", "modes kept", "status 0."]


# --- choosing ---


def test_first_row_is_chosen_and_shown_so(start) -> None:
    """The rows stand in the order given, the first one marked, with their count below."""
    screen = start()

    assert screen.lines == [
        "Account and role:",
        f"> {ACCOUNTS[0][0]}",
        *(f"  {text}" for text, _ in ACCOUNTS[1:]),
        "4 of 4",
    ]
    assert screen.chosen == ACCOUNTS[0][0]

    assert_picked(screen, 0, ENTER)


@pytest.mark.parametrize(
    ("keys", "number"),
    [
        ([DOWN], 1),
        ([DOWN, DOWN, UP], 1),
        ([UP], 0),
        ([PAGE_DOWN], 10),
        ([PAGE_DOWN, PAGE_DOWN, PAGE_UP, DOWN], 11),
        ([END], 49),
        ([END, DOWN], 49),
        ([END, UP], 48),
        ([END, PAGE_UP, PAGE_UP], 29),
        ([END, HOME], 0),
        ([CTRL_N, CTRL_N, CTRL_P], 1),
    ],
)
def test_keys_move_the_choice(start, keys: list[str], number: int) -> None:
    """Arrows, Ctrl-N and Ctrl-P, pages, Home and End move the choice up to both ends; it is always on the screen."""
    screen = start(many(50))
    screen.press(*keys)
    screen.until(lambda screen: screen.chosen == f"Account{number:05}")
    assert len(screen.lines) == 12

    assert_picked(screen, number, ENTER)


@pytest.mark.parametrize(
    ("query", "hits", "number"),
    [
        ("production", 1, 2),
        ("PRODUCTION-account", 1, 2),
        ("readonly 9011", 1, 0),
        ("9011 readonly", 1, 0),
        ("admin dev 11", 2, 0),
        ("sandbox", 1, 0),
        ("STRASSE", 1, 3),
        ("zurich", 1, 3),
        ("(123456789033)", 1, 3),
    ],
)
def test_words_narrow_the_list(start, query: str, hits: int, number: int) -> None:
    """Rows stay that hold every word, in any order and case, in what is shown or in their further words."""
    screen = start()
    search(screen, query, f"{hits} of 4")
    assert screen.chosen == ACCOUNTS[number][0]

    assert_picked(screen, number, ENTER)


def test_narrowing_starts_at_the_top_and_widens_again(start) -> None:
    """Each change of the query makes its first hit the choice; letters taken back bring rows back."""
    screen = start(many(50))
    screen.press(END, "0004")
    screen.until("11 of 50")
    assert screen.chosen == "Account00004"
    screen.press("7")
    screen.until("1 of 50")
    assert screen.chosen == "Account00047"
    screen.press(BACKSPACE, BACKSPACE, "1", DOWN)
    screen.until(lambda screen: screen.chosen == "Account00010")

    assert_picked(screen, 10, ENTER)


def test_enter_without_hits_does_nothing(start) -> None:
    """No row is taken that nobody saw; the picker goes on."""
    screen = start()
    screen.press("zz", ENTER, ENTER)
    screen.until("0 of 4")
    screen.press(BACKSPACE, BACKSPACE, DOWN)
    screen.until(lambda screen: screen.chosen == ACCOUNTS[1][0])

    assert_picked(screen, 1, ENTER)


def test_what_is_typed_counts_before_it_is_drawn(start) -> None:
    """A query and Enter in one go choose what the query finds."""
    screen = start()
    assert_picked(screen, 2, "production", ENTER)


def test_what_is_typed_before_the_list_is_there(start) -> None:
    """Enter is Enter then, too, though the terminal has made Ctrl-J of it: what it accepts is no other row."""
    screen = start(shell="printf 'slow\\n'; sleep 1; {pick}", shown="slow")
    screen.press("production", ENTER)
    screen.until("status 0.")
    assert "picked 2" in screen.lines


def test_keys_without_a_meaning_do_nothing(start) -> None:
    """They type nothing, and wait for nothing."""
    screen = start()
    screen.press(DOWN)
    screen.until(lambda screen: screen.chosen == ACCOUNTS[1][0])
    for key in IDLE:
        screen.press(key)
    search(screen, "dev", "2 of 4")
    assert b"^" not in screen.sent
    assert_picked(screen, 0, ENTER)


def test_paste_is_a_query(start) -> None:
    """A line break in what is pasted chooses nothing, and control characters reach no terminal."""
    screen = start()
    screen.press("\x1b[200~production\n\u202e\x1b[201~")
    screen.until("0 of 4")
    assert screen.lines[0] == r"Account and role: production \u202e"
    assert "\u202e".encode() not in screen.sent


def test_one_row(start) -> None:
    """A single row is a list of one."""
    screen = start(ACCOUNTS[:1])
    assert_picked(screen, 0, DOWN, UP, ENTER)


def test_ten_thousand_rows(start) -> None:
    """The count says how many of all there are, and only the rows on the screen are drawn."""
    screen = start(many(10_000))
    assert len(screen.lines) == 12
    screen.press("99")
    screen.until("280 of 10000")
    screen.press(" 7 account")
    screen.until("55 of 10000")
    assert screen.chosen == "Account00799"

    assert_picked(screen, 9997, END, ENTER)


# --- leaving ---


@pytest.mark.parametrize(
    "keys", [[CTRL_C], [CTRL_D], [ESCAPE], [ESCAPE, ESCAPE], ["prod", DOWN, CTRL_C], ["zz", CTRL_C]]
)
def test_cancelled(start, keys: list[str]) -> None:
    """Ctrl-C, Ctrl-D and Esc end the picker with 130, erase it and leave the terminal as it was."""
    screen = start()
    screen.press(*keys)
    screen.until("status 130.")
    assert screen.lines == ["Cancelled. Nothing changed.", "modes kept", "status 130."]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signal_leaves_the_terminal_sane(start, number: signal.Signals) -> None:
    """The picker ends by the signal that it was sent, with the terminal put back and its screen erased first."""
    screen = start()
    os.kill(int(screen.report.read_text()), number)
    screen.until(f"status {128 + number}.")
    assert "modes kept" in screen.lines
    assert "Account and role:" not in screen.lines


def test_ignored_hangup_stays_ignored(start) -> None:
    """Under nohup a hangup doesn't end the picker."""
    screen = start(shell="trap '' HUP; {pick}")
    os.kill(int(screen.report.read_text()), signal.SIGHUP)
    screen.press(DOWN)
    screen.until(lambda screen: screen.chosen == ACCOUNTS[1][0])
    assert_picked(screen, 1, ENTER)


@pytest.mark.parametrize("trap", ["", "trap '' HUP;"], ids=["", "hangup ignored"])
def test_window_closed(start, tmp_path: Path, trap: str) -> None:
    """Without its terminal the picker ends, and never with a traceback."""
    os.mkfifo(tmp_path / "errors")
    screen = start(shell=f"{trap} {{pick}} 2>{tmp_path}/errors", shown=lambda _: True)
    with (tmp_path / "errors").open() as errors:
        screen.until("4 of 4")
        screen.hang_up()
        assert errors.read() in {"", "The terminal is gone.\n"}  # read until the picker has ended


# --- where it is drawn ---


@pytest.mark.parametrize("columns", [25, 40])
def test_narrow_terminal(start, columns: int) -> None:
    """A row too long for the terminal is cut, with a sign that it is, and takes one line."""
    screen = start(columns=columns)
    assert len(screen.lines) == 6
    assert screen.lines[1] == f"> {ACCOUNTS[0][0]}"[: columns - 1] + "…"
    search(screen, "production", "1 of 4")
    assert screen.lines[0] == ("Account and role: production" if columns == 40 else "Account and… production")

    assert_picked(screen, 2, ENTER)


def test_low_terminal(start) -> None:
    """A terminal of five lines shows three rows."""
    screen = start(many(50), height=5)
    assert len(screen.lines) == 5
    screen.press(PAGE_DOWN)
    screen.until(lambda screen: screen.chosen == "Account00003")
    screen.press(ENTER)
    screen.until("picked 3")


def test_resize(start) -> None:
    """The list is drawn anew for each size of the terminal."""
    screen = start(many(50))
    screen.resize(7, 12)
    screen.until(
        lambda screen: screen.lines == ["Accou…", "> Account00…", *["  Account00…"] * 4, "50 of 50"],
    )
    screen.resize(30, 100)
    screen.until(lambda screen: screen.chosen == "Account00000" and len(screen.lines) == 12)
    screen.press(DOWN, ENTER)
    screen.until("picked 1")


def test_bottom_of_the_screen(start) -> None:
    """What stood above the picker still stands there when it is gone."""
    screen = start(shell="seq 100 130; {pick}")
    screen.press("developer")
    screen.until("Account and role: developer")
    screen.press(ENTER)
    screen.until("status 0.")
    rest = screen.lines[screen.lines.index("130") :]
    assert rest == ["130", "picked 0", "modes kept", "status 0."]
    assert screen.lines[: screen.lines.index("130")] == [
        str(number) for number in range(130 - screen.lines.index("130"), 130)
    ]


def test_wide_characters_do_not_break_the_row(start) -> None:
    """Characters of two columns are counted as such, so that a row stays a line."""
    names = [("開発アカウント" * 5, ""), ("a" + "本番アカウント" * 5, ""), ("Production", "")]
    screen = start(names, columns=40)
    assert screen.lines == [
        "Account and role:",
        "> " + ("開発アカウント" * 3)[:18] + "…",
        "  a" + ("本番アカウント" * 3)[:18] + "…",
        "  Production",
        "3 of 3",
    ]
    for line in screen.lines:
        assert sum(2 if unicodedata.east_asian_width(sign) == "W" else 1 for sign in line) <= 40
    screen.press("本番")
    screen.until("1 of 3")
    assert_picked(screen, 1, ENTER)


HOSTILE = "\x1b]0;title\x07\x1b[2J\x9b31m\u202eevil\u2066\r\nnext\x00\x7f\u2028\ud800"
SHOWN = r"\x1b]0;title\x07\x1b[2J\x9b31m\u202eevil\u2066\x0d\x0anext\x00\x7f\u2028\ud800"


@pytest.mark.parametrize("accessible", ["", "1"], ids=["drawn", "plain"])
def test_hostile_names_are_shown_escaped(start, accessible: str) -> None:
    """No character of a name steers the terminal, drawn or plain."""
    screen = start([(HOSTILE, ""), ("other", "")], columns=120, shown=lambda _: True, ACCESSIBLE=accessible)
    screen.until(lambda screen: any(line.strip("> 1.") == SHOWN for line in screen.lines))
    for raw in (b"\x1b]", b"\x07", b"\x1b[2J", b"\xc2\x9b", "\u202e".encode(), "\u2066".encode(), b"\x00", b"\x7f"):
        assert raw not in screen.sent
    assert "\u2028".encode() not in screen.sent


def test_no_colour_is_needed_or_sent(start) -> None:
    """The choice is marked by a sign and by reverse video, never by a colour."""
    screen = start(NO_COLOR="1")
    assert screen.chosen == ACCOUNTS[0][0]
    sent = {code for codes in re.findall(rb"\x1b\[([0-9;]*)m", screen.sent) for code in codes.split(b";")}
    assert b"7" in sent
    assert sent <= {b"", b"0", b"7"}


@pytest.mark.parametrize(
    "shell",
    [
        'x=$({pick}); status=$?; echo "got=$x"; (exit $status)',
        'x=$({pick} </dev/null 2>/dev/null); status=$?; echo "got=$x"; (exit $status)',
        'x=$(: | {pick} 2>/dev/null | cat); echo "got=$x"',
    ],
    ids=["stdout captured", "all redirected", "in a pipeline"],
)
def test_streams_redirected(start, shell: str) -> None:
    """The terminal is found whatever stdin, stdout and stderr are, and stdout holds the answer alone."""
    screen = start(shell=shell)
    search(screen, "production", "1 of 4")
    screen.press(ENTER)
    screen.until("status 0.")
    assert screen.lines == ["got=picked 2", "modes kept", "status 0."]


def test_no_terminal(tmp_path: Path) -> None:
    """Without a terminal the error says what to type instead, with the status of a wrong usage."""
    (tmp_path / "rows").write_text(json.dumps(ACCOUNTS))
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, tmp_path / "rows", tmp_path / "report"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        start_new_session=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (2, "", "There is no terminal to ask at. Pass NAME.\n")


# --- plain lines ---

_NEXT = "A number to choose, words to search, Enter for more, Ctrl-C to cancel: "
_LAST = "A number to choose, words to search, Enter to read them again, Ctrl-C to cancel: "


def numbered(start: int, *texts: str) -> list[str]:
    return [f"{number}. {text}" for number, text in enumerate(texts, start)]


@pytest.mark.parametrize("environ", [{"ACCESSIBLE": "1"}, {"TERM": "dumb"}], ids=["accessible", "dumb"])
def test_plain_transcript(start, environ: dict[str, str]) -> None:
    """Rows are numbered lines, 20 a page; words search; nothing is drawn twice and no drawing library is loaded."""
    names = [text for text, _ in many(45)]
    screen = start(many(45), height=120, columns=100, shown="1 to 20 of 45.", **environ)
    screen.until(lambda screen: screen.lines[-1] == _NEXT.rstrip())
    screen.press("\n")
    screen.until("21 to 40 of 45.")
    screen.press("\n")
    screen.until("41 to 45 of 45.")
    screen.press("zz\n")
    screen.until("No row has: zz")
    screen.press("04 ACCOUNT\n")
    screen.until("1 to 6 of 6.")
    screen.press("3\n")
    screen.until("status 0.")

    assert screen.lines == [
        "Account and role",
        *numbered(1, *names[:20]),
        "1 to 20 of 45.",
        _NEXT.rstrip(),
        *numbered(21, *names[20:40]),
        "21 to 40 of 45.",
        _NEXT.rstrip(),
        *numbered(41, *names[40:]),
        "41 to 45 of 45.",
        _LAST + "zz",
        "No row has: zz",
        _LAST + "04 ACCOUNT",
        *numbered(1, names[4], *names[40:]),
        "1 to 6 of 6.",
        _LAST + "3",
        "picked 41",
        "modes kept",
        "status 0.",
    ]
    assert screen.report.read_text() == "drawn=False"
    assert b"\x1b" not in screen.sent


def test_plain_rows_are_no_columns(start) -> None:
    """Blanks that line columns up are left out where each row is read by itself."""
    start([(f"dev{' ' * 20}  123456789011", "")], shown="1. dev  123456789011", ACCESSIBLE="1")


def test_plain_number_of_an_unseen_row_is_a_word(start) -> None:
    """A part of an account id chooses no row that has not been read."""
    screen = start(many(45), height=60, shown="1 to 20 of 45.", ACCESSIBLE="1")
    screen.press("44\n")
    screen.until("1 to 1 of 1.")
    screen.press("1\n")
    screen.until("picked 44")


@pytest.mark.parametrize("key", [CTRL_C, CTRL_D])
def test_plain_cancelled(start, key: str) -> None:
    """Ctrl-C and Ctrl-D end the plain list as they end the other."""
    screen = start(columns=100, shown=_LAST.rstrip(), ACCESSIBLE="1")
    screen.press(key)
    screen.until("status 130.")
    assert screen.lines[-3:] == ["Cancelled. Nothing changed.", "modes kept", "status 130."]


def test_drawing_library_is_loaded_when_drawn(start) -> None:
    """The control of the plain transcript: the report tells the two apart."""
    screen = start()
    assert_picked(screen, 0, ENTER)
    assert screen.report.read_text() == "drawn=True"
