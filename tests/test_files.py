"""Private files and the lock."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import filelock
import pytest
from contexts import context_of

from ssoenv import files
from ssoenv.errors import ConfigError


@pytest.fixture
def context(tmp_path):
    return context_of(tmp_path)


@pytest.mark.parametrize("mask", [0, 0o177, 0o777])
def test_file_and_folders_are_private(tmp_path, mask):
    """A file of secrets, and the folders made for it, are the owner's alone, whatever the umask says."""
    before = os.umask(mask)
    try:
        files.write_json(tmp_path / "a" / "b" / "c.json", {"x": 1})
    finally:
        os.umask(before)
    assert (tmp_path / "a" / "b" / "c.json").stat().st_mode & 0o777 == 0o600
    assert {folder.stat().st_mode & 0o777 for folder in (tmp_path / "a", tmp_path / "a" / "b")} == {0o700}


@pytest.mark.skipif(os.name != "posix", reason="no modes here")
def test_file_is_private_from_the_start(tmp_path, monkeypatch):
    """There is no moment at which others could open it, not even before its mode is set."""
    modes = []
    monkeypatch.setattr(os, "fchmod", lambda descriptor, _mode: modes.append(os.fstat(descriptor).st_mode & 0o777))
    before = os.umask(0)
    try:
        files.write_private(tmp_path / "x", b"new", mode=0o644)
    finally:
        os.umask(before)
    assert modes == [0o600]


def test_link_stays_a_link(tmp_path):
    """Writing through a link replaces its target."""
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to("real")
    files.write_private(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new"


@pytest.mark.parametrize("where", ["os.fsync", "pathlib.Path.replace"])
@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
def test_failed_write_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch, where, error):
    """A full disk or Ctrl-C leaves no file that holds the secret, or a half of it."""
    (tmp_path / "x").write_text("old")

    def fail(*_arguments):
        raise error

    before = set(tmp_path.iterdir())
    monkeypatch.setattr(where, fail)
    with pytest.raises(ConfigError if isinstance(error, OSError) else KeyboardInterrupt):
        files.write_private(tmp_path / "x", b"new")
    assert set(tmp_path.iterdir()) == before
    assert (tmp_path / "x").read_text() == "old"


def test_folder_is_not_replaced(tmp_path):
    """A write that can't be made is an error, and the folder holds what it held."""
    there = tmp_path / "there"
    (there / "folder.json").mkdir(parents=True)
    with pytest.raises(ConfigError, match="can't be written"):
        files.write_private(there / "folder.json", b"new")
    assert [path.name for path in there.iterdir()] == ["folder.json"]


@pytest.mark.parametrize("refusals", [2, 3])
def test_file_that_another_process_has_open(tmp_path, monkeypatch, refusals):
    """On Windows such a file can be neither replaced nor deleted: that is tried again, and an error in the end."""
    path = tmp_path / "file"
    left = 0

    def refuse_a_while(self, *_to):
        nonlocal left
        left -= 1
        if left >= 0:
            raise PermissionError(errno.EACCES, "Access denied")
        done(self, *_to)

    monkeypatch.setattr(files, "_TAKEN_PAUSES", (0, 0))
    for name, act in (("replace", lambda: files.write_private(path, b"new")), ("unlink", lambda: files.delete(path))):
        path.write_bytes(b"old")
        done, left = getattr(Path, name), refusals
        with monkeypatch.context() as patched, pytest.raises(ConfigError) if refusals > 2 else nullcontext():
            patched.setattr(Path, name, refuse_a_while)
            act()
        there = path.read_bytes() if path.exists() else None
        assert there == (b"old" if refusals > 2 else {"replace": b"new", "unlink": None}[name])


def test_left_over_temporary_files_are_swept(tmp_path):
    """What a killed process left behind, with its secret, goes with the next write; nothing else does."""
    left, in_use = f"{files.TEMPORARY_PREFIX}0123456789abcdef", f"{files.TEMPORARY_PREFIX}fedcba9876543210"
    of_user = [f"{files.TEMPORARY_PREFIX}{name}" for name in ("prod-notes", "0123456789abcdef.txt", "0123456789abcde")]
    for name in (left, in_use, *of_user):
        (tmp_path / name).write_text("")
        if name != in_use:
            os.utime(tmp_path / name, (1, 1))
    before = {path.name for path in tmp_path.iterdir()}
    files.write_private(tmp_path / "x", b"")
    assert {path.name for path in tmp_path.iterdir()} == before - {left} | {"x"}


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give a file away")
def test_root_keeps_the_owner(tmp_path):
    """By sudo in the home of another, what is replaced stays that user's, and what is new is root's."""
    for name in ("theirs", "new"):
        if name == "theirs":
            (tmp_path / name).write_text("old")
            os.chown(tmp_path / name, 12345, 23456)
        files.write_private(tmp_path / name, b"new")
    found = [(path.stat().st_uid, path.stat().st_gid) for path in (tmp_path / "theirs", tmp_path / "new")]
    assert found == [(12345, 23456), (0, 0)]
    assert (tmp_path / "theirs").stat().st_mode & 0o777 == 0o600


