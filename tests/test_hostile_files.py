"""Files that are not what their names promise: other kinds, other contents, other places."""

from __future__ import annotations

import errno
import json
import math
import os
import time
from pathlib import Path

import pytest
from contexts import CORP, World

from ssoenv import completion_names, credentials, files, logout, remembered, sessions, settings
from ssoenv.aws import config, roles, tokens
from ssoenv.aws.roles import Credentials
from ssoenv.aws.times import checked, format_time, parse_time
from ssoenv.aws.tokens import Registration, Token
from ssoenv.cli.times import clock
from ssoenv.environment import active
from ssoenv.errors import ConfigError
from ssoenv.loopback import LoopbackHandler
from ssoenv.targets import Target

ROLE = ("123456789011", "ReadOnly")
DEEP = "[" * 100_000 + "]" * 100_000
needs_pipes = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a system without named pipes")


@pytest.fixture
def world(tmp_path):
    return World(tmp_path / "home", terminal=False)


def _keys(world):
    return Credentials("ASIAX", "secret", "token", world.clock.now() + 3600)


@needs_pipes
def test_pipe_in_place_of_a_file(world):
    """A pipe that nobody writes to is refused, and nobody waits for it."""
    context = world.context
    os.mkfifo(context.home / "pipe")
    for read in (files.read, config.read, lambda path: files.read_json(path, context)):
        with pytest.raises(ConfigError, match="is a pipe or a device"):
            read(context.home / "pipe")
    completion_names.path(context).parent.mkdir(parents=True)
    os.mkfifo(completion_names.path(context))
    with pytest.raises(ConfigError, match="is a pipe or a device"):
        completion_names.write(context, [("dev", "")])
    completion_names.path(context, "names.line").unlink(missing_ok=True)
    os.mkfifo(completion_names.path(context, "names.line"))
    assert not completion_names.lack("dev", context)
    os.mkfifo(context.settings_file)
    with pytest.raises(ConfigError, match="is a pipe or a device"):
        settings.load(context)


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="a system without /dev")
def test_devices(tmp_path):
    """A device may have no end; the null device is the usual way to say "no file", and is never replaced by one."""
    with pytest.raises(ConfigError, match="is a pipe or a device"):
        files.read(Path("/dev/zero"))
    assert files.read(Path(os.devnull)) == b""
    (tmp_path / "link").symlink_to(os.devnull)
    assert files.read(tmp_path / "link") == b""
    with pytest.raises(ConfigError, match="is not a file"):
        files.write_private(tmp_path / "link", b"new")
    assert not Path(os.devnull).is_file()


@pytest.mark.parametrize("read", [files.read, config.read])
def test_path_that_no_system_takes(read):
    """A path of 5,000 characters is an error with a cure."""
    with pytest.raises(ConfigError, match=os.strerror(errno.ENAMETOOLONG)):
        read(Path("/" + "x" * 5000))


def test_json_deeper_than_python_goes(world):
    """Brackets without end are as unreadable as half a file."""
    path = world.context.home / "deep.json"
    path.write_text(DEEP)
    assert files.read_json(path, world.context) is None


def test_settings_deeper_than_python_goes(world):
    """So they are in the settings, where the file is named."""
    world.context.settings_file.write_text(f"quiet = {DEEP}")
    with pytest.raises(ConfigError, match="is not TOML"):
        settings.load(world.context)


def test_delete(tmp_path):
    """What is not there is deleted already; what can't be deleted is an error that names it."""
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "none", tmp_path / "file", tmp_path / "none" / "none"):
        files.delete(path)
    (tmp_path / "file").write_text("")
    files.delete(tmp_path / "file" / "below")
    with pytest.raises(ConfigError, match="can't be deleted"):
        files.delete(tmp_path)


