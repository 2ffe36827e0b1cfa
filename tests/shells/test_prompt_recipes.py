"""The README's lines for prompts, each in the real shell, beside the real program that it is for."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from hooks import ACCOUNT, INTERACTIVE, exported, switched
from installed import TOOLS, program
from probes import only
from screen import ENTER, Screen
from shelves import SHELVING, Shelf

_README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
# Code or markup for each shell and program here. What is in it may not run, nor change how it looks.
_HOSTILE = "$(touch canary)`touch canary`%n%F{blue}%{x%}\\u!!#(touch canary)#[fg=blue]#{pane_pid}"
_SEGMENT = f"{_HOSTILE} {ACCOUNT} 50m"
# Stands for the line that loads the wrapper.
_LOAD = "(load ssoenv)"


def _block(language, text):
    """Return the one block of that language in the README that holds *text*."""
    (block,) = (block for block in re.findall(rf"```{language}\n(.*?)```", _README, re.DOTALL) if text in block)
    return block


def _row(shell):
    """Return the line for *shell*'s own prompt."""
    table = _README.partition("### The prompt\n")[2]
    name = {"powershell": "PowerShell"}.get(shell, shell)
    return re.search(rf"^\| {name} \| `(.*)` \|$", table, re.MULTILINE)[1]


@pytest.fixture(params=SHELVING, ids=str)
def probe(request):
    """Each shell that has a segment, in turn."""
    return request.param


class Terminal:
    """A terminal with a shell that has read an rc file of these lines, and was switched to the hostile name before.

    *before* are the words of a program that starts the shell.
    """

    def __init__(self, session, *lines, before=(), **environ):
        self.session = session
        probe = session.probe
        file = session.folder / f"rc{probe.suffix}"
        file.write_text("\n".join([*(session.load_line if line == _LOAD else line for line in lines), ""]), "utf-8")
        Shelf(session).put("other", life=3030, AWS_SSO_ACCOUNT_ID=ACCOUNT, SSOENV_KIND="other")
        values = switched(3030, AWS_SSO_PROFILE=_HOSTILE, SSOENV_KIND="production")
        environ = {**session.environ, "TERM": "xterm-256color", **exported(values), **environ}
        self.screen = Screen([*before, session.program, *INTERACTIVE[probe.shell]], environ, columns=200)
        self.press(probe.load.format(file=probe.quote(str(file))))

    def press(self, line):
        self.screen.press(line, ENTER)

    def until_last(self, *lines):
        """Wait until these are the last lines on the screen."""
        self.screen.until(lambda screen: screen.lines[-len(lines) :] == list(lines))

    def colors(self, text):
        """Return the colours of *text* where it stands last on the screen."""
        row = max(row for row, line in enumerate(self.screen.lines) if text in line)
        start = self.screen.lines[row].rindex(text)
        return {self.screen.cell(row, start + column).fg for column in range(len(text))}

    def finish(self):
        """Leave the shell. Nothing was run but what the person typed."""
        self.press("exit")
        self.screen.finish()
        assert self.session._calls() == []
        assert not Path("canary").exists()


@pytest.fixture
def home(session, monkeypatch):
    """Make the home directory the working directory, too."""
    monkeypatch.chdir(session.home)


_SHOWS_STATUS = {
    "bash": "PS1='<$?> '",
    "zsh": "PROMPT='<%?> '",
    "fish": 'function fish_prompt; echo -n "<$pipestatus> "; end',
    "powershell": 'function prompt { "<$LASTEXITCODE> " }',
}


def test_in_front_of_a_prompt(session, home):
    """The segment stands in front of the prompt that was there, which still sees how the last command ended.

    An rc file that is read again adds no second one.
    """
    shell = session.probe.shell
    terminal = Terminal(session, *session.lines, _SHOWS_STATUS[shell], *2 * [_LOAD, _row(shell)])
    terminal.until_last(f"{_SEGMENT} <0>")
    assert terminal.colors(_SEGMENT) == {"red"}
    terminal.press("sh -c 'exit 3'")
    terminal.until_last(f"{_SEGMENT} <3>")
    terminal.press("ssouse other")
    terminal.until_last(f"other {ACCOUNT} 50m <0>")
    assert terminal.colors(f"other {ACCOUNT} 50m") == {"cyan"}
    for name in ("AWS_SSO_PROFILE", "AWS_ACCESS_KEY_ID"):
        terminal.press(session.probe.unset.format(name=name))
    terminal.until_last("<0>")
    terminal.finish()


