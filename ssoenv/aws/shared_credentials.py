"""``~/.aws/credentials``, edited in place: blocks of short-lived keys that ssoenv writes, knows again and prunes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from ssoenv import files
from ssoenv.aws import edit
from ssoenv.aws.config import CREDENTIALS_CURE, credentials_file_of
from ssoenv.aws.edit import Section
from ssoenv.aws.profiles import EXPIRES, CredentialsFile
from ssoenv.aws.roles import Credentials
from ssoenv.aws.times import format_time, parse_time
from ssoenv.context import Context
from ssoenv.errors import ConfigError, UsageError

# The hash of the block's other settings: ssoenv wrote it, and nobody has changed it since.
_MARK = "x_ssoenv"
# What follows a # or a blank is cut off or refused by some SDK. [DEFAULT] would give its keys to every profile.
_NAME = re.compile(r"(?!DEFAULT\Z)[A-Za-z0-9_.@+:/=,-]+")
_VALUE = re.compile("[!-~]+")


def settings(credentials: Credentials, region: str | None) -> dict[str, str]:
    """Return what a block holds for *credentials* and, where there is one, the *region*, in the portal's order.

    Raise ConfigError, which shows no value, for one that not every SDK would read back.
    """
    values = {
        "aws_access_key_id": credentials.access_key_id,
        "aws_secret_access_key": credentials.secret_access_key,
        "aws_session_token": credentials.session_token,
        "region": region,
    }
    given = {key: value for key, value in values.items() if value is not None}
    for key, value in given.items():
        if not _VALUE.fullmatch(value):
            raise ConfigError(
                f"{key} can't stand in a credentials file: it holds a blank or another character than ASCII.",
                "Use another form of them: ssoenv get --help",
            )
    return given


def checked_name(name: str) -> str:
    """Return *name* if every SDK reads a block of that name. Raise UsageError otherwise."""
    if not _NAME.fullmatch(name):
        raise UsageError(
            f'"{name}" can\'t be the name of a block in a credentials file.',
            "Choose one with --as NAME, of letters, digits and _ . @ + : / = , -",
        )
    return name


def write(name: str, credentials: Credentials, region: str | None, context: Context, *, force: bool) -> Path:
    """Let the block *name* of the user's credentials file hold *credentials* and nothing else; return the file's path.

    The rest of the file keeps every byte, and the file becomes its owner's alone. Raise UsageError when the block is
    there, ssoenv did not write it as it is, and *force* is false: with *force* that is said. Raise ConfigError when the
    file can't be read or written.
    """
    section = Section("profile", checked_name(name))
    values = settings(credentials, region)
    if credentials.expiration is not None:
        values[EXPIRES] = format_time(credentials.expiration)
    values[_MARK] = _digest(values)
    with _editing(context) as draft:
        before = draft.settings(section)
        is_foreign = bool(before) and not draft.is_ours(section)
        if is_foreign and not force:
            raise UsageError(
                f"{draft.path} has a block [{name}] that ssoenv did not write, or that was changed since.",
                "Choose another name with --as NAME, or overwrite it with --force.",
            )
        draft.save(draft.edited({section: {**dict.fromkeys(before or ()), **values}}))
        if is_foreign:
            context.say(f"Replaced a block [{name}] that ssoenv did not write, or that was changed since.")
        return draft.path


def prune(context: Context) -> tuple[Path, list[str], list[str]]:
    """Take the blocks out of the user's credentials file that ssoenv wrote and that have expired.

    Return the file's path, and the names of what was taken out and of what stays as it was changed since. Raise
    ConfigError as `write` does.
    """
    with _editing(context) as draft:
        expired = [name for name in draft.profile_names() if draft.is_over(Section("profile", name), context.now())]
        taken = [name for name in expired if draft.is_ours(Section("profile", name))]
        draft.save(draft.edited({Section("profile", name): None for name in taken}))
        return draft.path, taken, [name for name in expired if name not in taken]


class _Draft(edit.Draft, CredentialsFile):
    """What a credentials file holds, and what it would hold after an edit."""

    keeps_mode = False
    elsewhere = "let AWS_SHARED_CREDENTIALS_FILE name another"

    def is_ours(self, section: Section) -> bool:
        """Tell whether the *section* is as ssoenv wrote it, down to the lines: not even a comment was added inside."""
        values = self.settings(section) or {}
        lines = (self.text(section) or "").split("\n")
        return values.pop(_MARK, None) == _digest(values) and len(lines) == len(values) + 2

    def is_over(self, section: Section, now: float) -> bool:
        """Tell whether the *section* has ssoenv's mark, and its keys have expired at *now* (POSIX seconds, UTC)."""
        values = self.settings(section) or {}
        with suppress(ValueError):
            return _MARK in values and parse_time(values.get(EXPIRES, "")) <= now
        return False

    def _title(self, section: Section) -> str:
        return f"[{section.name}]"

    def _grouped(self, sections: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
        return {"profiles": dict(sections)}


@contextmanager
def _editing(context: Context) -> Iterator[_Draft]:
    """Hold the lock that all ssoenv processes take to edit credentials files, and read the user's."""
    path = credentials_file_of(context)
    with files.lock(context, "credentials", f"Waiting for another ssoenv that edits {path} …"):
        yield _Draft(path, files.read_settled(path, context, CREDENTIALS_CURE))


def _digest(values: Mapping[str, str]) -> str:
    lines = "".join(f"{key} = {value}\n" for key, value in sorted(values.items()))
    return hashlib.sha256(lines.encode()).hexdigest()[:32]
