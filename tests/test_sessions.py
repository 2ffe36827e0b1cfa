"""Sessions without configuration: how they are named, kept and found."""

from __future__ import annotations

import json

import pytest
from contexts import World
from screen import Screen
from user import PROGRAM

from ssoenv import sessions
from ssoenv.aws import config, tokens
from ssoenv.aws.config import Session
from ssoenv.aws.tokens import Token
from ssoenv.errors import ConfigError, UsageError

URL = "https://my-sso-portal.awsapps.com/start"
SCOPES = ("sso:account:access",)
CONFIG = f"[sso-session corp]\nsso_start_url = {URL}\nsso_region = eu-central-1\n"


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path / "home", terminal=False)
    world.change(settings_file=tmp_path / "settings" / "config.toml")
    return world


def make(world, name, start_url, region, text=""):
    return sessions.make(name, start_url, region, read(world, text), world.context)


def read(world, text=""):
    (world.context.home / ".aws/config").write_text(text)
    return config.load(world.context)


@pytest.mark.parametrize(
    ("start_url", "name"),
    [
        (URL, "my-sso-portal"),
        (f"{URL}/#/", "my-sso-portal"),
        ("my-sso-portal.awsapps.com/start", "my-sso-portal"),
        ("https://start.us-gov-home.awsapps.com/directory/d-9067000000", "d-9067000000"),
        ("https://identitycenter.amazonaws.com/ssoins-7223abcd", "ssoins-7223abcd"),
        ("https://ssoins-7223abcd.portal.eu-west-1.app.aws", "ssoins-7223abcd"),
        ("https://sso.example.com/", "sso.example.com"),
    ],
)
def test_a_session_is_named_after_its_portal(world, start_url, name):
    """The name is what tells portals apart; the address is kept as the portal knows it."""
    made = make(world, None, start_url, "eu-west-1")
    address = start_url.partition("#")[0].rstrip("/").removeprefix("https://")
    assert made == Session(name, f"https://{address}", "eu-west-1", SCOPES)


def test_a_configured_session_is_not_made_again(world):
    """The portal of an sso-session in the config file is that session, by whatever form of its address."""
    for start_url in (URL, f"{URL}/", f"{URL}/#/console"):
        assert make(world, None, start_url, None, CONFIG).name == "corp"


def test_a_name_is_not_taken_twice(world):
    """Two sessions of one name would share one token file."""
    with pytest.raises(UsageError, match=r"There is a session corp already, for .*my-sso-portal.*--session"):
        make(world, "corp", "https://other.awsapps.com/start", "eu-west-1", CONFIG)


def test_a_wrong_region_is_set_right(world):
    """Without a login that works, the portal that no file but ssoenv's has is the same with another region."""
    sessions.remember(make(world, None, URL, "eu-west-1"), world.context)
    again = make(world, None, URL, "eu-central-1")
    assert (again.name, again.region) == ("my-sso-portal", "eu-central-1")
    tokens.write_token(world.context, again, Token("a-token", world.context.now() + 3600))
    with pytest.raises(UsageError, match="There is a session my-sso-portal already"):
        make(world, None, URL, "eu-central-1")


@pytest.mark.parametrize(
    ("name", "start_url", "region", "said"),
    [
        (None, "http://evil.example/start", "eu-west-1", "is no start URL"),
        (None, "https://x@evil.example/start", "eu-west-1", "is no start URL"),
        (None, "evil.example/start", "eu-west-1", "is no start URL"),
        (None, URL, "EU (Ireland)", "is not a region"),
        ("a/b", URL, "eu-west-1", "can't name a session"),
        ("-x", URL, "eu-west-1", "can't name a session"),
    ],
)
def test_what_has_not_its_form_is_refused(world, name, start_url, region, said):
    """Each value is looked at before anything is asked of the network."""
    with pytest.raises(UsageError, match=said):
        make(world, name, start_url, region)


def test_the_region_is_found_out_or_asked_for(world):
    """An address that holds the region needs no --sso-region; another one does."""
    assert make(world, None, "https://ssoins-1.portal.eu-west-1.app.aws", None).region == "eu-west-1"
    with pytest.raises(UsageError, match="--sso-region REGION"):
        make(world, None, "http://127.0.0.1:9/start", None)


def test_portals(world):
    """Each portal is there once: profiles of the older form stand for theirs where no named session does."""
    other, rest = "https://other.awsapps.com/start", "sso_account_id = 123456789011\nsso_role_name = ReadOnly\n"
    old = [
        f"[profile p{number}]\nsso_start_url = {url}\nsso_region = eu-central-1\n{rest}"
        for number, url in enumerate([URL, other, f"{other}#/"])
    ]
    aws_config = read(world, "".join([CONFIG, *old]))
    assert [session.key for session in sessions.portals(aws_config, world.context)] == ["corp", other]
    assert len(sessions.known(aws_config, world.context)) == 4
    with pytest.raises(UsageError, match=r"several SSO sessions: corp \(eu-central-1\), https://other\S+ \S+\. Name"):
        sessions.find(None, aws_config, world.context, among=sessions.portals)


