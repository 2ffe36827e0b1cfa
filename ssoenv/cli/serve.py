"""``ssoenv serve``: credentials for programs that must not lose them, at an endpoint on this machine."""

from __future__ import annotations

import shlex
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from ssoenv import environment, files, remembered, switch
from ssoenv.cli import messages, naming
from ssoenv.cli.times import clock, parse_duration
from ssoenv.context import Context
from ssoenv.errors import UsageError

if TYPE_CHECKING:
    from threading import Event


def serve(
    name: Annotated[list[str] | None, typer.Argument(help=naming.HELP)] = None,
    region: Annotated[str | None, typer.Option(help="Use this region instead of the profile's.")] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Listen at this port; 0 takes a free one.")] = 0,
    lifetime: Annotated[str | None, typer.Option("--for", metavar="TIME", help="End after 30m, 8h or so.")] = None,
    docker: Annotated[
        bool, typer.Option("--docker", help="Print the arguments for `docker run` instead of the variables.")
    ] = False,
) -> None:
    """Serve the credentials of NAME to programs on this machine, renewed, until Ctrl-C.

    It prints variables, one NAME=value a line, by which each SDK asks 127.0.0.1 for credentials, as in a container of
    ECS. Whoever knows the token among them gets the credentials. `ssouse --serve NAME` sets them in your shell.
    """
    context = messages.context()
    seconds = parse_duration(lifetime) if lifetime else None
    target = naming.find(name, region, context)
    target, first = switch.obtain_renewable(target, context)
    remembered.note_use(target.key, context)
    from ssoenv.serving import Endpoint, Supply

    # The login above may ask; later nobody expects that.
    supply = Supply(target, first, replace(context, terminal=False))
    try:
        endpoint = Endpoint(supply.answer, port)
    except OSError as error:
        raise UsageError(
            f"Nobody can listen at port {port or 'any'} of 127.0.0.1: {error.strerror}.", "Choose another --port."
        ) from error
    now = context.now()
    until = None if seconds is None else now + seconds
    end = "until Ctrl-C" if until is None else f"until {clock(until, now)}"
    variables = environment.endpoint_variables(endpoint.url, endpoint.token, target.region)
    stop = _stopped_by_signals()
    with endpoint, _told(variables, endpoint.server_port, context, docker=docker):
        messages.say(switch.summary(target, f"served at 127.0.0.1:{endpoint.server_port} {end}"))
        if not docker and (hiding := switch.hides_endpoints(context)):
            messages.say(f"Careful: {hiding} So they would be another role, where they see that file.")
        supply.keep(until, stop)


@contextmanager
def _told(variables: Mapping[str, str], port: int, context: Context, *, docker: bool) -> Iterator[None]:
    """Print *variables*; for docker the arguments that lead to them instead, by a file that is there meanwhile."""
    text = "".join(f"{name}={value}\n" for name, value in variables.items())
    if not docker:
        messages.write(text)
        yield
        return
    # Not in the arguments: those of a process are for all to see. Nor as a file for the container to read: whatever
    # user it runs as could not. SDKs take no address but loopback, so the container has to share that.
    file = context.cache_dir / "serving" / f"{port}.env"
    files.write_private(file, text.encode())
    try:
        messages.write(shlex.join(["--network", "host", "--env-file", str(file)]) + "\n")
        yield
    finally:
        files.delete(file)


def _stopped_by_signals() -> Event:
    """Return an event that is set when the user, or the system, wants an end; not by signals that are ignored."""
    import threading

    stop = threading.Event()
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, lambda *_: stop.set())
    return stop
