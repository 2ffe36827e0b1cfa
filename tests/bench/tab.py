"""What Tab costs: the completion finds names in the names file, and starts nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pexpect
from contexts import context_of
from measuring import NotMeasured, Row, Target, Task, compare
from probes import Probe
from timed_shell import Shell, in_each, program
from world import World

from ssoenv import completion_names
from ssoenv.shells import SHELLS, data_path

TITLE = "Tab"
ABOUT = """Names offered after `ssouse` and a blank (all), and after some letters that one name in a hundred starts
with (some), without what the terminal then shows. Of more than 500, zsh lists a few and completes all. The first
reference only reads the file. Other tools' completions start at least one process."""

_COUNTS = (10, 1_000, 10_000)
_TYPED = {"all": "ssouse ", "some": "ssouse team-07-"}
_TARGET = Target(20)


def measure(world: World) -> Iterator[Row | str]:
    """Yield two rows for each shell and each number of names."""
    yield from in_each(_in_shell, world)


def _in_shell(probe: Probe, world: World) -> Iterator[Row | str]:
    completion = data_path("completions", SHELLS[probe.shell].completion)
    with ExitStack() as stack:
        shell = stack.enter_context(Shell(probe, world))
        shell.run(probe.load.format(file=shell.quote(completion)) if probe.shell != "zsh" else "true")
        for count in _COUNTS:
            cache = _cache(count, world)
            shell.export("XDG_CACHE_HOME", cache)
            asked = stack.enter_context(_Zsh(probe, world, completion, cache)) if probe.shell == "zsh" else None
            for what, typed in _TYPED.items():
                name = f"{probe.name}: {count:,} names, {what}"
                tab = (
                    asked.task(name, typed, _TARGET) if asked else shell.task(name, _line(probe, typed), target=_TARGET)
                )
                lines = shell.dialect.read_lines.format(file=shell.quote(cache / "ssoenv" / "names"))
                yield from compare(tab, shell.task("the names file read", lines), shell.nothing(), rounds=world.rounds)


def _cache(count: int, world: World) -> Path:
    """Return a cache folder with a names file of *count* names."""
    folder = world.folder / f"names-{count}"
    context = context_of(world.user.home, environ={"XDG_CACHE_HOME": str(folder)})
    entries = [(f"team-{i % 100:02}-app-{i // 100:03}", f"{i:012} · ReadOnly") for i in range(count)]
    completion_names.write(context, entries)
    return folder


def _line(probe: Probe, typed: str) -> str:
    """Return the line that asks the shell what it would offer."""
    word = probe.quote(typed)
    if probe.shell == "bash":
        breaks = "$' \\t\\n\"\\'@><=;|&(:'"  # what bash itself sets in an interactive shell
        return f"COMP_WORDBREAKS={breaks} COMP_LINE={word} COMP_POINT={len(typed)}; __ssoenv_complete ssouse"
    if probe.shell == "fish":
        return f"complete -C {word} >&-"  # Tab prints nothing, and printing thousands takes long
    return f"$null = [System.Management.Automation.CommandCompletion]::CompleteInput({word}, {len(typed)}, $null)"


class _Zsh:
    """A zsh at a terminal, as its completion runs nowhere else, where ^T does what Tab does, and says how long it took.

    It inserts nothing and lists nothing, so that the line stays as it is.
    """

    _SET_UP = r"""
unset zle_bracketed_paste
unsetopt prompt_sp
PS1=
autoload -Uz compinit
compinit -D -u
. {wrapper}
. {completion}
zmodload zsh/datetime
bench_tab() {{
    local -F bench_start=EPOCHREALTIME
    _main_complete
    print -rn -- "took=$(( (EPOCHREALTIME - bench_start) * 1000 ))ms" >$TTY
    compstate[insert]= compstate[list]=
}}
zle -C bench complete-word bench_tab
bindkey '^T' bench
bindkey '^G' kill-whole-line
"""

    def __init__(self, probe: Probe, world: World, completion: Path, cache: Path) -> None:
        start = world.folder / "tab.zsh"
        files = {"wrapper": probe.wrapper, "completion": completion}
        start.write_text(self._SET_UP.format(**{name: probe.quote(str(file)) for name, file in files.items()}))
        environ = {**world.environ, "XDG_CACHE_HOME": str(cache)}
        self._child = pexpect.spawn(
            program(probe), ["-f", "-i"], env=environ, cwd=world.folder, encoding="utf-8", timeout=60
        )
        self._child.delaybeforesend = None
        self._child.send(f". {probe.quote(str(start))}; echo REA''DY\r")  # split, so that its echo is no mark
        self._child.expect("READY")

    def __enter__(self) -> _Zsh:
        return self

    def __exit__(self, *_: object) -> None:
        self._child.close(force=True)

    def task(self, name: str, typed: str, target: Target) -> Task:
        """Return the task of a Tab after what is *typed*."""

        def run() -> float:
            self._child.send(f"\x07{typed}\x14")
            try:
                self._child.expect(re.compile(r"took=([0-9.e-]+)ms"))
            except pexpect.ExceptionPexpect:
                raise NotMeasured(f"zsh did not answer Tab after {typed!r}.") from None
            return float(self._child.match[1])

        return Task(name, run, target)
