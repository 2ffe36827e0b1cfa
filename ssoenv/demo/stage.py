"""A throw-away home with a portal, and the environment that leads a shell and its children to both."""

from __future__ import annotations

import os
import shlex
import signal
import site
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from ssoenv.context import Context
from ssoenv.demo.portal import Portal
from ssoenv.running import signals

_CONFIG = """\
# What `aws configure sso` would have written for the demo's portal.
[sso-session corp]
sso_start_url = https://my-sso-portal.awsapps.com/start
sso_region = eu-central-1
sso_registration_scopes = sso:account:access
"""
# Profile, account id, role, region.
_PROFILES = (
    ("dev-readonly", "123456789011", "ReadOnly", "eu-central-1"),
    ("prod-readonly", "123456789022", "ReadOnly", "eu-central-1"),
    ("prod-admin", "123456789022", "AdministratorAccess", "us-east-1"),
    ("payments-dev", "{payments-dev}", "PowerUserAccess", "eu-west-1"),
    ("payments-prod", "{payments-prod}", "ReadOnly", "eu-west-1"),
    ("log-archive", "{Log Archive}", "ReadOnly", "eu-central-1"),
)
# What leads programs to the user's own files. A browser that the demo opens gets these back: in a strange home it
# would be another browser.
_PLACES = (
    "HOME",
    "TMPDIR",
    "BROWSER",
    "XDG_CACHE_HOME",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "XDG_RUNTIME_DIR",
    "XDG_STATE_HOME",
)
# What makes a shell run, or write to, files of the user's that HOME does not lead to.
_SHELL_FILES = ("BASH_ENV", "ENV", "HISTFILE", "PROMPT_COMMAND", "ZDOTDIR")


@dataclass(frozen=True)
class Stage:
    """Where a demo plays: *environ* is for the shells in it, *home* their home and *bin* first on their PATH."""

    portal: Portal
    home: Path
    bin: Path
    environ: Mapping[str, str]

    @property
    def context(self) -> Context:
        """What a step that plays there may know."""
        return replace(
            Context.system(say=lambda _: None),
            environ=self.environ,
            home=self.home,
            cache_dir=self.home / ".cache" / "ssoenv",
            settings_file=self.home / "config.toml",
        )

    def install(self, name: str, module: str) -> None:
        """Make this Python's *module* a program *name* in the folder `bin`."""
        # -P: a file of the name of a module, in the folder where the user is, must not be imported.
        words = [sys.executable, "-P", "-m", module]
        if sys.platform == "win32":
            (self.bin / f"{name}.cmd").write_text(f'@"{words[0]}" {" ".join(words[1:])} %*\n', encoding="utf-8")
        else:
            # Packages that pip installed for this user alone lie in the real home.
            base = shlex.quote(os.environ.get("PYTHONUSERBASE") or site.getuserbase())
            _write_script(self.bin / name, f'PYTHONUSERBASE={base} exec {shlex.join(words)} "$@"\n')


@contextmanager
def set_up(environ: Mapping[str, str], *, auto_approve: bool) -> Iterator[Stage]:
    """Start a portal and make a home with profiles for it; take both away in the end, also after SIGTERM or SIGHUP.

    *environ* is what is kept of the outside, less what is of AWS and what leads to the user's own files.
    """
    with (
        _ending_in_order(),
        tempfile.TemporaryDirectory(prefix="ssoenv-demo-", ignore_cleanup_errors=True) as name,
        Portal(auto_approve=auto_approve) as portal,
    ):
        folder = Path(name).resolve()
        for part in ("home", "bin", "tmp", "run"):
            (folder / part).mkdir(mode=0o700)
        stage = Stage(portal, folder / "home", folder / "bin", _environ(environ, folder, portal))
        _write_config(stage)
        stage.install("ssoenv", "ssoenv")
        if sys.platform != "win32":
            _write_browser(folder / "bin" / "browser", environ)
        yield stage


def _environ(outside: Mapping[str, str], folder: Path, portal: Portal) -> dict[str, str]:
    inside = {
        name: value
        for name, value in outside.items()
        if not name.startswith(("AWS_", "SSOENV_")) and name not in _PLACES + _SHELL_FILES
    }
    inside |= {
        **portal.environment(),
        "PATH": f"{folder / 'bin'}{os.pathsep}{outside.get('PATH', os.defpath)}",
        "HOME": str(folder / "home"),
    }
    # The portal is on this machine; a proxy would not find it.
    around = outside.get("no_proxy") or outside.get("NO_PROXY")
    inside |= dict.fromkeys(("NO_PROXY", "no_proxy"), f"{around},127.0.0.1" if around else "127.0.0.1")
    if sys.platform == "win32":
        inside |= dict.fromkeys(("USERPROFILE", "LOCALAPPDATA", "WIN_PD_OVERRIDE_LOCAL_APPDATA"), str(folder / "home"))
        return inside | dict.fromkeys(("TEMP", "TMP"), str(folder / "tmp"))
    return inside | {
        "TMPDIR": str(folder / "tmp"),
        "XDG_RUNTIME_DIR": str(folder / "run"),
        "BROWSER": shlex.quote(str(folder / "bin" / "browser")),
    }


def _write_config(stage: Stage) -> None:
    ids = {f"{{{account.name}}}": account.account_id for account in stage.portal.organisation.accounts}
    sections = [
        f"\n[profile {name}]\nsso_session = corp\nsso_account_id = {ids.get(account, account)}\n"
        f"sso_role_name = {role}\nregion = {region}\n"
        for name, account, role, region in _PROFILES
    ]
    (stage.home / ".aws").mkdir(mode=0o700)
    (stage.home / ".aws" / "config").write_text(_CONFIG + "".join(sections), encoding="utf-8")


def _write_browser(path: Path, environ: Mapping[str, str]) -> None:
    lines = [
        f"export {name}={shlex.quote(environ[name])}\n" if name in environ else f"unset {name}\n" for name in _PLACES
    ]
    code = (
        "import os, sys; from ssoenv.browser import open_browser; sys.exit(not open_browser(sys.argv[1], os.environ))"
    )
    _write_script(path, "".join(lines) + f'exec {shlex.join([sys.executable, "-P", "-c", code])} "$1"\n')


def _write_script(path: Path, text: str) -> None:
    path.write_text(f"#!/bin/sh\n{text}", encoding="utf-8")
    path.chmod(0o700)


@contextmanager
def _ending_in_order() -> Iterator[None]:
    """Let a signal end this process as an exception does, through each ``finally``; no later one cuts that short."""
    came: list[int] = []

    def end(number: int) -> None:
        came.append(number)
        if len(came) == 1:
            raise KeyboardInterrupt if number == signal.SIGINT else SystemExit(128 + number)

    with signals.caught(signals.ENDING, end):
        yield
