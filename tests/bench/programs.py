"""The program itself: `ssoenv use` against its own interpreter, the AWS CLI, and what other tools are there."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import partial

import peers
from measuring import Row, Target, Task, compare, process
from world import SSOENV, World

TITLE = "A switch by the program"
ABOUT = """Whole processes, as `ssouse` calls them, which needs no parser of a command line, and as typed. Warm: the
keys are in the AWS CLI's cache, which both share. Cold: they are not, but the login is good, so one request is made to
a portal on this machine that answers at once. granted (`assumego`), aws-sso and aws-vault keep what they get in files
of their own. They know no address but AWS's, so for them the portal is behind TLS, which takes some 5 ms of a
request."""

_PROFILE = "dev-readonly"


def measure(world: World) -> Iterator[Row | str]:
    """Yield a row for the warm switch and one for the cold, and what there is to say of other tools."""
    run = partial(process, environ=world.environ, cwd=world.user.home)
    use = run([SSOENV, "use", "--shell", "bash", "--wrapper", "1", _PROFILE])
    typed = run([SSOENV, "use", _PROFILE, "--shell", "bash"])
    interpreter = run([sys.executable, "-c", "import typer"])
    typer = "`python -c 'import typer'`"
    warm = [Task(typer, interpreter, Target(1.6, "×"))]
    cold = [Task(typer, interpreter)]
    if world.aws:
        name = "`aws configure export-credentials`"
        export = run([world.aws, "configure", "export-credentials", "--profile", _PROFILE])
        warm.append(Task(name, export))
        cold.append(Task(name, export, Target(0.4, "×"), setup=world.forget))
    else:
        yield "No AWS CLI of version 2 was found, which has `aws configure export-credentials`: give it with --aws."
    for peer in peers.found(_PROFILE, world):
        if isinstance(peer, str):
            yield peer
            continue
        warm.append(Task(peer.name, peer.run))
        if peer.forget:
            cold.append(Task(peer.name, peer.run, setup=peer.forget))
    yield from compare(Task("warm", use), *warm, rounds=world.rounds)
    yield from compare(Task("warm, as typed", typed), warm[0], rounds=world.rounds)
    yield from compare(Task("cold", use, setup=world.forget), *cold, rounds=world.rounds)
