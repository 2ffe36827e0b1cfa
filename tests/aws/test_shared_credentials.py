"""~/.aws/credentials: blocks are written, known again and pruned; all else in the file keeps every byte."""

from __future__ import annotations

import os
import stat
import threading
from dataclasses import replace
from pathlib import Path

import botocore.session
import pytest
from botocore.configloader import raw_config_parse
from botocore.exceptions import ConfigParseError
from config_files import context
from config_files import files as config_files
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from ssoenv import files
from ssoenv.aws import shared_credentials
from ssoenv.aws.roles import Credentials
from ssoenv.errors import ConfigError, UsageError

EXPIRES = 1795521600
KEYS = Credentials("ASIAZ7EXAMPLE", "wJalr+XUtn/FEMI=", "IQoJb3JpZ2luX2Vj//==", EXPIRES)
NEWER = Credentials("ASIAZ7NEWER", "another/secret", "another+token==", EXPIRES + 3600)
MINE = "123456789011_ReadOnly"
OTHERS = "# mine\r\n[default]\r\naws_access_key_id=AKIAMINE\naws_secret_access_key = s\n\n[work]\nx = 1\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A credentials file with other people's blocks."""
    path = tmp_path / ".aws" / "credentials"
    path.parent.mkdir(0o700)
    path.write_bytes(OTHERS.encode())
    path.chmod(0o640)
    return path


def write(home, credentials=KEYS, name=MINE, region="eu-west-1", *, force=False, **environ):
    """Write a block."""
    return shared_credentials.write(name, credentials, region, context(home, **environ), force=force)


def prune(home, now=EXPIRES):
    """Prune, and return what was taken out."""
    return shared_credentials.prune(replace(context(home), now=lambda: now))[1]


def test_new_file(tmp_path, monkeypatch):
    """A new file and its folder are the user's alone, and botocore takes keys and region from the block."""
    path = write(tmp_path)

    assert path == tmp_path / ".aws" / "credentials"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(path))
    session = botocore.session.Session(profile=MINE)
    found = session.get_credentials()
    assert (found.method, session.get_config_variable("region")) == ("shared-credentials-file", "eu-west-1")
    assert (found.access_key, found.secret_key, found.token) == (
        "ASIAZ7EXAMPLE",
        *(KEYS.secret_access_key, KEYS.session_token),
    )
    assert "\nx_security_token_expires = 2026-11-24T12:00:00Z\n" in path.read_text()


@pytest.mark.skipif(os.name == "nt", reason="modes and links are POSIX's")
def test_file_that_is_there(path, tmp_path):
    """The block goes to the end, nothing else changes but a mode that lets others read; a link stays a link."""
    target = tmp_path / "dotfiles"
    path.rename(target)
    path.symlink_to(target)
    write(tmp_path)

    assert path.is_symlink()
    assert target.read_bytes().startswith(OTHERS.encode() + b"\n[123456789011_ReadOnly]\n")
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_file_named_by_the_environment(path, tmp_path):
    """AWS_SHARED_CREDENTIALS_FILE names another file."""
    assert write(tmp_path, AWS_SHARED_CREDENTIALS_FILE="~/elsewhere") == tmp_path / "elsewhere"
    assert path.read_bytes() == OTHERS.encode()


@pytest.mark.skipif(os.name == "nt", reason="modes are POSIX's")
def test_read_only(path, tmp_path):
    """A read-only file is left alone, even if it could be replaced; the error says what to do."""
    path.chmod(0o400)
    with pytest.raises(ConfigError, match="is read-only") as raised:
        write(tmp_path)

    assert "let AWS_SHARED_CREDENTIALS_FILE name another" in raised.value.cure
    assert path.read_bytes() == OTHERS.encode()


def test_again(path, tmp_path):
    """A block of ours is renewed in its place, without a region too, and stays ours."""
    write(tmp_path)
    with path.open("a", newline="") as file:
        file.write("# below\n[later]\ny = 2\n")
    write(tmp_path, NEWER, region=None)
    text = path.read_bytes().decode()

    assert text.startswith(OTHERS)
    assert text.endswith("# below\n[later]\ny = 2\n")
    sections = raw_config_parse(str(path))
    assert sections[MINE]["aws_access_key_id"] == "ASIAZ7NEWER"
    assert "region" not in sections[MINE]
    write(tmp_path, KEYS)  # it gets one again
    assert raw_config_parse(str(path))[MINE]["region"] == "eu-west-1"
    assert prune(tmp_path) == [MINE]
    assert path.read_bytes().decode() == OTHERS + "\n# below\n[later]\ny = 2\n"


@pytest.mark.parametrize(
    "change",
    [
        ("ASIAZ7EXAMPLE", "AKIAMINE"),
        ("2026-11-24T12", "2026-11-24T11"),
        ("region = eu-west-1", "region = eu-west-1\noutput = json"),
        ("region = eu-west-1", "# note\nregion = eu-west-1"),
        ("region = eu-west-1\n", ""),
        ("x_ssoenv", "x_other"),
    ],
)
def test_changed_block_is_the_users(path, tmp_path, change):
    """A block that was changed since, in a key or by a note inside, is neither pruned nor overwritten unasked."""
    write(tmp_path)
    text = path.read_bytes().decode()
    assert change[0] in text
    path.write_bytes(text.replace(*change).encode())
    before = path.read_bytes()
    expired = replace(context(tmp_path), now=lambda: EXPIRES)
    is_marked = change[0] != "x_ssoenv"
    assert shared_credentials.prune(expired) == (path, [], [MINE] if is_marked else [])
    with pytest.raises(UsageError, match="did not write, or that was changed since"):
        write(tmp_path, NEWER)

    assert path.read_bytes() == before
    write(tmp_path, NEWER, force=True)
    assert raw_config_parse(str(path))[MINE]["aws_access_key_id"] == "ASIAZ7NEWER"


