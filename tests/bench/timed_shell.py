"""A real shell that runs lines as they are sent, and how long its lines take."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from measuring import FAILURES, NotMeasured, Row, Target, Task
from probes import PROBES, Probe
from world import World

# So long a line is repeated (ms), that sending it and waiting for its status are no part of the figure.
_BATCH = 40
_MOST_TURNS = 400
# A shell that hangs is ended after so long (seconds).
_LONGEST = 600


@dataclass(frozen=True)
class Dialect:
    """How a shell says what is needed here. A template's ``{…}`` are filled in."""

    serve: str
    """Runs each line of the standard input, and prints its status."""
    turns: str
    """Lets the functions that `define` makes take as many turns as ``{turns}`` has words."""
    define: str
    """Makes a function ``{name}`` that runs ``{line}`` so many times."""
    thousand: str
    """Takes 1,000 turns of an empty loop."""
    no_path: str
    """Leaves no program to be found."""
    capture: str
    """Keeps what the command ``{command}`` prints in a variable."""
    evaluate: str
    """Reads the file ``{file}`` and evaluates it, unchecked."""
    read_lines: str
    """Reads the lines of the file ``{file}``."""
    minute: str
    """Lets the hook see that a minute has passed."""
    forget: str
    """Lets the hook see that what the segment shows is another."""
    warm_up: float = 0.2
    """So long a line is run before it counts (seconds)."""


_BASH = Dialect(
    serve='while IFS= read -r bench_line; do eval "$bench_line" >/dev/null; printf "%s\\n" "$?"; done',
    turns="bench_turns=({turns})",
    define='{name}() {{ for bench_turn in "${{bench_turns[@]}}"; do {line}; done; }}',
    thousand="for ((bench_i = 0; bench_i < 1000; bench_i++)); do :; done",
    no_path="PATH=",
    capture="bench_text=$({command})",
    evaluate=". {file}",
    read_lines="mapfile -t bench_lines <{file}",
    minute="__ssoenv_shown_until=0",
    forget="__ssoenv_drawn=",
)
_DIALECTS = {
    "bash": _BASH,
    "bash-3.2": Dialect(
        **{**vars(_BASH), "read_lines": "while IFS= read -r bench_text; do bench_last=$bench_text; done <{file}"}
    ),
    "zsh": Dialect(
        **{
            **vars(_BASH),
            "read_lines": "zmodload zsh/mapfile; bench_lines=(${{(f)mapfile[{file}]}})",
            "minute": "__ssoenv_shown=",
        }
    ),
    "fish": Dialect(
        serve="while read -l bench_line; eval $bench_line >/dev/null; echo $status; end",
        turns="set -g bench_turns {turns}",
        define="function {name}; for bench_turn in $bench_turns; {line}; end; end",
        thousand="for bench_i in $bench_thousand; end",
        no_path="set -gx PATH",
        capture="set -l bench_text ({command})",
        evaluate="source {file}; true",  # removing what is not there ends with 4
        read_lines="read -lz bench_lines <{file}",
        minute="set -g __ssoenv_countdown 11 0 10 999999999999",
        forget="set -g __ssoenv_drawn_of",
    ),
    "powershell": Dialect(
        serve="""\
while ($null -ne ($line = [Console]::In.ReadLine())) {
    $global:LASTEXITCODE = 0
    try {
        $null = Invoke-Expression $line
    } catch {
        [Console]::Error.WriteLine($_)
        $global:LASTEXITCODE = 1
    }
    [Console]::Out.WriteLine($global:LASTEXITCODE)
}""",
        turns="$global:bench_turns = -split '{turns}'",
        define="function global:{name} {{ foreach ($bench_turn in $global:bench_turns) {{ {line} }} }}",
        thousand="for ($bench_i = 0; $bench_i -lt 1000; $bench_i++) {{ }}",
        no_path="$env:PATH = ''",
        capture="$bench_text = & {command}",
        evaluate="Invoke-Expression ([System.IO.File]::ReadAllText({file}))",
        read_lines="$bench_lines = [System.IO.File]::ReadAllLines({file})",
        minute="$__ssoenv_shown.Drawn = ''",
        forget="$__ssoenv_shown.Drawn = ''",
        warm_up=5,  # .NET compiles what runs often, and again when it knows how it runs
    ),
}


