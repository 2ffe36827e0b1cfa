"""The shells that ssoenv knows: what each is called, how it is written, and how it is set up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ssoenv.errors import UsageError
from ssoenv.shells import rc_files
from ssoenv.shells.cmd import Cmd
from ssoenv.shells.elvish import Elvish
from ssoenv.shells.fish import Fish
from ssoenv.shells.nushell import Nushell
from ssoenv.shells.posix import Posix
from ssoenv.shells.powershell import PowerShell
from ssoenv.shells.tcsh import Tcsh
from ssoenv.shells.writer import Writer
from ssoenv.shells.xonsh import Xonsh


@dataclass(frozen=True)
class Install:
    """How a shell loads its wrapper: the line for it, and the file that the line goes to.

    *rc_file* takes an environment and a home directory. *init_line* asks the program for the wrapper. *source_line*
    reads files, which starts no process, and does as *init_line* when an update has moved the first one, ``{path}``;
    ``{sources}`` are what reads each, made of *source*.
    """

    rc_file: Callable[[Mapping[str, str], Path], Path]
    init_line: str
    source_line: str
    source: str = ". {path}"


@dataclass(frozen=True)
class Shell:
    """A shell: its *name*, *aliases* that people and process lists use, and what writes for it.

    *wrapper* is a file in ``shell/`` and *completion* one in ``completions/``; None where there is none yet.
    """

    name: str
    writer: Writer
    aliases: tuple[str, ...] = ()
    wrapper: str | None = None
    completion: str | None = None
    install: Install | None = None

    def load_line(self, *files: Path | None) -> str:
        """Return the line that loads *files*, wrapper and completion, or asks the program where one has no path.

        Raise UsageError for a shell without wrapper.
        """
        if self.install is None:
            cure = f"There, use what `ssoenv use NAME --shell {self.name}` prints."
            raise UsageError(f"ssoenv has no shell function for {self.name} yet.", cure)
        paths = [self.writer.quote(str(path)) for path in files if path and str(path).isprintable()]
        if len(paths) < len(files):
            return self.install.init_line
        sources = "; ".join(self.install.source.format(path=path) for path in paths)
        return self.install.source_line.format(path=paths[0], sources=sources, init=self.install.init_line)


_POSIX_SOURCE = "if [ -r {path} ]; then {sources}; else {init}; fi"
_ALL = (
    Shell("sh", Posix(), aliases=("dash", "ash", "ksh")),
    Shell(
        "bash",
        Posix("builtin "),
        wrapper="ssoenv.bash",
        completion="ssoenv.bash",
        install=Install(rc_files.bash, 'eval "$(ssoenv init bash)"', _POSIX_SOURCE),
    ),
    Shell(
        "zsh",
        Posix("builtin "),
        wrapper="ssoenv.zsh",
        completion="_ssoenv",
        install=Install(rc_files.zsh, 'eval "$(ssoenv init zsh)"', _POSIX_SOURCE),
    ),
    Shell(
        "fish",
        Fish(),
        wrapper="ssoenv.fish",
        completion="ssoenv.fish",
        install=Install(
            rc_files.fish,
            "ssoenv init fish | source",
            "if test -r {path}; {sources}; else; {init}; end",
            "source {path}",
        ),
    ),
    Shell(
        "powershell",
        PowerShell(),
        aliases=("pwsh",),
        wrapper="ssoenv.ps1",
        completion="ssoenv.ps1",
        install=Install(
            rc_files.powershell,
            "ssoenv init powershell | Out-String | Invoke-Expression",
            "if (Test-Path -LiteralPath {path}) {{ {sources} }} else {{ {init} }}",
        ),
    ),
    Shell("cmd", Cmd()),
    Shell("nushell", Nushell(), aliases=("nu",)),
    Shell("tcsh", Tcsh(), aliases=("csh",)),
    Shell("xonsh", Xonsh()),
    Shell("elvish", Elvish()),
)
SHELLS = {shell.name: shell for shell in _ALL}


def find(name: str) -> Shell:
    """Return the shell called *name*, or known by it. Raise UsageError with the choices if there is none."""
    for shell in SHELLS.values():
        if name == shell.name or name in shell.aliases:
            return shell
    raise UsageError(f"There is no shell {name} here.", f"One of: {', '.join(SHELLS)}.")
