"""`ssoenv list`."""

from __future__ import annotations

import json
import re

import pytest
from user import CONFIG

from ssoenv.demo.portal.state import Trust


def test_plain_lines_in_a_pipe(logged_in):
    """Each profile is a line of tab-separated fields: name, account, role, region, session, time left."""
    logged_in.ssoenv("use", "dev-readonly", "--shell", "sh")
    lines = logged_in.ssoenv("list").stdout.splitlines()
    assert lines[:3] == [
        "dev-readonly\t123456789011\tReadOnly\teu-central-1\tcorp\t59 min",
        "prod-readonly\t123456789022\tReadOnly\t\tcorp\t",
        "prod-admin\t123456789022\tAdministratorAccess\tus-east-1\tcorp\t",
    ]


def test_completion_knows_what_is_listed(user):
    """A profile that came into the file by another program is offered at Tab from then on."""
    user.does("list")
    assert "dev-readonly\t123456789011 · ReadOnly\n" in (user.home / ".cache" / "ssoenv" / "names").read_text("utf-8")


def test_time_left_of_an_assumed_role(logged_in, portal):
    """A profile with a role_arn has its time, too, once it was switched to."""
    arn = "arn:aws:iam::123456789022:role/deploy"
    portal.trusts[arn] = Trust()
    logged_in.write_config(f"{CONFIG}[profile deploy]\nrole_arn = {arn}\nsource_profile = dev-readonly\n")
    assert logged_in.ssoenv("list").stdout.splitlines()[-1] == "deploy\t123456789022\tdeploy\t\t\t"
    logged_in.does("use", "deploy", "--shell", "sh")
    assert re.search(r"\t(59 min|1 h 0 min)$", logged_in.ssoenv("list").stdout)


def test_json(user):
    """--json holds the same, by name."""
    entries = json.loads(user.ssoenv("list", "--json").stdout)
    assert entries[1] == {
        "profile": "prod-readonly",
        "account_id": "123456789022",
        "role_name": "ReadOnly",
        "region": None,
        "session": "corp",
        "expiration": None,
    }


def test_broken_profile_does_not_hide_the_others(user):
    """A profile that can't be used is reported with its line; the rest is listed."""
    user.write_config(CONFIG + "[profile broken]\nsso_session = nowhere\nsso_role_name = x\n")
    done = user.does("list")
    assert len(done.stdout.splitlines()) == 5
    assert "names the sso-session nowhere" in done.stderr


def test_hostile_names_are_shown_escaped(user):
    """No control character or direction mark of a name reaches a pipe."""
    user.write_config(
        CONFIG + '[profile "a\u202eb c"]\nsso_session=corp\nsso_account_id=123456789011\nsso_role_name=R\n'
    )
    done = user.ssoenv("list")
    assert "a\\u202eb c\t" in done.stdout
    assert "\u202e" not in done.stdout


def test_no_config(user):
    """Without a config file it says so, and what to type."""
    user.config.unlink()
    done = user.ssoenv("list")
    assert done.stdout == ""
    assert "There are no profiles to switch to" in done.stderr


def test_table_on_a_terminal(user):
    """On a terminal it is a table with headings, in 80 columns; NO_COLOR takes the colours out."""
    for environ in ({}, {"NO_COLOR": "1"}):
        screen = user.at_terminal("list", columns=120, **environ)
        assert screen.finish() == 0
        text = "\n".join(screen.lines)
        assert re.search(r"PROFILE.*ACCOUNT.*ROLE.*REGION.*SESSION.*FRESH", text)
        assert re.search(r"prod-admin +123456789022 +AdministratorAccess +us-east-1 +corp", text)
        assert not re.search(rb"\x1b\[3[0-9]", screen.sent)


LONG = "a-profile-with-a-long-name-of-44-letters-abc"


def _listed(user, columns):
    """List a long profile, two of legacy sessions, one that can't be used and 56 more at a terminal of that width."""

    def profile(name, number, role="ReadOnly", session="sso_session = corp"):
        region = ("us-east-1", "ap-northeast-1", "eu-central-1")[number % 3]
        keys = f"sso_account_id = {123456780000 + number}\nsso_role_name = {role}\nregion = {region}\n"
        return f"[profile {name}]\n{session}\n{keys}"

    def legacy(start_url):
        return f"sso_start_url = {start_url}\nsso_region = eu-central-1"

    user.write_config(
        CONFIG.partition("[profile ")[0]
        + profile(LONG, 0)
        + profile("old", 1, session=legacy("https://my-sso-portal.awsapps.com/start"))
        + profile("older", 2, session=legacy("https://sso.example.com/start"))
        + profile("broken", 3, session="sso_session = nowhere")
        + "".join(profile(f"payments-{n:02}-admin", n, "AdministratorAccess") for n in range(4, 60))
    )
    screen = user.at_terminal("list", rows=200, columns=columns)
    assert screen.finish() == 0
    first = next(number for number, line in enumerate(screen.lines) if line.startswith("PROFILE"))
    return screen.lines[first:]


@pytest.mark.parametrize(("columns", "most"), [(60, 125), (80, 125), (100, 64), (140, 60)])
def test_many_profiles_are_readable_at_any_width(user, columns, most):
    """No id of an account and no region is ever broken, and few names are."""
    lines = _listed(user, columns)
    assert len(lines) <= most
    text = "\n".join(lines)
    numbers = [n for n in range(60) if n != 3]
    assert re.findall(r"\b1234567800\d\d\b", text) == [str(123456780000 + n) for n in numbers]
    regions = ["us-east-1", "ap-northeast-1", "eu-central-1"]
    assert re.findall("|".join(regions), text) == [regions[n % 3] for n in numbers]


def test_too_narrow_for_a_table(user):
    """Where each row would be folded, the profile stands on a line of its own, whole, and the rest below it."""
    assert _listed(user, 50)[:7] == [
        "PROFILE",
        "  ACCOUNT  ROLE  REGION  SESSION  FRESH",
        LONG,
        "  123456780000  ReadOnly  us-east-1  corp",
        "old",
        "  123456780001  ReadOnly  ap-northeast-1",
        "  my-sso-portal",
    ]


def test_legacy_session_is_its_portal(user):
    """On a terminal the session of an older profile is its portal's name; a program gets the start URL."""
    lines = _listed(user, 120)
    assert lines[2].split() == ["old", "123456780001", "ReadOnly", "ap-northeast-1", "my-sso-portal"]
    assert lines[3].split() == ["older", "123456780002", "ReadOnly", "eu-central-1", "sso.example.com"]
    piped = user.ssoenv("list").stdout.splitlines()
    assert piped[1].endswith("\thttps://my-sso-portal.awsapps.com/start\t")
    entries = json.loads(user.ssoenv("list", "--json").stdout)
    assert entries[1]["session"] == "https://my-sso-portal.awsapps.com/start"


def test_what_is_copied_is_in_one_piece(user):
    """In a narrow terminal names of profiles and ids of accounts stay whole, and the other columns give way."""
    name = "a-profile-with-a-long-name-of-40-letters"
    user.write_config(CONFIG.replace("[profile dev-readonly]", f"[profile {name}]"))
    screen = user.at_terminal("list", columns=105)
    assert screen.finish() == 0
    assert any(line.startswith(f"{name}  123456789011  ReadOnly") for line in screen.lines)