def test_sessions_are_remembered(world):
    """A session is kept beside the settings, for the owner only, and found by name, address or as the only one."""
    made = make(world, None, URL, "eu-central-1")
    sessions.remember(made, world.context)
    path = world.context.settings_file.parent / "sessions.json"
    assert path.stat().st_mode & 0o777 == 0o600
    for text in (None, "my-sso-portal", URL):
        assert sessions.find(text, read(world), world.context) == made
    sessions.remember(Session("my-sso-portal", URL, "eu-west-1", SCOPES), world.context)
    assert [session.region for session in sessions.remembered(world.context)] == ["eu-west-1"]


def test_the_config_file_comes_first(world):
    """A session that is configured later, under the same name, replaces the remembered one."""
    sessions.remember(Session("corp", "https://old.awsapps.com/start", "eu-west-1", SCOPES), world.context)
    assert sessions.find("corp", read(world, CONFIG), world.context).start_url == URL
    assert [session.start_url for session in sessions.known(read(world, CONFIG), world.context)] == [URL]


def test_which_one_is_asked(world):
    """With several, a name is needed; with none, the config file's own error stands."""
    with pytest.raises(ConfigError, match="There is no SSO session"):
        sessions.find(None, read(world), world.context)
    sessions.remember(Session("other", "https://other.awsapps.com/start", "eu-west-1", SCOPES), world.context)
    with pytest.raises(UsageError, match=r"several SSO sessions: corp \(eu-central-1\), other \(eu-west-1\)"):
        sessions.find(None, read(world, CONFIG), world.context)
    with pytest.raises(UsageError, match="nobody"):
        sessions.find("nobody", read(world, CONFIG), world.context)


def test_the_one_of_this_shell_is_the_first_to_choose(tmp_path):
    """Enter alone takes the session that this shell has been switched to, which the prompt has said is over."""
    (tmp_path / ".aws").mkdir()
    other = "[sso-session other]\nsso_start_url = http://127.0.0.1:9/start\nsso_region = eu-west-1\n"
    role = "[profile dev]\nsso_session = other\nsso_account_id = 123456789011\nsso_role_name = ReadOnly\n"
    (tmp_path / ".aws/config").write_text(CONFIG + other + role)
    environ = {"HOME": str(tmp_path), "AWS_SSO_PROFILE": "dev"}
    screen = Screen([*PROGRAM, "logout"], environ)
    screen.until(lambda screen: screen.chosen)
    assert "other, http://127.0.0.1:9/start" in screen.chosen
    screen.child.close(force=True)


def test_legacy_by_the_name_that_a_list_shows(world):
    """The start URL of older profiles is long: its host's name is enough, if it is that of one portal."""
    legacy = "".join(f"[profile {n}]\nsso_start_url = {URL}{n}\nsso_region = eu-central-1\n" for n in ("", "/"))
    found = sessions.find("my-sso-portal", read(world, legacy.replace("[profile ]", "[profile a]")), world.context)
    assert (found.name, found.start_url) == (None, URL)
    elsewhere = f"[profile b]\nsso_start_url = {URL}\nsso_region = us-east-1\n"
    with pytest.raises(UsageError, match="is my-sso-portal"):
        sessions.find(
            "my-sso-portal", read(world, legacy.replace("[profile ]", "[profile a]") + elsewhere), world.context
        )


def test_legacy_and_named(world):
    """A legacy profile has a login of its own, by its start URL, beside a session of the same portal; a gap is told."""
    legacy = f"[profile old]\nsso_start_url = {URL}\nsso_region = eu-central-1\n"
    assert sessions.find(None, read(world, legacy), world.context).name is None
    both = read(world, CONFIG + legacy)
    assert [sessions.find(text, both, world.context).name for text in (URL, "old", "corp")] == [None, None, "corp"]
    with pytest.raises(UsageError, match="several SSO sessions"):
        sessions.find(None, both, world.context)
    with pytest.raises(ConfigError, match=r"line 1: \[sso-session corp\]"):
        sessions.find(None, read(world, "[sso-session corp]\n"), world.context)


@pytest.mark.parametrize(
    "content",
    [
        "half a {",
        "[]",
        '{"sessions": []}',
        json.dumps({"sessions": {"a": 1, "b": {}, "c": {"start_url": "http://evil.example", "region": "eu-west-1"}}}),
        json.dumps({"sessions": {"../x": {"start_url": URL, "region": "eu-west-1"}}}),
        json.dumps({"sessions": {"x": {"start_url": URL, "region": "a b"}}}),
    ],
)
def test_a_broken_file_is_no_session(world, content):
    """What some other hand wrote there is looked at as sharply as the command line."""
    path = world.context.settings_file.parent / "sessions.json"
    path.parent.mkdir()
    path.write_text(content)
    assert sessions.remembered(world.context) == []
