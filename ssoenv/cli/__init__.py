"""The command line: one file a command."""

from __future__ import annotations

import io
import sys
from typing import Annotated

import typer

from ssoenv import __version__
from ssoenv.cli import (
    accounts,
    alias,
    configure,
    console,
    credential_process,
    demo,
    get,
    init,
    login,
    logout,
    messages,
    roles,
    serve,
    status,
    use,
)
from ssoenv.cli import exec as exec_
from ssoenv.cli import list as list_
from ssoenv.cli import settings as settings_
from ssoenv.errors import Cancelled, SsoenvError, UsageError

# Each command imports what is heavy, such as boto3, rich and prompt_toolkit, when it runs.
# Plain help and errors: rich costs 100 ms at each, and boxes read badly in a captured terminal.
# Completion is in completions/: typer's own edits rc files and starts Python at every Tab.
app = typer.Typer(
    name="ssoenv",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(use.use)
app.command()(get.get)
app.command("exec", cls=exec_.Split)(exec_.run)
app.command()(configure.configure)
app.command()(credential_process.credential_process)
app.command()(console.console)
app.command()(login.login)
app.command()(logout.logout)
app.command("list")(list_.list_profiles)
app.command()(accounts.accounts)
app.command()(roles.roles)
app.command()(status.status)
app.command()(init.init)
app.command()(alias.alias)
app.command("settings")(settings_.show_settings)
app.command()(serve.serve)
app.command()(demo.demo)


def _version(wanted: bool) -> None:
    if wanted:
        messages.write(f"ssoenv {__version__}\n")
        raise typer.Exit


@app.callback()
def ssoenv(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Make this shell be an AWS SSO account and role.

    `ssoenv` prints, and changes no shell by itself: the shell function `ssouse` does, which `ssoenv init` defines.
    """


def main() -> None:
    """Run the command line; end with a documented exit code, and never with a traceback."""
    if sys.stderr is None:  # typer would talk to stdout instead, which a shell runs
        sys.stderr = io.StringIO()
    try:
        app()
    except SsoenvError as error:
        messages.fail(error)
    except KeyboardInterrupt:
        messages.fail(Cancelled())
    except SystemExit as stop:
        # So typer ends, without a word.
        if stop.__context__ and isinstance(stop.__context__.__cause__, KeyboardInterrupt):
            messages.fail(Cancelled())
        raise
    except Exception as error:
        # What typer has to say about the command line it could not write.
        if explain := getattr(error.__context__, "format_message", None):
            messages.fail(UsageError(explain()))
        messages.fail_unexpectedly(error)