def test_json_that_is_no_object_is_nothing(tmp_path, context):
    """A list, a number or half a text is no cache entry."""
    path = tmp_path / "x.json"
    for text in ("[]", "1", '{"a": ', "\x00", ""):
        path.write_text(text)
        assert files.read_json(path, context) is None
    assert files.read_json(tmp_path / "absent.json", context) is None


_HOLDER = """
import sys, time
from pathlib import Path
from ssoenv import files
from ssoenv.cli import messages
with files.lock(messages.context(), "test", "waiting"):
    print("held", flush=True)
    time.sleep(600)
"""


def test_lock_is_let_go_when_its_holder_is_killed(context, monkeypatch):
    """A process that dies keeps nobody waiting."""
    environ = {**os.environ, "XDG_CACHE_HOME": str(context.cache_dir.parent / "xdg")}
    holder = subprocess.Popen([sys.executable, "-c", _HOLDER], env=environ, stdout=subprocess.PIPE, text=True)
    assert holder.stdout.readline() == "held\n"
    said = []
    there = replace(context, cache_dir=Path(environ["XDG_CACHE_HOME"]) / "ssoenv", say=said.append)
    with pytest.raises(Exception, match="too long"), files.lock(there, "test", "waiting", limit=1.2):
        pass
    assert said == ["waiting"]
    holder.kill()
    holder.communicate()
    with files.lock(there, "test", "waiting", limit=5):
        pass


@pytest.mark.skipif(sys.platform == "win32", reason="filelock's own there")
def test_lock_is_let_go_though_a_child_has_it(context):
    """A child that another thread just starts has all that is open, until it runs its program: it keeps no lock."""
    with files.lock(context, "test", "waiting"):
        (path,) = context.cache_dir.rglob("test.lock")
        (held,) = [descriptor for descriptor in range(1000) if _leads_to(path, descriptor)]
        copy = os.dup(held)  # as a fork does
    with files.lock(context, "test", "waiting", limit=0.1):
        os.close(copy)


def _leads_to(path, descriptor):
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except OSError:  # it is not in use
        return False


def test_lock_is_one_with_filelock(context):
    """What takes it at once and what waits for it, filelock, keep each other out."""
    with files.lock(context, "test", "waiting"):
        (path,) = context.cache_dir.rglob("test.lock")
        with pytest.raises(filelock.Timeout):
            filelock.FileLock(path, timeout=0).acquire()
    said = []
    there = replace(context, say=said.append)
    with filelock.FileLock(path), pytest.raises(Exception, match="too long"), files.lock(there, "test", "wait", 0.1):
        pass
    assert said == ["wait"]


@pytest.mark.parametrize("name", ["ENOSYS", "EOPNOTSUPP", "ENOTSUP", "ENOLCK"])
def test_file_system_without_locks(context, monkeypatch, name):
    """Where the system offers no locks, each process does its work by itself."""
    monkeypatch.setattr("fcntl.flock", _failing(name))
    done = []
    with files.lock(context, "test", "waiting"):
        done.append(name)
    assert done == [name]


def test_lock_that_fails_is_no_lock(context, monkeypatch):
    """Any other fault of the disk stops the work, and says where."""
    monkeypatch.setattr("fcntl.flock", _failing("EIO"))
    with pytest.raises(ConfigError, match=r"test\.lock can't be locked"), files.lock(context, "test", "waiting"):
        pytest.fail("nobody holds it")


@pytest.mark.skipif(sys.platform == "win32", reason="filelock's own there")
def test_lock_that_can_not_be_let_go(context, monkeypatch):
    """A server of files that goes away meanwhile takes back nothing that was done under the lock."""
    with files.lock(context, "test", "waiting"):
        monkeypatch.setattr("fcntl.flock", _failing("EIO"))
    monkeypatch.undo()
    with files.lock(context, "test", "waiting", limit=0.1):
        pass


def _failing(name):
    pytest.importorskip("fcntl")

    def flock(_descriptor, _operation):
        number = getattr(errno, name)
        raise OSError(number, os.strerror(number))

    return flock


@pytest.mark.skipif(sys.platform == "win32", reason="filelock's own there")
def test_lock_is_no_link(context):
    """A link in the lock's place is not followed: what it leads to is neither made nor opened."""
    elsewhere = context.home / "elsewhere"
    path = context.cache_dir / "locks" / "test.lock"
    path.parent.mkdir(parents=True)
    path.symlink_to(elsewhere)
    with pytest.raises(ConfigError, match="can't be locked"), files.lock(context, "test", "waiting"):
        pytest.fail("nobody holds it")
    assert not elsewhere.exists()
