"""The shelf: the snippets of earlier switches, in a private folder, so that the same switch again starts no process.

A shell takes one with its builtins alone, so each file says by itself what it is for and how long it holds. Behind the
snippet's end mark stand, a line each:

    # for WORDS TAB and the variables of `_VARIABLES`, TAB between them: what was typed, and what decides what it means
    # from EPOCH: when it was begun (POSIX seconds UTC); a clock that shows less has been set back
    # target NAME TAB ROLE: what the words were found to mean; a profile that is no SSO role has an empty ROLE
    # says SUMMARY: what the user is told after the switch, without the time left; nothing if that is not wanted
    # needs PATH: the file of the AWS CLI's cache that holds the same keys, else the shelf's folder; if it is gone, as
        after `aws sso logout`, nobody is to have the keys any more
    # newer PATHS, TAB between them: the files that it was made from; if one is written later, the snippet may be wrong.
        So the file's own time is when the switch was begun, before these were read.
    # ssoenv/shelf: the end mark

A shell takes none that is good for less than five minutes: who switches has something to do yet.

The name of a file is only where to look: many words may share one, as the file says which it is for.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from ssoenv import files
from ssoenv.context import Context
from ssoenv.errors import SsoenvError
from ssoenv.targets import Target

# What else decides what words mean: the files that are read.
_VARIABLES = ("HOME", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "SSOENV_CONFIG", "XDG_CONFIG_HOME")
_LONGEST_NAME = 100
# In a folder with the sticky bit nobody but the owner of a file can rename or remove it, whatever else is allowed
# there. Shells can test this bit with a builtin, and the others of a mode they can't.
_FOLDER_MODE = 0o1700
_OVER = ".over"
# A note that a login is over is believed so long (seconds): as often each shell asks again.
_NOTED_FOR = 60.0
# The folder's name may be somebody else's choice: what is not called so is not ours to read or to delete.
_OURS = re.compile(
    r"[A-Za-z0-9_-]{1,100}\.(posix|fish|powershell|over)|" + re.escape(files.TEMPORARY_PREFIX) + "[0-9a-f]{16}"
)


def folder(context: Context) -> Path:
    """Return the shelf's folder: in memory where the system has such a place, else in the cache.

    It must be one that each shell can tell by itself.
    """
    runtime = context.environ.get("XDG_RUNTIME_DIR") if os.name != "nt" else None
    return Path(runtime) / "ssoenv" if runtime else context.shell_cache / "shelf"


def path(words: str, family: str, context: Context) -> Path:
    """Return where the snippet for *words* is, in the syntax of a *family* of shells."""
    name = re.sub("[^A-Za-z0-9-]+", "_", words)[:_LONGEST_NAME]
    return folder(context) / f"{name}.{family}"


def put(
    snippet: str,
    words: Sequence[str],
    family: str,
    context: Context,
    *,
    target: Target,
    summary: str,
    needs: Path | None,
    sources: Sequence[Path],
    begun: float,
) -> None:
    """Keep *snippet*, which was made for *words* from the files *sources*, and switches to *target*.

    *needs* is the file without which it is not to be taken, if there is one.
    *begun* (POSIX seconds) is before any of *sources* was read.
    The shelf is a convenience: where it can't be written, the switch succeeds, and nothing is said.
    """
    text, needs = " ".join(words), needs or folder(context)
    lines = [
        f"# for {_meaning(text, context)}",
        f"# from {int(begun)}",
        f"# target {target.name}\t{target.role_key}",
        f"# says {summary}",
        f"# needs {needs}",
        "# newer " + "\t".join(map(str, sources)),
        "# ssoenv/shelf",
    ]
    if not text or not all(line.replace("\t", "").isprintable() for line in lines):
        return
    # One that is not absolute would be another file in another folder.
    if not all(path.is_absolute() and "\t" not in str(path) for path in (needs, *sources)):
        return
    file = path(text, family, context)
    with suppress(OSError, SsoenvError):
        if _write(file, (snippet + "\n".join([*lines, ""])).encode(), begun):
            file.with_suffix(_OVER).unlink(missing_ok=True)


def left(words: Sequence[str], family: str, context: Context) -> float:
    """Return the seconds that the snippet for *words* is good from now on; 0 if there is none that a shell takes."""
    text = " ".join(words)
    file = path(text, family, context)
    with suppress(OSError, SsoenvError, LookupError, ValueError):
        content = (files.read(file) or b"").decode()
        # Each line that begins with a mark, by its first word; no other line of a snippet has such a one.
        fields = dict(line[2:].partition(" ")[::2] for line in content.split("\n") if line.startswith("# "))
        is_for_these = fields["for"] == _meaning(text, context) and float(fields["from"]) <= context.now()
        is_valid = Path(fields["needs"]).exists() and all(_is_newer(file, Path(s)) for s in fields["newer"].split("\t"))
        if is_for_these and is_valid:
            return max(0.0, float(fields["ssoenv/1"]) - context.now())
    return 0.0


def note_over(words: Sequence[str], family: str, login: Path | None, context: Context) -> None:
    """Let the shells know that *words* can't be had again: the login is over.

    That holds until its file *login*, if there is one, is written again: others than ssoenv log in, too.
    """
    file = path(" ".join(words), family, context)
    with suppress(OSError, SsoenvError):
        _write(file.with_suffix(_OVER), f"{login}\n".encode() if login and str(login).isprintable() else b"")


def is_noted_over(words: Sequence[str], family: str, login: Path, context: Context) -> bool:
    """Tell whether `note_over` was called less than a minute ago, and the file *login* has not been written since."""
    note = path(" ".join(words), family, context).with_suffix(_OVER)
    with suppress(OSError, SsoenvError):
        is_new = 0 <= context.now() - note.stat().st_mtime < _NOTED_FOR
        return is_new and files.read(note) == f"{login}\n".encode() and _is_newer(note, login)
    return False


def forget_over(context: Context) -> None:
    """Let the shells know that there is a login again: they need not wait until they would ask anyway."""
    for file in _files(context):
        if file.suffix == _OVER:
            files.delete(file)


def forget(words: str, target: Target | None, context: Context) -> int:
    """Take off the shelf what was kept for *words*, or for *target* by whichever words; return how many files."""
    lines = [rf"for {re.escape(words)}\t", rf"target {re.escape(target.name if target else words)}(?:\t|$)"]
    if target and target.role_key:
        lines.append(rf"target [^\t\n]*\t{re.escape(target.role_key)}$")
    named = re.compile(f"^# (?:{'|'.join(lines)})", re.MULTILINE)
    found = [file for file in _files(context) if named.search((files.read(file) or b"").decode("utf-8", "replace"))]
    for file in found:
        files.delete(file)
    return len(found)


def empty(context: Context) -> None:
    """Take all off the shelf."""
    for file in _files(context):
        files.delete(file)


def _files(context: Context) -> Iterator[Path]:
    place = folder(context)
    with suppress(OSError):
        if _is_own(place):
            yield from [file for file in place.iterdir() if _OURS.fullmatch(file.name) and not file.is_dir()]


def _write(file: Path, content: bytes, modified: float | None = None) -> bool:
    if not _is_private(file.parent):
        return False
    if file.is_symlink():  # somebody else's, of a time when the folder was open to others
        file.unlink()
    files.write_private(file, content, modified=modified)
    return True


def _is_newer(file: Path, source: Path) -> bool:
    try:
        return source.stat().st_mtime_ns < file.stat().st_mtime_ns
    except (FileNotFoundError, NotADirectoryError):
        return True


def _meaning(text: str, context: Context) -> str:
    return "\t".join([text, *(context.environ.get(name, "") for name in _VARIABLES)])


def _is_private(place: Path) -> bool:
    """Make the folder *place*, or see that it is the user's own and nobody else's."""
    files.make_folder(place.parent)
    with suppress(FileExistsError):
        place.mkdir(mode=0o700)
    if os.name == "nt":
        return True
    if not _is_own(place):
        return False
    if stat.S_IMODE(place.lstat().st_mode) != _FOLDER_MODE:
        if not all(_OURS.fullmatch(file.name) for file in place.iterdir()):
            return False  # it is made for something else
        place.chmod(_FOLDER_MODE)
    return True


def _is_own(place: Path) -> bool:
    found = place.lstat()
    return stat.S_ISDIR(found.st_mode) and (os.name == "nt" or found.st_uid == os.geteuid())
