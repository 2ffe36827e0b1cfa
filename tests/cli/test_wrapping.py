"""What is said at a terminal: broken between words, and never within what is typed or opened as it stands."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise

import pytest

if sys.platform == "win32":
    pytest.skip("a pty is POSIX", allow_module_level=True)

from screen import Screen

from ssoenv.text import width

HOME = "/home/Ada Lovelace"
LINK = "https://my-sso-portal.awsapps.com/start/#/console?account_id=123456789011&role_name=ReadOnly"
# Each line, with what in it has to stay whole.
LINES = {
    f"There are no profiles to switch to in {HOME}/.aws/config . Set one up with: ssoenv configure": [
        f"{HOME}/.aws/config",
        "ssoenv configure",
    ],
    f"To log in to a session of a name that is rather long, open this page: {LINK} (or another one).": [LINK],
    "ssoenv: Nobody approved the login in time, and so on. To try again: ssoenv login 'my. session' --device-code . "
    "If the browser said 'Invalid grant provided', don't try it: the SSO region is wrong.": [
        "ssoenv login 'my. session' --device-code"
    ],
    'This printed the code and changed nothing. To switch: ssouse NAME, or eval "$(ssoenv use NAME)". It\'s that.': [
        "ssouse NAME,",
        'eval "$(ssoenv use NAME)".',
    ],
    "ssoenv: config.toml, line 2: quiet is true or false, which is what it has to be. Write: quiet = true": [
        "quiet = true"
    ],
    "Waiting for another ssoenv that logs in to a session of a name that is rather long …": [],
    "Büro Zürich, 開発アカウント開発アカウント and 本番アカウント本番アカウント are names of accounts.": [],
    f"  ssh -L 8400:127.0.0.1:8400 ada@{'x' * 60} and so on, all of it one line to copy": [
        f"  ssh -L 8400:127.0.0.1:8400 ada@{'x' * 60} and so on, all of it one line to copy"
    ],
    "short": [],
    "": [],
}
SAY = f"from ssoenv.cli import messages\nfor line in {list(LINES)!r}: messages.say(line); messages.say('--')"


@pytest.fixture
def environ(user) -> dict[str, str]:
    return {**user.environ, "HOME": HOME, "LC_ALL": "C.UTF-8"}


@pytest.mark.parametrize("columns", [80, 40])
def test_lines_are_broken_between_words(environ, columns):
    """A line takes the terminal's width, and what does not fit is something that must not be broken."""
    screen = Screen([sys.executable, "-c", SAY], environ, columns=columns)
    assert screen.finish() == 0
    shown = screen.sent.decode().replace("\r\n", "\n").split("--\n")
    for (line, whole), block in zip(LINES.items(), shown, strict=False):
        rows = block.removesuffix("\n").split("\n")
        assert " ".join(rows) == line
        for piece in whole:
            assert any(piece in row for row in rows), (piece, rows)
        for row in rows:
            assert width(row) <= columns or any(row.startswith(piece) for piece in whole), row
        # Greedy: the next word would not have fitted.
        for row, after in pairwise(rows):
            word = next((piece for piece in whole if after.startswith(piece)), after.split(" ")[0])
            assert width(f"{row} {word}") > columns, (row, after)


def test_no_terminal(environ):
    """What goes into a file is not broken."""
    done = subprocess.run([sys.executable, "-c", SAY], env=environ, capture_output=True, encoding="utf-8", check=True)
    assert done.stderr == "".join(f"{line}\n--\n" for line in LINES)
