"""What a prompt costs: the hook that keeps the segment, and the function that prints it."""

from __future__ import annotations

from collections.abc import Iterator

from measuring import Row, Target, compare
from probes import Probe
from timed_shell import Shell, in_each
from world import World

TITLE = "A prompt"
ABOUT = """In a shell that has been switched, with an empty PATH. What the segment shows stays the same for a minute;
then the time alone is another. After a switch, and now and then, all of it is made anew. Other tools'
segments start at least one process."""

_TARGET = Target(0.1)


def measure(world: World) -> Iterator[Row | str]:
    """Yield four rows a shell."""
    yield from in_each(_in_shell, world)


def _in_shell(probe: Probe, world: World) -> Iterator[Row | str]:
    with Shell(probe, world) as shell:
        shell.run("ssouse dev-readonly")
        shell.run(shell.dialect.no_path)
        for what, line, target in (
            ("hook", "__ssoenv_hook", _TARGET),
            ("hook, once a minute", f"{shell.dialect.minute}; __ssoenv_hook", _TARGET),
            ("hook, after a switch", f"{shell.dialect.forget}; __ssoenv_hook", None),
            ("`ssoenv_prompt`", "ssoenv_prompt", _TARGET),
        ):
            yield from compare(
                shell.task(f"{probe.name}: {what}", line, target=target),
                shell.nothing(),
                shell.thousand(),
                rounds=world.rounds,
            )
