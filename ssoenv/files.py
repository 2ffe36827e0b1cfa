"""Files that hold secrets: written whole and private, read in spite of writers that are less careful; and locks."""

from __future__ import annotations

import errno
import json
import os
import shlex
import stat
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from ssoenv.context import Context
from ssoenv.errors import ConfigError, ServiceError

TEMPORARY_PREFIX = ".ssoenv-"
# A temporary file this old (seconds) is what a killed process left behind; it may hold a secret.
_STALE_AFTER = 60.0
# The AWS CLI rewrites its files in place, so a reader can meet half a file: seconds to wait before each new try.
_TORN_PAUSES = (0.01, 0.04, 0.1)
# A file that was written less than so many seconds ago may be written still.
_JUST_WRITTEN = 1.0
# What a file system without locks answers: there, each does its work by itself, as the AWS CLI does everywhere.
_NO_LOCKS = (errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOLCK)  # on macOS the second and third are two
# Windows neither replaces nor deletes a file that another process has open, be it to read it or to look for a virus:
# seconds to wait before each new try.
_TAKEN_PAUSES = (0.01, 0.03, 0.1, 0.3, 0.6) if os.name == "nt" else ()
_CURE = "Look at its owner and mode."


def read(path: Path, cure: str = _CURE) -> bytes | None:
    """Return what the file *path* holds, None if there is no file; raise ConfigError, with *cure*, if it can't be read.

    A pipe may have no writer and a device no end, so they are refused, all but the null device: it means "no file".
    """
    try:
        with open(path, "rb", opener=_open_at_once) as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode) and not os.path.samestat(status, os.stat(os.devnull)):  # noqa: PTH116
                raise ConfigError(f"{path} is a pipe or a device, not a file.", cure)
            return file.read()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except IsADirectoryError as error:
        raise ConfigError(f"{path} is a directory, not a file.", cure) from error
    except OSError as error:
        raise ConfigError(f"{path} can't be read: {error.strerror}.", cure) from error