def test_logout_where_the_caches_are_no_files(world):
    """A folder in place of a cache file is named, and the rest goes; one file in place of the folder holds nothing."""
    context = world.context
    token, cached = tokens.token_path(context, CORP), roles.cache_path(context, CORP, *ROLE)
    cached.mkdir(parents=True)
    files.write_json(token, {"accessToken": "x", "region": "eu-central-1"})
    with pytest.raises(ConfigError, match="can't be deleted"):
        logout.log_out(CORP, [cached], context)
    assert not token.exists()
    cached.rmdir()
    token.mkdir()
    files.write_json(cached, {})
    with pytest.raises(ConfigError, match=f"{token}"):
        logout.log_out(CORP, [cached], context)
    assert not cached.exists()
    token.rmdir()
    roles.cache_dir(context).rmdir()
    roles.cache_dir(context).write_text("")
    assert logout.log_out(CORP, [cached], context) is False
    assert roles.cached_files(context) == set()


@pytest.mark.parametrize("key", ["AccessKeyId", "SecretAccessKey", "SessionToken"])
@pytest.mark.parametrize("value", [None, 5, True, {}, [], "", "a\nb", "\x1b[31m", "é", "\ud800"])
def test_cached_key_that_is_none(world, key, value):
    """What is no key is not made one: it is as if there were no such file."""
    path = roles.cache_path(world.context, CORP, *ROLE)
    roles.write_file(path, ROLE[0], _keys(world))
    assert roles.read_file(path, ROLE[0], world.context)
    content = json.loads(path.read_text())
    content["Credentials"][key] = value
    path.write_text(json.dumps(content))
    assert roles.read_file(path, ROLE[0], world.context) is None


@pytest.mark.parametrize("key", ["refreshToken", "clientId", "clientSecret"])
@pytest.mark.parametrize("value", [5, {}, [], "a\nb", "é"])
def test_token_with_a_secret_that_is_none(world, key, value):
    """A token that can't be refreshed is still a token."""
    whole = Token("access", world.clock.now() + 60, "more", "id", "secret", world.clock.now() + 9999)
    tokens.write_token(world.context, CORP, whole)
    assert tokens.read_token(world.context, CORP).can_refresh(world.clock.now())
    path = tokens.token_path(world.context, CORP)
    path.write_text(json.dumps({**json.loads(path.read_text()), key: value}))
    found = tokens.read_token(world.context, CORP)
    assert found.access_token == "access"
    assert not found.can_refresh(world.clock.now())


@pytest.mark.parametrize("change", [{"clientId": 5}, {"clientSecret": None}, {"scopes": [[]]}, {"expiresAt": "9999"}])
def test_registration_that_is_none(world, change):
    """A registration of another form is made anew."""
    scopes = ("sso:account:access",)
    tokens.write_registration(world.context, CORP, Registration("id", "secret", world.clock.now() + 9999, scopes))
    assert tokens.read_registration(world.context, CORP, scopes, for_codes=False)
    (path,) = tokens.token_cache(world.context).iterdir()
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    assert tokens.read_registration(world.context, CORP, scopes, for_codes=False) is None


@pytest.mark.parametrize(
    "text",
    ["0001-01-01T00:00:00+23:00", "1970-12-31T23:59:59Z", "9999-01-01T00:00:00Z", "9999-12-31T23:59:59-23:00"],
)
def test_time_that_no_clock_shows(text):
    """A time near the ends of the calendar would fail in some zone, so it is none."""
    with pytest.raises(ValueError, match="too far"):
        parse_time(text)
    assert active({"AWS_CREDENTIAL_EXPIRATION": text}).expiration is None


@pytest.mark.parametrize("seconds", [-math.inf, -1e30, 0, 1e30, math.inf])
def test_format_time_takes_any_number(seconds, monkeypatch):
    """What is written is always a time that can be read and shown, in any zone."""
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        assert clock(parse_time(format_time(seconds)), time.time())
    finally:
        monkeypatch.undo()
        time.tzset()
    with pytest.raises(ValueError, match="too far"):
        checked(seconds)


@pytest.fixture
def obtain(world, lead_to):
    """Log in to a portal, and get keys there."""

    def obtain(portal):
        lead_to(portal)
        world.change(terminal=True)
        world.log_in()
        return credentials.obtain(Target("dev", CORP, *ROLE, "eu-central-1"), world.context)

    return obtain


def test_switch_goes_on_without_the_role_cache(world, portal, obtain):
    """Keys that can't be kept are good all the same, and it is said that the next switch has to fetch them."""
    cache = roles.cache_dir(world.context)
    cache.parent.mkdir(parents=True)
    cache.write_text("")
    assert obtain(portal).session_token
    assert "can't be written" in world.said[-1]


