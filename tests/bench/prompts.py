"""What a prompt costs: the hook that keeps the segment, and the function that prints it."""

from __future__ import annotations

from collections.abc import Iterator

from measuring import Row, Target, compare
from shells.probes import Probe
from timed_shell import Shell, in_each
from world import World

TITLE = "A prompt"
ABOUT = """In a shell that has been switched, with an empty PATH. What the segment shows stays the same for a minute,
and then it is drawn anew. Other tools' segments start at least one process."""

_TARGET = Target(0.1)
# Lets the hook draw the segment anew.
_DRAW = {"bash": "__ssoenv_drawn=", "zsh": "__ssoenv_drawn=", "fish": "set -g __ssoenv_drawn_of"}
_DRAW["powershell"] = "$__ssoenv_shown.Drawn = ''"


def measure(world: World) -> Iterator[Row | str]:
    """Yield three rows a shell."""
    yield from in_each(_in_shell, world)


def _in_shell(probe: Probe, world: World) -> Iterator[Row | str]:
    with Shell(probe, world) as shell:
        shell.run("ssouse dev-readonly")
        shell.run(shell.dialect.no_path)
        lines = {
            "hook": "__ssoenv_hook",
            "hook, once a minute": f"{_DRAW[probe.shell]}; __ssoenv_hook",
            "`ssoenv_prompt`": "ssoenv_prompt",
        }
        for what, line in lines.items():
            yield from compare(
                shell.task(f"{probe.name}: {what}", line, target=None if "minute" in what else _TARGET),
                shell.nothing(),
                shell.thousand(),
                rounds=world.rounds,
            )
