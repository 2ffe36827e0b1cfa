"""The settings file."""

from __future__ import annotations

import json
import tomllib
from dataclasses import fields

import pytest

from ssoenv.settings import Settings


@pytest.fixture
def file(user):
    """Return the path of the user's settings file, which is not there yet."""
    user.environ["SSOENV_CONFIG"] = str(user.home / "settings.toml")
    return user.home / "settings.toml"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("\nquite = true\n", "line 2: there is no setting quite. Did you mean quiet?"),
        ("# quiet\nquiet = 1\n", "line 2: quiet is true or false. The default is: quiet = false"),
        ("[quiet]\nx = 1\n", "line 1: quiet is true or false"),
        (
            "renew_minutes = -1\n",
            "renew_minutes is a whole number from 0 to 999999. The default is: renew_minutes = 10",
        ),
        ("production = 1\n", 'production is a list of texts. The default is: production = ["*prod*", '),
        ("zzz = 1\n", "there is no setting zzz. There are: quiet, accessible, "),
        ("clipboard_seconds = true\n", "line 1: clipboard_seconds is a whole number"),
        ("quiet = yes\n", "is not TOML: Invalid value (at line 1, column 9)"),
        ("quiet = true\nquiet = true\n", "at line 2"),
        pytest.param(f"renew_minutes = {'9' * 5000}\n", "is not TOML: Exceeds the limit", id="5000 digits"),
    ],
)
def test_mistake_is_named_with_its_line(user, file, text, said):
    """An unknown key, a wrong type and what is not TOML are errors that name the line."""
    file.write_text(text)
    done = user.ssoenv("settings")
    assert done.returncode == 6
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_settings_shows_value_source_and_meaning(user, file):
    """`ssoenv settings` tells where each value comes from."""
    file.write_text("quiet = true\n")
    lines = user.ssoenv("settings").stdout.splitlines()
    assert lines[0] == f"# {file}"
    at = lines.index("quiet = true  # your file")
    assert lines[at - 1] == "# Say nothing after a switch, as with --quiet."
    assert "profile_mode = false  # default" in lines
    assert any(line.startswith('production = ["*prod*", ') for line in lines)


def test_a_byte_order_mark_is_none_of_the_text(user, file):
    """An editor may put one first, and shows nothing of it."""
    file.write_text("quiet = true\n", encoding="utf-8-sig")
    assert "quiet = true  # your file" in user.ssoenv("settings").stdout


def test_what_is_shown_is_toml(user, file):
    """Each line can be put into the file as it is shown."""
    text = 'production = ["*pröd*", "a\\"b", "c\\\\d"]\nclipboard_seconds = 7\nquiet = true\n'
    file.write_text(text, encoding="utf-8")
    shown = tomllib.loads("\n".join(user.ssoenv("settings").stdout.splitlines()))
    assert shown.items() >= tomllib.loads(text).items()
    assert set(shown) == {setting.name for setting in fields(Settings)}


def test_what_is_remembered_is_shown_with_how_to_change_it(user, file):
    """Regions and aliases stand there as they are kept, each with the line to type; a region can be forgotten."""
    (user.home / "regions.json").write_text('{"corp": "eu-west-1", "https://portal.example.com/start": "us-east-1"}')
    (user.home / "aliases.json").write_text('{"dev": "123456789011/ReadOnly"}')
    portal = {"lab": {"start_url": "https://lab.awsapps.com/start", "region": "eu-west-1"}}
    (user.home / "sessions.json").write_text(json.dumps({"sessions": portal}))
    lines = user.ssoenv("settings").stdout.splitlines()[-10:]
    assert lines == [
        "",
        "Portals from ssoenv login --start-url; to forget one: ssoenv logout --forget SESSION",
        "lab = https://lab.awsapps.com/start in eu-west-1",
        "",
        "Regions for roles in no config file; to be asked anew: ssoenv settings --forget-region SESSION",
        "corp = eu-west-1",
        "https://portal.example.com/start = us-east-1",
        "",
        "Aliases; to change one: ssoenv alias NAME TARGET, or ssoenv alias --remove NAME",
        "dev = 123456789011/ReadOnly",
    ]
    user.does("settings", "--forget-region", "corp")
    assert json.loads((user.home / "regions.json").read_text()) == {"https://portal.example.com/start": "us-east-1"}
    assert user.ssoenv("settings", "--forget-region", "corp").returncode == 2
