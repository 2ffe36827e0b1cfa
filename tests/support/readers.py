"""Each real shell as a user without the wrapper has it: code is handed to it, and a child tells what it sees then."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from installed import program
from probes import PROBES
from shell_session import SNAP

from ssoenv import shells
from ssoenv.environment import Change

_PROBES = {probe.name: probe for probe in PROBES}

# What was there before: one variable that stays, one that the snippet removes, one that it sets anew.
_BEFORE = {"SSOENV_KEPT": "kept", "SSOENV_GONE": "old", "SSOENV_V0": "old"}
# The second one is not there, and its removal must be quiet.
_REMOVED = {"SSOENV_GONE": None, "SSOENV_NEVER": None}


@dataclass(frozen=True)
class Reader:
    """A real shell without wrapper."""

    name: str
    """The test's id. One that a probe has, too, is found and started as that says."""
    evaluate: str
    """Makes the shell do what the file ``{snippet}`` says, which stands for the program's output."""
    shell: str = ""
    """What ssoenv calls it, if not the same."""
    command: tuple[str, ...] = ()
    """The program, and the options that make it read a script and none of the user's files."""
    before: str = ""
    """A line that makes it harder."""
    locales: tuple[str, ...] = ("C", "C.UTF-8")

    def __str__(self) -> str:
        return self.name

    def read_back(self, variables: Mapping[str, str], home: Path, locale: str) -> dict[bytes, bytes]:
        """Set *variables* by a snippet, and return those of our names that a child of the shell sees then."""
        change = Change({**_REMOVED, **variables}, 1795521600)
        return self.evaluated(shells.snippet(change, shells.find(self.shell or self.name).by_hand()), home, locale)

    def evaluated(self, code: str, home: Path, locale: str) -> dict[bytes, bytes]:
        """Evaluate *code*, and return the variables of our names that a child of the shell sees then."""
        program, *options = self._find()
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name).resolve()
            self._write(folder, code)
            # No pipe: what Wine leaves behind for a second would keep it open.
            with (folder / "said").open("wb") as said:
                subprocess.run(
                    [program, *options, self._script()],
                    env={
                        "PATH": os.environ["PATH"],
                        "HOME": str(home),
                        "LC_ALL": locale,
                        "TERM": "dumb",
                        "WINEDEBUG": "-all",
                        **_BEFORE,
                    },
                    cwd=folder,
                    stdin=subprocess.DEVNULL,
                    stdout=said,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,  # no terminal, wherever the tests run
                    timeout=120,
                    check=False,
                )
            lines = (folder / "said").read_bytes().splitlines(keepends=True)
            talk = b"".join(line for line in lines if not line.startswith(b"wine: "))  # it furnishes its home
            # The child's file is the control: without it nothing was read back.
            assert (folder / "seen").exists(), talk
            assert talk == b"", talk
            assert not list(folder.glob("*pwned*"))
            seen = self._parse((folder / "seen").read_bytes())
        return {name: value for name, value in seen.items() if name.startswith((b"AWS_", b"SSOENV_"))}

    def _find(self) -> list[str]:
        if probe := _PROBES.get(self.name.partition("-in-")[0]):
            return [probe.find(), *probe.options, *self.command]
        return [program(self.command[0]), *self.command[1:]]

    def _write(self, folder: Path, snippet: str) -> None:
        (folder / "snippet").write_bytes(snippet.encode())
        evaluate = self.evaluate.format(snippet=folder / "snippet")
        child = f"{sys.executable} -IS {SNAP} {folder / 'seen'} child"
        (folder / self._script()).write_text(f"{self.before}\n{evaluate}\n{child}\n")

    def _script(self) -> str:
        return "script.ps1"  # PowerShell insists on how the name ends, and the others do not care

    def _parse(self, seen: bytes) -> dict[bytes, bytes]:
        _, _, environ = ast.literal_eval(seen.decode("ascii"))
        return environ


class CmdReader(Reader):
    """Wine's cmd. Its child is another cmd, as that starts no program of this system."""

    def evaluated(self, code: str, home: Path, locale: str) -> dict[bytes, bytes]:
        _furnish(home / ".wine")
        return super().evaluated(code, home, locale)

    def _write(self, folder: Path, snippet: str) -> None:
        (folder / "snippet.bat").write_bytes(f"{snippet}@%COMSPEC% /c set>seen\n".encode())
        (folder / self._script()).write_text(f"@echo off\n{self.evaluate}\n")

    def _script(self) -> str:
        return "script.bat"

    def _parse(self, seen: bytes) -> dict[bytes, bytes]:
        return dict(line.split(b"=", 1) for line in seen.split(b"\r\n") if line)


def _furnish(prefix: Path) -> None:
    """Lay out what cmd needs of a Windows, where this system keeps Wine's programs; Wine takes 5 s and 700 MB."""
    programs = [path for place in ("lib*", "lib/*") for path in Path("/usr").glob(f"{place}/wine/x86_64-windows")]
    if programs and not prefix.exists():
        windows = prefix / "drive_c" / "windows"
        windows.mkdir(parents=True)
        (windows / "system32").symlink_to(programs[0])
        (prefix / ".update-timestamp").write_text("disable\n")  # otherwise it does so nevertheless


_BASH = Reader("bash", 'eval "$(cat {snippet})"')
_TCSH = Reader("tcsh", 'eval "`cat {snippet}`"')
READERS = (
    _BASH,
    replace(_BASH, name="bash-3.2", shell="bash"),
    replace(_BASH, name="bash-posix", shell="bash", command=("bash", "--norc", "--noprofile", "--posix")),
    replace(_BASH, name="bash-strict", shell="bash", command=("bash", "--norc"), before="set -euo pipefail"),
    replace(_BASH, name="bash-for-sh", shell="sh", command=("bash", "--norc", "--noprofile", "--posix")),
    replace(_BASH, name="dash", shell="sh", command=("dash",)),
    replace(_BASH, name="zsh"),
    # An interactive zsh takes a # for the start of a command, if it is typed.
    replace(_BASH, name="zsh-interactive", shell="zsh", command=("zsh", "-f", "-i")),
    Reader("fish", "cat {snippet} | source"),
    Reader("powershell", "cat {snippet} | Out-String | Invoke-Expression"),
    *(
        Reader(
            f"powershell-in-{page}",
            "cat {snippet} | Out-String | Invoke-Expression",
            shell="powershell",
            before=f"[Console]::OutputEncoding = [Text.Encoding]::GetEncoding({page})",
            locales=("C.UTF-8",),
        )
        for page in (932, 936, 1252)  # as on a Windows of Japan, China, and the West
    ),
    Reader("nushell", "source {snippet}"),
    _TCSH,
    replace(
        _TCSH,
        name="tcsh-backslash-quote",
        shell="tcsh",
        command=("tcsh", "-f"),
        before="set backslash_quote",
    ),
    Reader("xonsh", "execx($(cat {snippet}))"),
    Reader("elvish", "eval (cat {snippet} | slurp)"),
    CmdReader("cmd", "call snippet.bat", command=("wine", "cmd", "/c"), locales=("C.UTF-8",)),
)
