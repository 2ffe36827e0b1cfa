"""The command line: one file a command."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from ssoenv import __version__
from ssoenv.cli import accounts, alias, configure, demo, init, login, logout, messages, roles, status, use
from ssoenv.cli import list as list_
from ssoenv.cli import settings as settings_
from ssoenv.errors import Cancelled, SsoenvError

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
app.command()(configure.configure)
app.command()(login.login)
app.command()(logout.logout)
app.command("list")(list_.list_profiles)
app.command()(accounts.accounts)
app.command()(roles.roles)
app.command()(status.status)
app.command()(init.init)
app.command()(alias.alias)
app.command("settings")(settings_.show_settings)
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
    try:
        app()
    except SsoenvError as error:
        messages.fail(error)
    except SystemExit as stop:
        if isinstance(stop.__context__, typer.Abort):  # Ctrl-C, which typer would give exit code 1
            sys.exit(Cancelled.exit_code)
        raise
    except Exception as error:
        messages.fail_unexpectedly(error)