_STARSHIP = {
    "bash": 'eval "$(starship init bash)"',
    "zsh": 'eval "$(starship init zsh)"',
    "fish": "starship init fish | source",
}
_STARSHIP_CONFIG = """\
format = "$aws$character"
{aws}
[character]
success_symbol = "good"
error_symbol = "bad"
"""


@only(lambda probe: probe.shell in _STARSHIP)
@pytest.mark.parametrize("is_first", [True, False], ids=["starship first", "ssoenv first"])
def test_starship(session, home, is_first):
    """The segment stands in the line above starship's prompt, whichever of the two was loaded first."""
    program("starship")
    shell = session.probe.shell
    config = session.folder / "starship.toml"
    config.write_text(_STARSHIP_CONFIG.format(aws=_block("toml", "[aws]")))
    loaded = [_STARSHIP[shell], _LOAD] if is_first else [_LOAD, _STARSHIP[shell]]
    recipe = _block("bash", "'; PS1=") if shell == "bash" else _row(shell)
    terminal = Terminal(session, *loaded, recipe, STARSHIP_CONFIG=str(config))
    _assert_stands_above(terminal, "good", "bad")


def _assert_stands_above(terminal, good, bad):
    """The segment stands above this prompt, also after a failure, and that of the next switch does."""
    terminal.until_last(_SEGMENT, good)
    assert terminal.colors(_SEGMENT) == {"red"}
    terminal.press("sh -c 'exit 3'")
    terminal.until_last(_SEGMENT, bad)
    terminal.press("ssouse other")
    terminal.until_last(f"other {ACCOUNT} 50m", good)
    terminal.finish()


_SPACESHIP = """\
spaceship_slow() {{ spaceship::section --suffix ' ' slow; }}
SPACESHIP_SLOW_ASYNC=true SPACESHIP_EXIT_CODE_SHOW=true SPACESHIP_EXIT_CODE_SYMBOL= SPACESHIP_CHAR_SYMBOL=good
SPACESHIP_PROMPT_ORDER=(slow git exit_code char)
source {}/spaceship.zsh
"""


@only(lambda probe: probe.name == "zsh")
@pytest.mark.parametrize("is_first", [True, False], ids=["spaceship first", "ssoenv first"])
def test_spaceship(session, home, is_first):
    """The segment stands in the line above spaceship's prompt, also when that is made once more, by what came late."""
    folder = TOOLS / "spaceship"
    if not folder.exists():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"spaceship is not in {folder}")
    spaceship = _SPACESHIP.format(folder)
    loaded = [spaceship, _LOAD] if is_first else [_LOAD, spaceship]
    terminal = Terminal(session, *loaded, _block("zsh", "spaceship"))
    _assert_stands_above(terminal, "slow good", "slow 3 good")


@only(lambda probe: probe.name in ("bash", "zsh", "fish"))
def test_tmux(session, home):
    """The status line shows the segment of the pane, and that of the next switch, and when the keys are others."""
    shell = session.probe.shell
    config = session.folder / "tmux.conf"
    recipe = _block("tmux", "pane_title").replace("80", "150")  # wide enough for the hostile name
    config.write_text(f"{recipe}set -g status-style fg=green\nset -g destroy-unattached on\n")
    before = [program("tmux"), "-S", str(session.folder / "tmux"), "-f", str(config), "new-session", "--"]
    terminal = Terminal(session, _LOAD, _block(shell, "_title"), before=before)
    terminal.screen.until(lambda screen: screen.lines[-1].endswith(f" {_SEGMENT}"))
    assert terminal.colors(_SEGMENT) == {"green"}
    terminal.press("ssouse other")
    terminal.screen.until(lambda screen: screen.lines[-1].endswith(f" other {ACCOUNT} 50m"))
    terminal.press(session.probe.export.format(name="AWS_SSO_ACCOUNT_ID", value="123456789011"))
    terminal.screen.until(lambda screen: screen.lines[-1].endswith(f" other {ACCOUNT} keys ≠ label"))
    terminal.finish()
