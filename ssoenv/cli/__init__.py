"""The command line: one file a command."""

from __future__ import annotations

import io
import sys

from ssoenv.cli import messages
from ssoenv.errors import Cancelled, SsoenvError


def main() -> None:
    """Run the command line; end with a documented exit code, and never with a traceback."""
    if sys.stderr is None:  # typer would talk to stdout instead, which a shell runs
        sys.stderr = io.StringIO()
    if sys.stdout and isinstance(sys.stdout.buffer, io.RawIOBase):  # that of PYTHONUNBUFFERED may write a part alone
        whole = io.BufferedWriter(sys.stdout.buffer)
        sys.stdout = io.TextIOWrapper(whole, sys.stdout.encoding, sys.stdout.errors)
    try:
        status = _run(sys.argv[1:])
    except SsoenvError as error:
        messages.fail(error)
    except KeyboardInterrupt:
        messages.fail(Cancelled())
    except Exception as error:
        messages.fail_unexpectedly(error)
    sys.exit(status)


def _run(words: list[str]) -> int | None:
    """Run the command that *words* are, and return its exit status."""
    match words:
        # So `ssouse` calls it for a name, and for new keys of one. No parser is needed, and to import it would take as
        # long as the switch.
        case ["use", "--shell", shell, "--wrapper", version, "--renew", *names] if _are_names(names, version):
            from ssoenv.cli import switching

            switching.renew(names, shell)
        case ["use", "--shell", shell, "--wrapper", version, *names] if _are_names(names, version):
            from ssoenv.cli import switching

            switching.print_switch(names, shell, wrapped=True)
        case _:
            from ssoenv.cli import program

            return program.run()
    return 0


def _are_names(names: list[str], version: str) -> bool:
    """Tell whether a wrapper of this *version* has handed on names and no options."""
    from ssoenv.shells import SNIPPET_VERSION

    return version == str(SNIPPET_VERSION) and bool(names) and not any(name.startswith("-") for name in names)
