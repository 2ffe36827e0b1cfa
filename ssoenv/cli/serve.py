"""``ssoenv serve``: credentials for programs that must not lose them, at an endpoint on this machine."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Annotated

import typer

from ssoenv import background, environment, remembered, switch
from ssoenv.cli import messages, naming, options
from ssoenv.cli.times import clock, parse_lifetime
from ssoenv.errors import UsageError


def serve(
    name: options.Name = None,
    region: options.Region = None,
    port: Annotated[
        int, typer.Option(min=0, max=65535, metavar="PORT", help="Listen at this port; 0 takes a free one.")
    ] = 0,
    lifetime: Annotated[str | None, typer.Option("--for", metavar="TIME", help="End after 30m, 8h or so.")] = None,
    docker: Annotated[
        bool, typer.Option("--docker", help="Print the arguments for `docker run` instead of the variables.")
    ] = False,
) -> None:
    """Serve the credentials of NAME to local programs. They are renewed, until Ctrl-C.

    It prints variables, one NAME=value a line, by which each SDK asks 127.0.0.1 for credentials, as in a container of
    ECS. Whoever knows the token among them gets the credentials. `ssouse --serve NAME` sets them in your shell.
    """
    context = messages.context()
    seconds = parse_lifetime(lifetime)
    background.forbid_core_dumps()
    target = naming.find(name, region, context)
    target, first = switch.obtain_renewable(target, context)
    remembered.note_use(target.key, context)
    from threading import Event

    from ssoenv.running import signals
    from ssoenv.serving import Endpoint, Supply
    from ssoenv.serving import docker as containers

    supply = Supply(target, first, context)
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
    text = "".join(f"{name}={value}\n" for name, value in variables.items())
    told = containers.arguments(text, endpoint.server_port, context) if docker else nullcontext(text)
    stop = Event()
    with signals.caught(signals.ENDING, lambda _: stop.set()), endpoint, told as printed:
        messages.write(printed)
        messages.say(switch.summary(target, f"served at 127.0.0.1:{endpoint.server_port} {end}"))
        if not docker and (hiding := switch.hides_endpoints(context)):
            messages.say(f"Careful: {hiding} So they would be another role, where they see that file.")
        supply.keep(until, stop)
    if stop.is_set() and messages.columns():
        messages.say("")  # the terminal shows ^C, behind which no prompt is to stand
