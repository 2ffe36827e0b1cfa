"""The names file: what shells complete profile names from at Tab, with builtins and without starting a process."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from ssoenv import files
from ssoenv.aws.config import Config
from ssoenv.context import Context
from ssoenv.errors import SsoenvError
from ssoenv.text import printable


def path(context: Context) -> Path:
    """Return where the names file is: a place that each shell can tell by itself, so the same on Linux and macOS."""
    local = context.environ.get("LOCALAPPDATA") if os.name == "nt" else None
    folder = local or context.environ.get("XDG_CACHE_HOME") or context.home / ".cache"
    return Path(folder) / "ssoenv" / "names"


def refresh(config: Config, context: Context) -> None:
    """Let the names file tell of the SSO profiles of *config*, those left out that a switch would refuse.

    Completion is a convenience: that the file can't be written is no reason to fail, nor to say anything.
    """
    with suppress(SsoenvError, OSError):
        write(context, _entries(config))


def write(context: Context, entries: Iterable[tuple[str, str]]) -> None:
    """Write the names file: a line ``name<TAB>description`` for each of *entries*, in C order, as UTF-8.

    Left out are names that no completion could put on a line safely. An unchanged file is not written. Raise
    ConfigError or OSError when the file can't be written or read.
    """
    # In C order, which lets shells search by halves: that of code points is that of their UTF-8 bytes.
    lines = sorted(f"{name}\t{printable(description)}\n" for name, description in entries if _can_be_offered(name))
    content = "".join(lines).encode()
    file = path(context)
    with suppress(FileNotFoundError):
        if file.read_bytes() == content:
            return
    files.write_private(file, content)


def _entries(config: Config) -> Iterable[tuple[str, str]]:
    for name in config.sso_profile_names():
        with suppress(SsoenvError):
            profile = config.profile(name)
            yield name, f"{profile.account_id} · {profile.role_name}"


def _can_be_offered(name: str) -> bool:
    # A dash at the start makes an option of it, and fish puts a home in the place of a tilde there. Of what can't be
    # seen, some ends a word in fish, and zsh's line editor turns U+E000 to U+E0FF into bytes: U+E024 into a bare $.
    return name[:1] not in ("", "-", "~") and name.isprintable()
