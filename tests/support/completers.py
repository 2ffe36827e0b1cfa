"""What each real shell offers at Tab, and what it makes of the line when an offer is taken."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

from contexts import context_of
from probes import PROBES, Probe

from ssoenv import completion_names
from ssoenv.shells import SHELLS, data_path

COMPLETED = [probe for probe in PROBES if probe.shell in ("bash", "zsh", "fish", "powershell")]
"""The shells whose completion knows all of `ssoenv`. That of the others knows the names for `ssouse`."""

# What bash itself sets in an interactive shell.
_WORD_BREAKS = " \t\n\"'@><=;|&(:"

# Each prints the offers for the words of `asked`, line by line, with a mark after each line's.
_BASH = r"""
PATH= COMP_WORDBREAKS={breaks}
for line in {asked}; do
    COMP_LINE=$line COMP_POINT=${{#line}}
    complete -p "${{line%% *}}" >found # no fork
    read -r _ _ completer _ <found
    $completer "${{line%% *}}"
    (( ${{#COMPREPLY[@]}} == 0 )) || printf '%s\0' "${{COMPREPLY[@]}}"
    printf '\1\0'
done
"""
_FISH = r"""
set -gx PATH
for line in {asked}
    complete -C $line | string replace --regex '\t.*' '' | string join0
    printf '\1\0'
end
"""
_POWERSHELL = r"""
$env:PATH = ''
foreach ($line in {asked}) {{
    $offered = [System.Management.Automation.CommandCompletion]::CompleteInput($line, $line.Length, $null)
    foreach ($match in $offered.CompletionMatches) {{ [Console]::Out.Write($match.CompletionText + "`0") }}
    [Console]::Out.Write("$([char] 1)`0")
}}
"""
_SCRIPTS = {"bash": _BASH, "fish": _FISH, "powershell": _POWERSHELL}

# The mark is typed split, so that its echo is no mark.
_MARK = "MA''RK"


class Completer:
    """One shell with its completion loaded, in an empty home, where no program is to be found."""

    def __init__(self, probe: Probe, folder: Path) -> None:
        self.probe = probe
        self.program = probe.find()
        self.folder = folder
        self.file = data_path("completions", SHELLS[probe.shell].completion or "")
        self.environ = {
            "HOME": str(folder),
            "USERPROFILE": str(folder),
            "ZDOTDIR": str(folder),
            "PATH": "/nowhere",
            "TERM": "dumb",
            "LC_ALL": "C.UTF-8",
            "HISTFILE": "",
            "POWERSHELL_TELEMETRY_OPTOUT": "1",
            "POWERSHELL_UPDATECHECK": "Off",
        }

    def know(self, *known: str, what: str = "names", about: str = "123456789012 · ReadOnly") -> None:
        """Let these be the names that there are, or the sessions, each with what is said *about* it."""
        completion_names.write(context_of(self.folder, environ=self.environ), [(name, about) for name in known], what)

    def load_line(self) -> str:
        """Return the line that loads the completion, twice."""
        line = self.probe.load.format(file=self.probe.quote(str(self.file)))
        return f"{line}; {line}"

    def ask(self, *lines: str) -> list[list[str]]:
        """Return what is offered for each line, the cursor at its end."""
        if self.probe.shell == "zsh":
            with Terminal(self) as terminal:
                return [terminal.offered(line) for line in lines]
        answers = self.run(self.load_line(), self._script(*lines)).split("\1\0")
        assert len(answers) == len(lines) + 1, answers
        return [answer.split("\0")[:-1] for answer in answers[:-1]]

    def children(self, *lines: str) -> list[str]:
        """Return what `Probe.children` tells before and after the lines are asked, the cursor at the end of each."""
        assert self.probe.children
        if self.probe.shell == "zsh":
            with Terminal(self) as terminal:
                before = terminal.type(f"{self.probe.children}; echo {_MARK}\r")
                for line in lines:
                    terminal.offered(line)
                shown = before + terminal.type(f"{self.probe.children}; echo {_MARK}\r")
        else:
            shown = self.run(self.load_line(), self.probe.children, self._script(*lines), self.probe.children)
        return re.findall(r"^(\d+)\r?$", shown.replace("\1\0", "\n"), re.MULTILINE)

    def _script(self, *lines: str) -> str:
        asked = (", " if self.probe.shell == "powershell" else " ").join(map(self.probe.quote, lines))
        return _SCRIPTS[self.probe.shell].format(asked=asked, breaks=shlex.quote(_WORD_BREAKS))

    def run(self, *lines: str) -> str:
        """Return what a script prints; it must print no complaint."""
        script = self.folder / f"script{self.probe.suffix}"
        mark = b"\xef\xbb\xbf" if self.probe.suffix == ".ps1" else b""
        script.write_bytes(mark + "\n".join(lines).encode())
        done = subprocess.run(
            [self.program, *self.probe.options, str(script)],
            env=self.environ,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=120,
            check=False,
        )
        assert done.stderr == b"", done.stderr.decode()
        return done.stdout.decode()


_OPTIONS = {
    "bash": ("--norc", "--noprofile", "-i"),
    "zsh": ("-f", "-i"),
    "fish": ("--no-config", "-i"),
}
_SET_UP = {
    "bash": "bind 'set bell-style none'; set +o history; PS1=",
    # A function in the place of compadd notes what is added; with -O, -A and -D nothing is.
    "zsh": r"""
unset zle_bracketed_paste
unsetopt prompt_sp
bindkey '^G' kill-whole-line # the terminal itself acts on ^U while no line is read
PS1=
autoload -Uz compinit
compinit -D -u
compadd() {
    if [[ ${@[1,(i)(-|--)]} != *-[OAD]\ * ]]; then
        local -a added
        builtin compadd -O added "$@"
        (( ! $#added )) || printf '%s\0' "$added[@]" >>added
    fi
    builtin compadd "$@"
}""",
    "fish": "function fish_prompt; end",
}
_KEEP = {
    "bash": """ssouse() {{ printf '%s\\0' "$@" >{kept}; echo MARK; }}""",
    "zsh": """ssouse() {{ printf '%s\\0' "$@" >{kept}; echo MARK; }}""",
    "fish": "function ssouse; printf '%s\\0' $argv >{kept}; echo MARK; end",
}


class Terminal:
    """The shell at a terminal, where ``ssouse`` keeps the words it gets."""

    def __init__(self, completer: Completer) -> None:
        import pexpect

        shell = completer.probe.shell
        self.shell = shell
        self.kept = completer.folder / "kept"
        start = completer.folder / "start"
        keep = _KEEP[shell].format(kept=completer.probe.quote(str(self.kept)))
        start.write_text("\n".join([_SET_UP[shell], completer.load_line(), keep, ""]))
        self.child = pexpect.spawn(
            completer.program,
            list(_OPTIONS[shell]),
            env=completer.environ,
            cwd=completer.folder,
            encoding="utf-8",
            dimensions=(200, 250),
            timeout=30,
        )
        self.child.delaybeforesend = None
        self.type(f". ./{start.name}; echo {_MARK}\r")

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        self.child.close(force=True)

    def type(self, *texts: str) -> str:
        """Type, and return what the terminal shows until the mark."""
        self.child.send("".join(texts))
        self.child.expect("MARK")
        return self.child.before

    def take(self, line: str, name: str) -> list[str]:
        """Type a line, press Tab for the only *name* there is, and Return; return the words that ``ssouse`` got."""
        self.kept.unlink(missing_ok=True)
        # After some characters fish leaves the word, and so its quote, open.
        is_open = self.shell == "fish" and line[-1] in "'\"" and name[-1] in "/=@:.,-_"
        self.type(line, "\t", line[-1] if is_open else "", "\r")
        return self.kept.read_bytes().decode().split("\0")[:-1]

    def offered(self, line: str) -> list[str]:
        """Type a line, press Tab, and return what zsh was given to offer."""
        added = self.kept.with_name("added")
        added.write_bytes(b"")
        self.type(line, "\t", "\x07", f"echo {_MARK}\r")
        return added.read_bytes().decode().split("\0")[:-1]