def _open_at_once(path: str, flags: int) -> int:
    """Open *path* as `open` would, and never wait for somebody to write to a pipe."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def read_settled(path: Path, context: Context, cure: str) -> bytes | None:
    """Return what `read` does, once nobody seems to be writing it: who rewrites a file in place empties it first."""
    data = read(path, cure)
    for pause in _TORN_PAUSES:
        if _is_settled(path, data, context):
            break
        context.sleep(pause)
        before, data = data, read(path, cure)
        if data and data == before:
            break
    return data


def _is_settled(path: Path, data: bytes | None, context: Context) -> bool:
    return _is_old(path, context) if data else data is None


def _is_old(path: Path, context: Context) -> bool:
    """Tell whether nobody seems to be writing the file *path*; the clock that dates it may be ahead of ours."""
    try:
        return context.now() - path.stat().st_mtime >= _JUST_WRITTEN
    except OSError:
        return False


def read_json(path: Path, context: Context) -> dict[str, Any] | None:
    """Return the JSON object in the file *path*, or None if there is no file or it stays unreadable as JSON."""
    for pause in (*_TORN_PAUSES, None):
        data = read(path)
        if data is None:
            return None
        try:
            content = json.loads(data)
        except (ValueError, RecursionError):
            content = None
        if isinstance(content, dict):
            return content
        if not pause or _is_old(path, context):
            break
        context.sleep(pause)
    return None


@contextmanager
def json_to_change(path: Path, context: Context) -> Iterator[dict[str, Any]]:
    """Hand out the JSON object in the file *path*, {} where there is nothing yet, and write it; all that under a lock.

    What is None is not written. Raise ConfigError for a file that holds anything but a JSON object: what one can't read
    one must not overwrite.
    """
    with lock(context, path.stem, f"Waiting for another ssoenv that writes {path} …"):
        content = read_json(path, context)
        if content is None and (read(path) or b"").strip():
            raise ConfigError(f"{path} is not JSON, so nothing was added to it.", "Correct it, or delete it.")
        yield (changed := content or {})
        write_json(path, {key: value for key, value in changed.items() if value is not None})


def read_json_or_tell(path: Path, context: Context) -> dict[str, Any] | None:
    """Return what `read_json` does, and None for a file that can't be read, of which the user is told."""
    try:
        return read_json(path, context)
    except ConfigError as error:
        context.say(f"ssoenv: {error}")
        return None


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write *content* to the file *path*, readable by its owner only; raise ConfigError if that fails."""
    write_private(path, (json.dumps(content, indent=2) + "\n").encode())


def write_private(path: Path, content: bytes, mode: int = 0o600, modified: float | None = None) -> None:
    """Replace the file *path* by *content* at one stroke; a reader sees the old file or the new one.

    It is dated *modified* (POSIX seconds) if that is given. A link stays a link: its target is replaced. Missing
    folders are made for the owner only. Raise ConfigError when the file can't be written.
    """
    target = Path(os.path.realpath(path))
    try:
        if target.exists() and not target.is_file():  # such as the null device, which root could replace
            raise ConfigError(f"{path} can't be written: it is not a file.", _CURE)
        make_folder(target.parent)
        _sweep(target.parent)
        # As tempfile.mkstemp does, whose import is a part of each switch that counts.
        temporary = target.parent / f"{TEMPORARY_PREFIX}{os.urandom(8).hex()}"  # `_sweep` knows it by that
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                if os.name == "posix":
                    _keep_owner(descriptor, target)
                    os.fchmod(descriptor, mode)
                file.write(content)
                file.flush()
                os.fsync(descriptor)
            if modified is not None:
                os.utime(temporary, (modified, modified))
            _despite_readers(lambda: temporary.replace(target))
        except BaseException:
            with suppress(OSError):
                temporary.unlink()
            raise
    except OSError as error:
        cure = _cure(error, "Look at its owner and mode, and at the space on the disk.")
        raise ConfigError(f"{path} can't be written: {error.strerror}.", cure) from error


def can_replace(path: Path) -> bool:
    """Tell whether `write_private` may replace the file *path*; whether it finds room on the disk is another matter."""
    return os.access(Path(os.path.realpath(path)).parent, os.W_OK | os.X_OK)


def _despite_readers(act: Callable[[], object]) -> None:
    """Do *act*, which replaces or deletes a file; raise what it raises."""
    for pause in _TAKEN_PAUSES:
        with suppress(PermissionError):
            act()
            return
        time.sleep(pause)
    act()


def refuse_read_only(path: Path, how: str) -> None:
    """Raise ConfigError when the file *path* is read-only; *how* is what else to do where a program makes it.

    Replacing a file asks only its folder, so a mark of "not to be changed here" would go unseen.
    """
    target = Path(os.path.realpath(path))
    if target.stat().st_mode & 0o200 and os.access(target, os.W_OK):
        return
    which = f"{path} is a link to {target}, which" if path.is_symlink() else f"{path}"
    raise ConfigError(
        f"{which} is read-only.",
        f"If a program makes that file, let it write the change, {how}. "
        f"Otherwise make it writable with: chmod u+w {shlex.quote(str(target))}",
    )


def _cure(error: OSError, otherwise: str) -> str:
    """Return what helps against *error*: no owner and no mode does where nothing can be written."""
    is_read_only = error.errno == errno.EROFS
    return "Mount that writable, or let HOME name another folder." if is_read_only else otherwise


def make_folder(folder: Path) -> None:
    """Make *folder*, and its missing parents, for the owner only, whatever the umask. Raise OSError."""
    if not folder.is_dir():
        if folder.parent != folder:  # a drive that is not there
            make_folder(folder.parent)
        with suppress(FileExistsError):  # another process was faster
            folder.mkdir(mode=0o700)
            folder.chmod(0o700)


def _keep_owner(descriptor: int, target: Path) -> None:
    """Give the file of *descriptor* to the owner of *target*, if that exists: sudo may keep another user's home."""
    if os.geteuid() == 0:
        with suppress(OSError):  # there is none, or this root may not
            before = target.stat()
            os.fchown(descriptor, before.st_uid, before.st_gid)


