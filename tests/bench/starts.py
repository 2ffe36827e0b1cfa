"""What the line that loads the wrapper and its completion adds to the start of an interactive shell."""

from __future__ import annotations

from collections.abc import Iterator

from measuring import Row, Target, Task, compare, process
from probes import Probe
from timed_shell import in_each, program
from world import SSOENV, World

TITLE = "The start of a shell"
ABOUT = """An interactive shell that ends at once: with the line that `ssoenv init --install` puts into its rc file, and
without."""

# The difference is small against the whole, so it takes more rounds to be seen.
_MORE_ROUNDS = 3


def measure(world: World) -> Iterator[Row | str]:
    """Yield a row a shell."""
    yield from in_each(_in_shell, world, without=("powershell",))


def _in_shell(probe: Probe, world: World) -> Iterator[Row | str]:
    yield from compare(
        _start(probe, world, probe.name, install=True),
        _start(probe, world, "the same without the line", Target(3, "ms added"), install=False),
        rounds=_MORE_ROUNDS * world.rounds,
    )


def _start(probe: Probe, world: World, name: str, target: Target | None = None, *, install: bool) -> Task:
    """Return the task of starting the shell in a home of its own."""
    home = world.folder / f"start-{probe.name}-{install}"
    home.mkdir()
    environ = {**world.environ, "HOME": str(home)}
    if install:
        process([SSOENV, "init", probe.shell, "--install"], environ, home)()
    return Task(name, process([program(probe), "-i", "-c", "exit"], environ, home), target)
