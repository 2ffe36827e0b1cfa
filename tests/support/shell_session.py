"""A script in a real shell, the program that it finds there, and what its child processes saw."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from probes import Probe

from ssoenv.shells import SHELLS

SNAP = Path(__file__).with_name("snap.py")


@dataclass(frozen=True)
class Snapshot:
    """What a child process of the shell saw."""

    environ: dict[bytes, bytes]
    words: list[str]

    def __getitem__(self, name: str) -> str | None:
        """Return the value of an exported variable, None if there is none."""
        value = self.environ.get(name.encode())
        return None if value is None else value.decode()

    @property
    def status(self) -> int:
        """The exit status of the line before. Where the shell has a second sign of success, it must agree."""
        number, *success = self.words
        assert success in ([], [str(number == "0")]), f"the status is {number}, but $? is {success}"
        return int(number)


@dataclass(frozen=True)
class Run:
    """What came of a script."""

    stdout: bytes
    stderr: bytes
    status: int
    snapshots: dict[str, Snapshot]
    calls: list[list[str]]
    """The arguments of each call of the stand-in program."""

    def __getitem__(self, label: str) -> Snapshot:
        return self.snapshots[label]


@dataclass
class Session:
    """A script for one shell, built line by line, then run in an empty home with a clean environment."""

    probe: Probe
    program: str
    home: Path
    folder: Path
    environ: dict[str, str]
    lines: list[str] = field(default_factory=list)

    # --- the program it finds ---

    def install(self, text: str) -> None:
        """Make *text* the script that this session finds as ``ssoenv``."""
        file = self.folder / "bin" / "ssoenv"
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
        file.chmod(0o755)

    def answer(self, name: str, text: str | bytes, status: int = 0) -> None:
        """Let the stand-in print *text* for this target, by a builtin of its shell, and end with *status*."""
        written = "".join(f"\\{byte:03o}" for byte in (text.encode() if isinstance(text, str) else text))
        (self.folder / "answers" / name).write_text(f"printf '{written}'\nexit {status}\n")

    # --- the script ---

    def add(self, *lines: str) -> None:
        """Add lines in the shell's own words."""
        self.lines.extend(lines)

    @property
    def load_line(self) -> str:
        """The line that loads the wrapper."""
        return self.probe.load.format(file=self.probe.quote(str(self.probe.wrapper)))

    def load(self) -> None:
        """Load the wrapper."""
        self.add(self.load_line)

    def load_as_documented(self) -> None:
        """Load the wrapper by the lines of the README. All but the last are run by a shell of their own before."""
        install = SHELLS[self.probe.shell].install
        assert install
        *earlier, last = install.init_line.splitlines()
        if earlier:
            done = self._start("earlier", [*self.lines, *earlier])
            assert done.returncode == 0, done.stderr.decode()
        self.add(last)

    def export(self, **variables: str) -> None:
        """Set variables, exported."""
        for name, value in variables.items():
            self.add(self.probe.export.format(name=name, value=self.probe.quote(value)))

    def snapshot(self, label: str) -> None:
        """Record what a child process sees, and the status of the line before."""
        self.add(f"{self.probe.words(*self._snap(label))} {self.probe.status}")

    def run_line(self, line: str, label: str) -> None:
        """Add a line and a snapshot of what came of it."""
        self.add(self.probe.run.format(line=line))
        self.snapshot(label)

    def attempt(self, line: str, label: str) -> None:
        """Add a line that may fail under strict modes, and a snapshot of what came of it."""
        if self.probe.attempt:
            self.add(self.probe.attempt.format(line=line, call=self.probe.words(*self._snap(label))))
        else:
            self.run_line(line, label)

    def value(self, name: str, label: str) -> None:
        """Record the value of a variable, exported or not: the snapshot's words are it, or none if it is unset."""
        assert self.probe.value
        self.add(self.probe.value.format(name=name, call=self.probe.words(*self._snap(label))))

    def _snap(self, label: str) -> list[object]:
        return [sys.executable, "-IS", SNAP, self.folder / "snapshots", label]

    # --- the run ---

    def run(self, *, environ: Mapping[str, str] = {}, options: tuple[str, ...] = (), timeout: float = 120) -> Run:
        """Run the script to its last line."""
        self.snapshot("end")
        done = self._start("script", self.lines, options, environ, timeout)
        run = Run(done.stdout, done.stderr, done.returncode, self._snapshots(), self._calls())
        # A script that broke off proves nothing.
        assert "end" in run.snapshots, f"the script broke off:\n{done.stdout.decode()}\n{done.stderr.decode()}"
        return run

    def _start(
        self,
        name: str,
        lines: list[str],
        options: tuple[str, ...] = (),
        environ: Mapping[str, str] = {},
        timeout: float = 120,
    ) -> subprocess.CompletedProcess[bytes]:
        script = self.folder / f"{name}{self.probe.suffix}"
        # PowerShell 5.1 reads a file without a byte order mark in the machine's own code page.
        mark = b"\xef\xbb\xbf" if self.probe.suffix == ".ps1" else b""
        script.write_bytes(mark + "\n".join([*lines, ""]).encode())
        return subprocess.run(
            [self.program, *options, *self.probe.options, str(script)],
            env={**self.environ, **environ},
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            start_new_session=True,  # no terminal, wherever the tests run
            timeout=timeout,
            check=False,
        )

    def _snapshots(self) -> dict[str, Snapshot]:
        file = self.folder / "snapshots"
        lines = file.read_text("ascii").splitlines() if file.exists() else []
        entries = map(ast.literal_eval, lines)
        return {label: Snapshot(environ, list(map(os.fsdecode, words))) for label, words, environ in entries}

    def _calls(self) -> list[list[str]]:
        file = self.folder / "calls"
        calls = file.read_text().split("\0\n")[:-1] if file.exists() else []
        return [call.split("\0") for call in calls]