def listed(folder: Path, suffix: str) -> list[Path]:
    """Return the files of *folder* that end in *suffix*, in order; raise ConfigError for one that can't be listed."""
    try:
        return sorted(path for path in folder.iterdir() if path.suffix == suffix)
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise ConfigError(f"{folder} can't be listed: {error.strerror}.", _CURE) from error


def delete(path: Path) -> None:
    """Delete the file *path*, if there is one; raise ConfigError if that fails."""
    try:
        _despite_readers(path.unlink)
    except (FileNotFoundError, NotADirectoryError):
        pass
    except OSError as error:
        cure = _cure(error, "Look at its owner and mode, and at those of its folder.")
        raise ConfigError(f"{path} can't be deleted: {error.strerror}.", cure) from error


def _sweep(folder: Path) -> None:
    """Take out temporary files that a killed process left in *folder*."""
    for left in folder.glob(TEMPORARY_PREFIX + "[0-9a-f]" * 16):
        with suppress(OSError):  # another process may sweep, too
            if time.time() - left.stat().st_mtime > _STALE_AFTER:
                left.unlink()


@contextmanager
def lock(context: Context, name: str, waiting: str, limit: float = 900.0) -> Iterator[None]:
    """Hold the lock *name* (a file name) that all ssoenv processes of this user share.

    After a second without it, say *waiting*. Raise ServiceError after *limit* seconds, ConfigError where nothing can be
    locked. The lock's file stays: deleting it would let two processes hold two locks of one name. A process that dies
    lets go of its lock.
    """
    path = context.cache_dir / "locks" / f"{name}.lock"
    try:
        make_folder(path.parent)
        release = _locked_at_once(path) or _locked_in_time(path, waiting, limit, context)
    except OSError as error:
        raise ConfigError(f"{path} can't be locked: {error.strerror}.", _cure(error, _CURE)) from error
    try:
        yield
    finally:
        release()


@contextmanager
def lock_if_possible(context: Context, name: str, waiting: str, limit: float = 900.0) -> Iterator[None]:
    """Do as `lock` does; where nothing can be locked, go on without it: each process then does its work by itself."""
    with ExitStack() as held:
        with suppress(ConfigError):
            held.enter_context(lock(context, name, waiting, limit))
        yield


def _locked_at_once(path: Path) -> Callable[[], None] | None:
    """Take the lock *path* as filelock would, and return what lets go of it; None where filelock has to.

    It is imported where another holds the lock and on Windows: that takes as long as a third of typer.
    """
    try:
        import fcntl
    except ImportError:
        return None
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        with suppress(OSError):  # another user's, where root works in a home
            os.fchmod(descriptor, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)  # never lockf: threads of one process would share it
    except OSError as error:
        os.close(descriptor)
        if isinstance(error, BlockingIOError):  # another holds it
            return None
        if error.errno in _NO_LOCKS:
            return lambda: None
        raise

    def release() -> None:
        with suppress(OSError):  # of a server's file system that has gone: what was done under the lock is done
            fcntl.flock(descriptor, fcntl.LOCK_UN)  # a child that is just being started has the descriptor, too
        with suppress(OSError):
            os.close(descriptor)

    return release


def _locked_in_time(path: Path, waiting: str, limit: float, context: Context) -> Callable[[], None]:
    import filelock

    held = filelock.FileLock(path, mode=0o600, thread_local=False, timeout=limit)
    try:
        try:
            held.acquire(timeout=1)
        except filelock.Timeout:
            context.say(waiting)
            held.acquire()
    except filelock.Timeout as error:
        raise ServiceError(
            f"Another ssoenv has held {path} for too long.", "See whether one still waits for a login."
        ) from error
    return held.release