def test_foreign_block(path, tmp_path):
    """A user's own block is refused; by force the keys, and all that would go before them, are replaced."""
    path.write_bytes(b"# top\n[default]\nrole_arn = x\n# inside\naws_access_key_id = AKIA\n# below\n[work]\n")
    with pytest.raises(UsageError, match="--force"):
        write(tmp_path, name="default")
    said = []
    shared_credentials.write("default", KEYS, None, replace(context(tmp_path), say=said.append), force=True)
    assert said == ["Replaced a block [default] that ssoenv did not write, or that was changed since."]

    assert "role_arn" not in raw_config_parse(str(path))["default"]
    text = path.read_text()
    assert text.startswith("# top\n[default]\n# inside\naws_access_key_id = ASIAZ7EXAMPLE\n")
    assert text.endswith("\n# below\n[work]\n")
    assert prune(tmp_path) == []  # a note of the user's stands inside


def test_prune(path, tmp_path):
    """What has expired goes, what has not stays, and other tools' blocks stay though they have the same note."""
    theirs = "[saml]\naws_access_key_id = x\nx_security_token_expires = 2020-01-01T00:00:00Z\n"
    path.write_bytes((OTHERS + theirs).encode())
    write(tmp_path)
    write(tmp_path, NEWER, name="newer")
    write(tmp_path, replace(KEYS, expiration=None), name="for-ever")

    assert prune(tmp_path, EXPIRES - 1) == []
    assert prune(tmp_path, EXPIRES) == [MINE]
    assert list(raw_config_parse(str(path))) == ["default", "work", "saml", "newer", "for-ever"]
    assert path.read_bytes().startswith((OTHERS + theirs).encode())


def test_prune_without_a_file(tmp_path):
    """Without a file there is nothing to prune, and none is made."""
    assert prune(tmp_path) == []
    assert not (tmp_path / ".aws").exists()


@pytest.mark.parametrize(
    "name", ["", "DEFAULT", "a b", "profile x", "a]b", "[a", "a#b", "a;b", "a\nb", "\x1b", "ä", "'a'"]
)
def test_names(tmp_path, name):
    """A name that some SDK would not find, or that could start a line of its own, is refused."""
    with pytest.raises(UsageError, match="can't be the name of a block"):
        write(tmp_path, name=name)


@pytest.mark.parametrize(
    "secret", ["", "hid den", "hid\nden", "hid\rden", "hid\0den", "hid #den", "hid\u2028den", "hidän"]
)
def test_values(tmp_path, secret):
    """A value that some SDK would read otherwise is refused, and not shown."""
    with pytest.raises(ConfigError, match="aws_secret_access_key") as raised:
        write(tmp_path, replace(KEYS, secret_access_key=secret))

    assert "hid" not in str(raised.value)
    assert not (tmp_path / ".aws").exists()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(
    first=st.sampled_from(["", "[a]\n  k : v\n   w\n# note\n", "[default]\nx=1\n[a]\n\n"]),
    text=config_files,
    cut=st.booleans(),
    force=st.booleans(),
    name=st.sampled_from([MINE, "default", "profile", "a"]),
)
def test_no_other_byte_is_lost(tmp_path_factory, first, text, cut, force, name):
    """Whatever the file looks like, the block is all that botocore sees changed, and pruning gives the file back."""
    home = tmp_path_factory.mktemp("home")
    path = home / ".aws" / "credentials"
    path.parent.mkdir()
    before = (first + text.removesuffix("\n" if cut else "")).encode()
    path.write_bytes(before)
    try:
        old = raw_config_parse(str(path))
        write(home, name=name, force=force)
    except (ConfigParseError, ConfigError, UsageError) as refused:
        event(type(refused).__name__)
        assert path.read_bytes() == before
        assume(False)
    new = raw_config_parse(str(path))
    block = new.pop(name)
    was_there = old.pop(name, None) is not None

    assert new == old
    assert block["aws_access_key_id"] == "ASIAZ7EXAMPLE"
    event("was there" if was_there else "added")
    if not was_there:
        ended = before.endswith((b"\n", b"\r")) or not before
        assert prune(home) == [name]
        after = path.read_bytes()
        assert after.startswith(before)
        assert after[len(before) :].strip() == b""
        assert not ended or after == before


def test_rewritten_in_place(path, tmp_path):
    """Who writes the file anew empties it first: what that program has not written yet is waited for, and stays."""
    path.write_bytes(b"")
    here = replace(context(tmp_path), sleep=lambda _: path.write_bytes(OTHERS.encode()))
    shared_credentials.write(MINE, KEYS, None, here, force=False)

    assert path.read_bytes().startswith(OTHERS.encode())


def test_writers_wait_for_each_other(tmp_path):
    """While another ssoenv edits the file, a writer says so and waits; then it sees what the other has written."""
    said = threading.Event()
    waiting = replace(context(tmp_path), say=lambda _line: said.set())
    writer = threading.Thread(
        target=lambda: shared_credentials.write("later", KEYS, None, waiting, force=False), daemon=True
    )
    path = tmp_path / ".aws" / "credentials"
    with files.lock(context(tmp_path), "credentials", ""):
        writer.start()
        assert said.wait(60)
        path.parent.mkdir()
        path.write_text("[first]\nx = 1\n")
    writer.join(60)
    assert list(raw_config_parse(str(path))) == ["first", "later"]