class Shell:
    """A shell with the wrapper loaded, in the world's home; a context manager that starts and ends it."""

    def __init__(self, probe: Probe, world: World) -> None:
        self.probe = probe
        self.world = world
        self.dialect = _DIALECTS[probe.name]
        self._functions = 0
        self._turns = 0

    def __enter__(self) -> Shell:
        script = self.world.folder / f"{self.probe.name}{self.probe.suffix}"
        load = self.probe.load.format(file=self.quote(self.probe.wrapper))
        script.write_text(f"{load}\n{self.dialect.serve}\n", encoding="utf-8")
        self._errors = tempfile.TemporaryFile()
        self._process = subprocess.Popen(
            [program(self.probe), *self.probe.options, str(script)],
            env=self.world.environ,
            cwd=self.world.user.home,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
        )
        self._watch = threading.Timer(_LONGEST, self._process.kill)
        self._watch.daemon = True
        self._watch.start()
        if self.probe.shell == "fish":
            self.run(f"set -g bench_thousand {' '.join(map(str, range(1000)))}")
        return self

    def __exit__(self, *_: object) -> None:
        self._watch.cancel()
        self._process.communicate()
        self._errors.close()

    def quote(self, text: object) -> str:
        """Return *text* as one word."""
        return self.probe.quote(str(text))

    def run(self, line: str) -> float:
        """Run *line* and return the milliseconds until its status came, or raise NotMeasured with what it said."""
        started = time.perf_counter()
        self._process.stdin.write(f"{line}\n".encode())
        self._process.stdin.flush()
        status = self._process.stdout.readline().decode().strip()
        taken = (time.perf_counter() - started) * 1000
        if status != "0":
            self._errors.seek(0)
            last = self._errors.read().decode(errors="replace").strip().rpartition("\n")[2]
            raise NotMeasured(f"`{line[:60]}` ended with {status or 'the shell'}: {last}")
        return taken

    def task(self, name: str, line: str, *, pieces: int = 1, target: Target | None = None) -> Task:
        """Return the task of running *line* once, many times in one go; it does what is timed *pieces* times."""
        self._functions += 1
        function = f"bench_{self._functions}"
        self.run(line)
        self.run(self.dialect.define.format(name=function, line=line))
        self._take_turns(1)
        warm = time.perf_counter() + self.dialect.warm_up
        taken = self.run(function)
        while time.perf_counter() < warm:
            taken = min(taken, self.run(function))
        turns = max(1, min(_MOST_TURNS, int(_BATCH / taken)))

        def run() -> float:
            self._take_turns(turns)
            return self.run(function) / turns / pieces

        return Task(name, run, target)

    def thousand(self) -> Task:
        """Return the reference that tells how fast the shell itself is here."""
        return self.task("1,000 turns of an empty loop", self.dialect.thousand.format())

    def nothing(self) -> Task:
        """Return the reference of starting any program."""
        return self.task("one process that does nothing (`true`)", self.probe.words(shutil.which("true") or "true"))

    def export(self, name: str, value: object) -> None:
        """Set an environment variable."""
        self.run(self.probe.export.format(name=name, value=self.quote(value)))

    def _take_turns(self, turns: int) -> None:
        if turns != self._turns:
            self.run(self.dialect.turns.format(turns=" ".join(map(str, range(turns)))))
            self._turns = turns


def program(probe: Probe) -> str:
    """Return the path of the shell's program, or raise NotMeasured."""
    os.environ.pop("CI", None)  # where a missing shell would be a failure
    try:
        return probe.find()
    except pytest.skip.Exception as missing:
        raise NotMeasured(str(missing)) from None


def in_each(
    measure: Callable[[Probe, World], Iterator[Row | str]], world: World, without: tuple[str, ...] = ()
) -> Iterator[Row | str]:
    """Yield what *measure* yields for each shell, or a sentence that says why there is nothing."""
    for probe in (probe for probe in PROBES if probe.name in _DIALECTS):
        if probe.name in without:
            continue
        try:
            yield from measure(probe, world)
        except FAILURES as reason:
            yield f"{probe.name}: not measured. {reason}"