@pytest.mark.parametrize(
    ("ahead", "said"),
    [
        (7200, "2 h ahead of AWS's"),
        (-7200, "2 h behind AWS's"),
        (-599, "10 min behind AWS's"),  # AWS tells whole seconds, of which one has begun
        (310, "5 min ahead of AWS's"),
        (-280, ""),
    ],
)
@pytest.mark.parametrize("by_botocore", [False, True])
def test_clock_that_is_wrong(world, start_portal, obtain, ahead, said, by_botocore, monkeypatch):
    """By a wrong clock keys last too long, or are over, and AWS refuses what is signed: so it is told."""
    if by_botocore:
        monkeypatch.setenv("AWS_USE_DUALSTACK_ENDPOINT", "false")
    obtain(start_portal(auto_approve=True, now=lambda: world.clock.time - ahead))
    told = [f"Careful: this machine's clock is {said}, which may refuse what is signed by it. Set it right."]
    assert [line for line in world.said if "clock" in line] == (told if said else [])


def test_time_of_an_answer_without_a_zone(world, start_portal, obtain, monkeypatch):
    """A date in the C library's own form, which HTTP knows, too, is no local time."""
    portal = start_portal(auto_approve=True, now=lambda: world.clock.time)
    monkeypatch.setattr(LoopbackHandler, "date_time_string", lambda _, stamp: time.asctime(time.gmtime(stamp)))
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    try:
        obtain(portal)
    finally:
        monkeypatch.undo()
        time.tzset()
    assert not [line for line in world.said if "clock" in line]


def test_switch_goes_on_where_the_role_cache_can_not_be_read(world, portal, obtain):
    """What is kept there and can't be read is as if it were not there, and what is new is kept in its place."""
    path = roles.cache_path(world.context, CORP, *ROLE)
    path.parent.mkdir(parents=True)
    path.symlink_to(path)
    assert obtain(portal).session_token


@pytest.mark.parametrize("content", [None, DEEP, '{"names": 5}', '{"names": [{}]}'])
def test_memory_of_what_was_used_never_fails(world, content):
    """Without it the choice is in another order, that is all; here it is a folder, or holds something else."""
    path = world.context.cache_dir / "recent.json"
    path.parent.mkdir(parents=True)
    path.mkdir() if content is None else path.write_text(content)
    assert remembered.recent(world.context) == []
    remembered.note_use("dev", world.context)
    assert remembered.recent(world.context) == ([] if content is None else ["dev"])


@pytest.mark.parametrize("content", ["", "[", '{"Credentials": 5'])
def test_broken_file_that_nobody_writes_is_not_waited_for(world, content):
    """A full disk may leave many: each wait would be one too many."""
    path = world.context.home / "old.json"
    path.write_text(content)
    os.utime(path, (1e9, 1e9))
    before = world.clock.now()
    assert files.read_json(path, world.context) is None
    assert world.clock.now() == before


def test_broken_file_of_the_future_is_waited_for(world):
    """A clock that is a little behind that of the file system takes no half of a file for the whole."""
    path = world.context.home / "new.json"
    path.write_text("[")
    os.utime(path, (world.clock.now() + 5,) * 2)
    world.change(sleep=lambda _: path.write_text('{"a": 1}'))
    assert files.read_json(path, world.context) == {"a": 1}


@pytest.mark.parametrize("name", ["aliases", "sessions"])
def test_file_that_can_not_be_read_is_not_overwritten(world, name):
    """A comma too much, typed by hand, costs nobody the other entries."""
    path = world.context.settings_file.parent / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text('{"mine": "dev-readonly",}')
    with pytest.raises(ConfigError, match="is not JSON"):
        if name == "aliases":
            remembered.set_alias("new", "prod-admin", world.context)
        else:
            sessions.remember(CORP, world.context)
    assert path.read_text() == '{"mine": "dev-readonly",}'
    path.write_text("")
    remembered.set_alias("new", "prod-admin", world.context)
    assert remembered.aliases(world.context) == {"new": "prod-admin"}
