"""A repeated switch: the wrapper takes it from the shelf, checks it and applies it, and starts nothing."""

from __future__ import annotations

from collections.abc import Iterator

from measuring import NotMeasured, Row, Target, compare
from probes import Probe
from timed_shell import Shell, in_each
from world import SSOENV, World

TITLE = "A repeated switch"
ABOUT = """`ssouse` to and fro between two profiles, its checks included, with an empty PATH, so that nothing can be
started. The first reference does no check at all, and the last is what each switch would cost without the shelf."""

_NAMES = ("prod-admin", "dev-readonly")
_TARGETS = {"bash": 0.8, "zsh": 0.7, "fish": 0.8, "powershell": 0.5, "bash-3.2": 3}


def measure(world: World) -> Iterator[Row | str]:
    """Yield a row a shell."""
    yield from in_each(_in_shell, world)


def _in_shell(probe: Probe, world: World) -> Iterator[Row | str]:
    with Shell(probe, world) as shell:
        snippets = [_snippet(name, shell) for name in _NAMES]
        for name in _NAMES:  # puts it on the shelf
            shell.run(f"ssouse {name}")
        shell.run(shell.dialect.no_path)
        try:
            switch = shell.task(
                probe.name,
                "; ".join(f"ssouse {name}" for name in _NAMES),
                pieces=2,
                target=Target(_TARGETS[probe.name]),
            )
        except NotMeasured as reason:
            raise NotMeasured(f"With no program to be found, it fails: {reason}") from None
        command = " ".join((shell.quote(SSOENV), "use", "--shell", probe.shell, "--wrapper", "1", _NAMES[0]))
        yield from compare(
            switch,
            shell.task("the snippets read and evaluated, unchecked", "; ".join(snippets), pieces=2),
            shell.thousand(),
            shell.task("one `ssoenv use` process", shell.dialect.capture.format(command=command)),
            rounds=world.rounds,
        )


def _snippet(name: str, shell: Shell) -> str:
    """Return the line that evaluates the snippet for *name*, out of a file."""
    done = shell.world.user.ssoenv("use", name, "--shell", shell.probe.shell)
    done.check_returncode()
    file = shell.world.folder / f"{name}-{shell.probe.name}"
    file.write_text(done.stdout, encoding="utf-8")
    return shell.dialect.evaluate.format(file=shell.quote(file))
