"""``ssoenv exec``: run a command as an account and role, or as many."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperCommand

from ssoenv import remembered, settings, switch
from ssoenv.cli import messages, naming, options
from ssoenv.context import Context
from ssoenv.errors import UsageError

_COMMAND = "ssoenv.command"
_JOBS = 8
_FORM = "Write it as in: ssoenv exec NAME -- COMMAND"


class Command(TyperCommand):
    """A command line that ends at the first ``--``: all behind it is another program's, its options and ``--`` too."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Keep the other program's words in *ctx*, for typer would join both sides. Raise UsageError without ``--``."""
        if "--" in args:
            border = args.index("--")
            ctx.meta[_COMMAND] = args[border + 1 :]
            args = args[:border]
        elif not {"-h", "--help"} & set(args):
            raise UsageError("There is no -- before the command.", _FORM)
        return super().parse_args(ctx, args)

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """Return the words of the usage line."""
        return [*super().collect_usage_pieces(ctx), "-- COMMAND..."]


def run(
    ctx: typer.Context,
    name: Annotated[
        list[str] | None, typer.Argument(help=f"{options.NAME_HELP} One word each: quote 'Developer ReadOnly'.")
    ] = None,
    region: options.Region = None,
    profile_mode: Annotated[
        bool | None, typer.Option(help="Give it only the profile's name, and let SDKs get the keys themselves.")
    ] = None,
    parallel: Annotated[bool, typer.Option("--parallel", help="Run it in each NAME at once.")] = False,
    match: Annotated[
        list[str] | None, typer.Option(metavar="GLOB", help="And in all profiles, and ACCOUNT/ROLE, that fit.")
    ] = None,
    jobs: Annotated[
        int | None, typer.Option(min=1, metavar="COUNT", help=f"Run so many at a time, {_JOBS} by default.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a line of JSON for each line of output.")] = False,
    with_: Annotated[
        list[str] | None,
        typer.Option("--with", metavar="[PROFILE=]NAME", help="Let it see this profile, and no other of yours."),
    ] = None,
) -> None:
    """Run COMMAND as NAME, as if you had switched to it.

    In many with --parallel or --match: once it has begun, the exit code is 0 if it is 0 in all, and 1 otherwise.
    """
    words: list[str] = ctx.meta[_COMMAND]
    if not words:
        raise UsageError("There is no command after --.", _FORM)
    in_many = parallel or bool(match)
    if with_ and (name or in_many or profile_mode):
        raise UsageError("With --with, that alone names the targets.", "Leave out NAME, --parallel and --profile-mode.")
    if in_many and not (name or match):
        raise UsageError("There is no NAME to run it in.", "Name some, or type: --match 'prod-*'")
    if not in_many:
        _refuse_many(name, jobs, as_json=as_json)
    from ssoenv.running import command

    context = messages.context()
    path = command.find(words[0], context.environ)
    if profile_mode is None:
        profile_mode = settings.load(context).profile_mode
    if with_:
        _run_with(with_, region, path, words, context)
    elif in_many:
        from ssoenv.cli import many

        targets = many.choose(name or (), match or (), region, context)
        ended = many.run(targets, path, words, jobs or _JOBS, context, profile_mode=profile_mode, as_json=as_json)
        raise typer.Exit(ended)
    else:
        _run_as(name, region, path, words, context, profile_mode=profile_mode)


def _refuse_many(names: list[str] | None, jobs: int | None, *, as_json: bool) -> None:
    if as_json or jobs:
        raise UsageError(f"{'--json' if as_json else '--jobs'} is for --parallel and --match.")
    if len(names or ()) > 1:
        raise UsageError("There are several names.", "Add --parallel, or quote the words of one: 'Developer ReadOnly'")


def _run_as(
    name: list[str] | None, region: str | None, path: str, words: Sequence[str], context: Context, *, profile_mode: bool
) -> NoReturn:
    from ssoenv.running import attended, command

    target = naming.find(name, region, context)
    change = (switch.to_profile if profile_mode else switch.to_keys)(target, context, context.environ).change
    remembered.note_use(target.key, context)
    environ = command.environ_after(change, context.environ)
    if os.name == "nt":
        raise typer.Exit(attended.end_like(attended.run(path, words, environ)))
    command.replace(path, words, environ)


def _run_with(shown: Sequence[str], region: str | None, path: str, words: Sequence[str], context: Context) -> NoReturn:
    from ssoenv.running import attended, command, private

    profiles = private.named(shown, lambda name: naming.find([name], region, context))
    environ = command.environ_after(private.change_to(profiles, context), context.environ)
    with private.config_files(profiles, context) as variables:
        status = attended.run(path, words, {**environ, **variables})
    raise typer.Exit(attended.end_like(status))
