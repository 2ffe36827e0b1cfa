"""The shells that ssoenv knows: what each is called, how it is written, and how it is set up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

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


class Install(NamedTuple):
    """How a shell loads its wrapper: the line for it, and the file that the line goes to.

    *rc_file* takes an environment and a home directory. *init_line* asks the program for the wrapper. *source_line*
    reads files, which starts no process, and does as *init_line* when an update has moved the first one, ``{path}``,
    and nothing where there is no program, either: rc files are shared among machines. ``{sources}`` are what reads
    each, made of *source*, with *separator* between; *completion_source* is for a shell that looks for completions
    itself and is only told of their ``{folder}``. An *init_line* of two lines is one that can only be typed.
    """

    rc_file: Callable[[Mapping[str, str], Path], Path]
    init_line: str
    source_line: str
    source: str = ". {path}"
    completion_source: str | None = None
    separator: str = "; "


class Shell(NamedTuple):
    """A shell: its *name*, *aliases* that people and process lists use, and what writes for it.

    *wrapper* is a file in ``shell/`` and *completion* one in ``completions/``; None where there is none yet. *family*
    is what the shelf calls the shells that write alike; None where the wrapper takes nothing from there.
    """

    name: str
    writer: Writer
    aliases: tuple[str, ...] = ()
    wrapper: str | None = None
    completion: str | None = None
    family: str | None = None
    install: Install | None = None

    def by_hand(self) -> Shell:
        """Return it as it is where no wrapper of ours reads the text, and in UTF-8, but the user's own line or file."""
        return self._replace(writer=self.writer.in_any_encoding())

    def load_line(self, *files: Path | None) -> str:
        """Return the line that loads *files*, wrapper and completion, or asks the program where one has no path.

        Raise UsageError for a shell without wrapper, and for one that can't ask the program in one line.
        """
        if self.install is None:
            cure = f"There, use what `ssoenv use NAME --shell {self.name}` prints."
            raise UsageError(f"ssoenv has no shell function for {self.name} yet.", cure)
        quote = self.writer.in_any_encoding().quote
        forms = (self.install.source, self.install.completion_source or self.install.source)
        with suppress(ValueError):  # the shell can't say it
            reads = [
                form.format(path=quote(str(path)), folder=quote(str(path.parent)))
                for form, path in zip(forms, files, strict=False)
                if path and str(path).isprintable()
            ]
            if len(reads) == len(files):
                wrapper, sources = quote(str(files[0])), self.install.separator.join(reads)
                return self.install.source_line.format(path=wrapper, sources=sources, init=self.install.init_line)
        if "\n" in self.install.init_line:
            cure = "Type in each shell:\n" + self.install.init_line
            raise UsageError(f"{self.name} can't load the shell function from where it is installed.", cure)
        return self.install.init_line


_POSIX_SOURCE = "if [ -r {path} ]; then {sources}; elif command -v ssoenv >/dev/null; then {init}; fi"
_ALL = (
    Shell("sh", Posix(), aliases=("dash", "ash", "busybox", "ksh", "ksh93", "mksh", "yash")),
    Shell(
        "bash",
        Posix("builtin "),
        wrapper="ssoenv.bash",
        completion="ssoenv.bash",
        family="posix",
        install=Install(rc_files.bash, 'eval "$(ssoenv init bash)"', _POSIX_SOURCE),
    ),
    Shell(
        "zsh",
        Posix("builtin "),
        wrapper="ssoenv.zsh",
        completion="_ssoenv",
        family="posix",
        install=Install(rc_files.zsh, 'eval "$(ssoenv init zsh)"', _POSIX_SOURCE),
    ),
    Shell(
        "fish",
        Fish(),
        wrapper="ssoenv.fish",
        completion="ssoenv.fish",
        family="fish",
        install=Install(
            rc_files.fish,
            "ssoenv init fish | source",
            "if test -r {path}; {sources}; else if command -q ssoenv; {init}; end",
            "source {path}",
            "contains {folder} $fish_complete_path; or set -a fish_complete_path {folder}",
        ),
    ),
    Shell(
        "powershell",
        PowerShell(),
        aliases=("pwsh",),
        wrapper="ssoenv.ps1",
        completion="ssoenv.ps1",
        family="powershell",
        install=Install(
            rc_files.powershell,
            "ssoenv init powershell | Out-String | Invoke-Expression",
            "if (Test-Path -LiteralPath {path}) {{ {sources} }} "
            "elseif (Get-Command ssoenv -CommandType Application -ErrorAction Ignore) {{ {init} }}",
        ),
    ),
    Shell("cmd", Cmd()),
    Shell(
        "nushell",
        Nushell(),
        aliases=("nu",),
        wrapper="ssoenv.nu",
        completion="ssoenv.nu",
        install=Install(
            rc_files.nushell,
            # Sources are read before anything is run.
            "ssoenv init nushell | save --force ~/.ssoenv.nu\nsource ~/.ssoenv.nu",
            "{sources}; if not ({path} | path exists) and (which ssoenv | is-not-empty) "
            "{{ print --stderr 'ssoenv has moved. Type: ssoenv init nushell --install' }}",
            "source (if ({path} | path exists) {{ {path} }})",
        ),
    ),
    Shell(
        "tcsh",
        Tcsh(),
        aliases=("csh",),
        wrapper="ssoenv.tcsh",
        completion="ssoenv.tcsh",
        install=Install(
            rc_files.tcsh,
            "ssoenv init tcsh >! ~/.ssoenv.tcsh && source ~/.ssoenv.tcsh",
            "{sources}; if (! -r {path}) eval 'which ssoenv >& /dev/null && {init}'",
            "if (-r {path}) set __ssoenv_file = {path}; if (-r {path}) source {path}",
        ),
    ),
    Shell(
        "xonsh",
        Xonsh(),
        wrapper="ssoenv.xsh",
        completion="ssoenv.xsh",
        install=Install(
            rc_files.xonsh,
            "exec($(ssoenv init xonsh), {})",
            '({sources}) if __import__("os").path.isfile({path}) else {init} '
            'if __import__("shutil").which("ssoenv", path=${{...}}.detype().get("PATH", "")) else None',
            'exec(open({path}, encoding="utf-8").read(), {{}})',
            separator=", ",
        ),
    ),
    Shell(
        "elvish",
        Elvish(),
        wrapper="ssoenv.elv",
        completion="ssoenv.elv",
        install=Install(
            rc_files.elvish,
            # Evaluated apart, so that nothing of the user's stands in; one function is taken out.
            "var ssouse~ = (external ssouse); "
            "eval (ssoenv init elvish | slurp) &ns=(ns [&]) &on-end={|ns| set ssouse~ = $ns[ssouse~] }",
            "var ssouse~ = (external ssouse); eval (try {{ {sources} }} catch e {{ if (has-external ssoenv) "
            "{{ ssoenv init elvish }} else {{ print 'var ssouse~ = (external ssouse)' }} }} | slurp) "
            "&ns=(ns [&]) &on-end={{|ns| set ssouse~ = $ns[ssouse~] }}",
            "print (slurp < {path})",
        ),
    ),
)
SHELLS = {shell.name: shell for shell in _ALL}


def find(name: str) -> Shell:
    """Return the shell called *name*, or known by it. Raise UsageError with the choices if there is none."""
    for shell in SHELLS.values():
        if name == shell.name or name in shell.aliases:
            return shell
    raise UsageError(f"There is no shell {name} here.", f"One of: {', '.join(SHELLS)}.")
