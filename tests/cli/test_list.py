"""`ssoenv list`."""

from __future__ import annotations

import json
import re
import sys

from screen import Screen
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
    assert user.ssoenv("list").returncode == 0
    assert "dev-readonly\t123456789011 · ReadOnly\n" in (user.home / ".cache" / "ssoenv" / "names").read_text("utf-8")


def test_time_left_of_an_assumed_role(logged_in, portal):
    """A profile with a role_arn has its time, too, once it was switched to."""
    arn = "arn:aws:iam::123456789022:role/deploy"
    portal.trusts[arn] = Trust()
    logged_in.write_config(f"{CONFIG}[profile deploy]\nrole_arn = {arn}\nsource_profile = dev-readonly\n")
    assert logged_in.ssoenv("list").stdout.splitlines()[-1] == "deploy\t123456789022\tdeploy\t\t\t"
    assert logged_in.ssoenv("use", "deploy", "--shell", "sh").returncode == 0
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
    done = user.ssoenv("list")
    assert done.returncode == 0
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
    import pexpect

    for no_color in (False, True):
        environ = {**user.environ, "TERM": "xterm-256color", **({"NO_COLOR": "1"} if no_color else {})}
        child = pexpect.spawn(sys.executable, ["-m", "ssoenv", "list"], env=environ, dimensions=(24, 120), timeout=30)
        child.expect(pexpect.EOF)
        screen = child.before.decode()
        child.close()
        assert re.search(r"PROFILE.*ACCOUNT.*ROLE.*REGION.*SESSION.*FRESH", screen)
        assert re.search(r"prod-admin +123456789022 +AdministratorAccess +us-east-1 +corp", screen)
        assert not re.search(r"\x1b\[3[0-9]", screen)


def test_what_is_copied_is_in_one_piece(user):
    """In a narrow terminal names of profiles and ids of accounts stay whole, and the other columns give way."""
    name = "a-profile-with-a-long-name-of-40-letters"
    user.write_config(CONFIG.replace("[profile dev-readonly]", f"[profile {name}]"))
    screen = Screen([sys.executable, "-m", "ssoenv", "list"], user.environ, columns=105)
    assert screen.finish() == 0
    assert any(line.startswith(f"{name}  123456789011  ReadOnly") for line in screen.lines)
