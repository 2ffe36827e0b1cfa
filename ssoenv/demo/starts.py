"""How each shell is started: for a script, and for a person with the wrapper loaded."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ssoenv import shells


@dataclass(frozen=True)
class Start:
    """A shell that has a wrapper.

    *commands* are its programs, best first. *script* are the words before a script's path. *rc_file* is the file in
    the home that *interactive* makes it read, and *prompt*, which may set up more, goes into that. *status* is the last
    line's exit status.
    """

    name: str
    commands: tuple[str, ...]
    script: tuple[str, ...]
    interactive: tuple[str, ...]
    rc_file: str
    prompt: str
    status: str

    def find(self, environ: Mapping[str, str]) -> str | None:
        """Return the program's path: the one in SHELL where that is this shell, else the first on PATH, or None."""
        own = Path(environ.get("SHELL", ""))
        if own.name in self.commands and os.access(own, os.X_OK):
            return str(own)
        # On Windows a bash or zsh lives in a world with other paths than ours.
        if sys.platform == "win32" and self.name != "powershell":
            return None
        found = (shutil.which(command, path=environ.get("PATH")) for command in self.commands)
        return next(filter(None, found), None)

    def load_line(self) -> str:
        """Return the line that loads the wrapper."""
        shell = shells.find(self.name)
        return shell.load_line(*shells.load_files(shell))

    def write(self, path: Path, *lines: str) -> None:
        """Write a script, or an rc file, of these lines."""
        # Windows PowerShell 5.1 reads a file without a byte order mark in the machine's own code page.
        encoding = "utf-8-sig" if path.suffix == ".ps1" else "utf-8"
        path.write_text("".join(f"{line}\n" for line in lines), encoding=encoding, newline="\n")


# Each prompt has the segment that the README gives for that shell.
_BASH_PROMPT = r"""PS1='${SSOENV_PROMPT:+$SSOENV_PROMPT }demo \w\$ '"""
_ZSH_PROMPT = r"""autoload -Uz compinit && compinit -D -i
setopt prompt_subst no_prompt_bang
PROMPT='${SSOENV_PROMPT:+$SSOENV_PROMPT }demo %~%# '"""
_FISH_PROMPT = r"""function fish_greeting
end
function fish_prompt
    string join -n ' ' -- $SSOENV_PROMPT (printf 'demo %s> ' (string replace -- $HOME '~' $PWD))
end"""
_POWERSHELL_PROMPT = r"""function global:prompt { "$(ssoenv_prompt) demo $PWD> ".TrimStart(' ') }
# Windows keeps the history where no variable of ours leads.
if (Get-Command Set-PSReadLineOption -ErrorAction Ignore) { Set-PSReadLineOption -HistorySaveStyle SaveNothing }"""

_POWERSHELL = ("-NoLogo", "-NoProfile", "-ExecutionPolicy", "Bypass")
STARTS = (
    Start("bash", ("bash",), ("--noprofile", "--norc"), ("--rcfile", "{rc}", "-i"), ".bashrc", _BASH_PROMPT, "$?"),
    # Without ZDOTDIR zsh looks for its rc file in the home.
    Start("zsh", ("zsh",), ("-f",), ("-i",), ".zshrc", _ZSH_PROMPT, "$?"),
    # The tilde needs no quoting, as the path might.
    Start(
        "fish",
        ("fish",),
        ("--no-config",),
        ("--no-config", "-C", "source ~/.fishrc"),
        ".fishrc",
        _FISH_PROMPT,
        "$status",
    ),
    Start(
        "powershell",
        ("pwsh", "powershell"),
        (*_POWERSHELL, "-File"),
        (*_POWERSHELL, "-NoExit", "-File", "{rc}"),
        "rc.ps1",
        _POWERSHELL_PROMPT,
        "$LASTEXITCODE",
    ),
)
