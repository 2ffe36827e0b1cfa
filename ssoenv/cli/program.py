"""The command line as typer reads it: the group of all commands."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Annotated, Any

import typer
import typer.core
import typer.main

from ssoenv import __version__
from ssoenv.cli import messages
from ssoenv.errors import Cancelled, UsageError
from ssoenv.text import did_you_mean

# Each command, in the order of the help, and the function that is it in the module of that name.
_COMMANDS = {
    "use": "use",
    "get": "get",
    "exec": "run",
    "configure": "configure",
    "credential-process": "credential_process",
    "console": "console",
    "login": "login",
    "logout": "logout",
    "list": "list_profiles",
    "accounts": "accounts",
    "roles": "roles",
    "status": "status",
    "init": "init",
    "alias": "alias",
    "settings": "show_settings",
    "serve": "serve",
    "demo": "demo",
}


class _Commands(Mapping[str, Any]):
    """The commands by name, each imported and built when it is asked for: all of them take as long as typer itself."""

    def __getitem__(self, name: str) -> Any:
        function = _COMMANDS[name]
        module = import_module(f"ssoenv.cli.{name.replace('-', '_')}")
        one = typer.Typer(add_completion=False, rich_markup_mode=None)
        one.command(name, cls=getattr(module, "Command", None))(getattr(module, function))
        return typer.main.get_command(one)

    def __iter__(self) -> Iterator[str]:
        return iter(_COMMANDS)

    def __len__(self) -> int:
        return len(_COMMANDS)


class _Program(typer.core.TyperGroup):
    """The group of all commands."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.commands: Any = _Commands()

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command of these words. Raise UsageError, which helps who meant `ssouse`, if there is none."""
        if args[0] and args[0] not in _COMMANDS and not args[0].startswith("-"):
            import shlex

            switch = f"To switch: ssouse {shlex.quote(args[0])}. The commands: ssoenv --help"
            raise UsageError(f"There is no command {args[0]}.", did_you_mean(args[0], _COMMANDS, otherwise=switch))
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Run the command. Raise Cancelled at Ctrl-C, as typer would end without a word."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise Cancelled from None


# Each command imports what is heavy, such as boto3, rich and prompt_toolkit, when it runs.
# Plain help and errors: rich costs 100 ms at each, and boxes read badly in a captured terminal.
# Completion is in completions/: typer's own edits rc files and starts Python at every Tab.
app = typer.Typer(
    name="ssoenv",
    cls=_Program,
    invoke_without_command=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


@app.callback()
def ssoenv(
    ctx: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False,
) -> None:
    """Make this shell be an AWS SSO account and role.

    `ssoenv` prints, and changes no shell by itself: the shell function `ssouse` does, which `ssoenv init` defines.
    """
    if version:
        messages.write(f"ssoenv {__version__}\n")
        raise typer.Exit
    if ctx.invoked_subcommand is None:
        messages.draw(ctx.get_help().splitlines())
        raise typer.Exit(UsageError.exit_code)


def run() -> int | None:
    """Run the command of the process's own words; return its exit status. Raise UsageError for words that make none."""
    try:
        status: int | None = app(prog_name="ssoenv", standalone_mode=False)  # also where it is started by `python -m`
    except Exception as error:
        if hasattr(error, "format_message"):
            raise _refusal(error) from None
        raise
    return status


def _refusal(error: Any) -> UsageError:
    """Return what typer's *error* has against the command line, said as all errors are."""
    command = " ".join(["ssoenv", *(word for word in sys.argv[1:2] if word in _COMMANDS)])
    if command == "ssoenv use" and "--wrapper" in sys.argv:
        command = "ssouse"
    cure = f"Type: {command} --help"
    if not hasattr(error, "possibilities"):
        return UsageError(f"{error.format_message().rstrip('.')}.", cure)

    visible = [each for each in error.ctx.command.params if not getattr(each, "hidden", False)]
    options = [name for each in visible for name in (*each.opts, *each.secondary_opts) if name.startswith("-")]
    options += ["--off"] if command == "ssouse" else []  # which the shell function takes
    return UsageError(f"{command} has no option {error.option_name}.", did_you_mean(error.option_name, options, cure))
