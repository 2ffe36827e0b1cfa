"""``ssoenv init``: set a shell up."""

from __future__ import annotations

import os
import shutil
import sys
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from ssoenv import completion_names, files, shells
from ssoenv.aws import config
from ssoenv.cli import messages
from ssoenv.context import Context
from ssoenv.errors import ConfigError, UsageError
from ssoenv.shells import Shell, rc_files
from ssoenv.text import printable


def init(
    shell: Annotated[
        str | None, typer.Argument(help="bash, zsh, fish, powershell, nushell, xonsh, elvish or tcsh.")
    ] = None,
    install: Annotated[
        bool, typer.Option("--install", help="Add a line that loads it to the shell's rc file.")
    ] = False,
    uninstall: Annotated[bool, typer.Option("--uninstall", help="Take that line out again.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what --install or --uninstall would do.")
    ] = False,
) -> None:
    """Print the shell function `ssouse`, or install it.

    In bash: eval "$(ssoenv init bash)". In zsh: eval "$(ssoenv init zsh)". In fish: ssoenv init fish | source.
    In PowerShell: ssoenv init powershell | Out-String | Invoke-Expression. In other shells: ssoenv init --install.
    """
    context = messages.context()
    wanted = shells.find(shell) if shell else shells.detect(context.environ)
    if wanted.wrapper is None:
        have = ", ".join(other.name for other in shells.SHELLS.values() if other.wrapper)
        raise UsageError(
            f"There is no shell function for {shell or wanted.name} yet; there is one for {have}.",
            f"What works there: ssoenv use NAME --shell {wanted.name}",
        )
    if install and uninstall:
        raise UsageError("--install and --uninstall are opposites.", "Give one of them.")
    if dry_run and not (install or uninstall):
        raise UsageError("--dry-run goes with --install or --uninstall.", "Type: ssoenv init --install --dry-run")
    if install or uninstall:
        _edit(wanted, context, install=install, dry_run=dry_run)
    else:
        completion = shells.data("completions", wanted.completion) if wanted.completion else ""
        messages.write(shells.data("shell", wanted.wrapper) + completion)
        if wanted.install and messages.stdout_is_terminal():
            messages.say(
                "This printed the shell function and loaded nothing. For each new shell: ssoenv init --install. Here:"
            )
            _say_lines(wanted.install.init_line)
    if not (uninstall or dry_run or os.path.exists(completion_names.path(context))):  # noqa: PTH110 - see `_edit`; later, other commands keep it
        with suppress(ConfigError):  # a broken file is for `ssouse` to report
            completion_names.refresh(config.load(context), context)
    if not uninstall and not shutil.which("ssoenv"):
        beside = Path(sys.executable).parent
        folder = beside if shutil.which("ssoenv", path=str(beside)) else "its folder"
        messages.say(f"Careful: `ssouse` won't find `ssoenv`, as it is not on PATH. Add {folder} to PATH.")


def _edit(shell: Shell, context: Context, *, install: bool, dry_run: bool) -> None:
    line = shell.load_line(*shells.load_files(shell))
    if shell.install is None:
        raise UsageError(f"{shell.name} has no rc file.")
    path = shell.install.rc_file(context.environ, context.home)
    exists = os.path.exists(path)  # noqa: PTH110 - before 3.14 Path.exists raises where a folder can't be searched
    before = _read(path)
    after = rc_files.with_line(before, line, new=not exists) if install else rc_files.without_line(before)
    if after == before:
        messages.say(f"{path} has the line already." if install else f"{path} has no line of ssoenv's.")
        return
    if dry_run:
        messages.say(f"{path} would {'get' if install else 'lose'} this line:")
        messages.write(printable(line if install else rc_files.marked_line(before)) + "\n")
        return
    if exists:
        files.refuse_read_only(path, "which --dry-run shows")
    if not after and rc_files.is_ours(before):
        files.delete(path.resolve())  # a link is the user's
        messages.say(f"{path}: removed, as it held nothing else than the line that --install had made it for.")
        return
    mode = path.stat().st_mode & 0o777 if exists else 0o644
    files.write_private(path, after.encode("utf-8", "surrogateescape"), mode)
    if not install:
        messages.say(f"{path}: took one line out.")
        return
    done = "updated its line" if rc_files.marked_line(before) else "added one line"
    messages.say(f"{path}: {done}. Start a new shell, or load it here with")
    _say_lines(shell.install.init_line)


def _say_lines(text: str) -> None:
    for line in text.splitlines():
        messages.say(f"  {line}")


def _read(path: Path) -> str:
    """Return what *path* holds, with each byte that is not UTF-8 as a surrogate, so that it can be written back."""
    cure = "Do it by hand: ssoenv init --help"
    data = files.read(path, cure) or b""
    if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        raise ConfigError(f"{path} is UTF-16, so a line in UTF-8 would break it.", f"Save it as UTF-8. {cure}")
    return data.decode("utf-8", "surrogateescape")
