"""The credential_process line: every reader takes it apart as it was meant."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from botocore.compat import compat_shell_split

from ssoenv.aws import credential_process
from ssoenv.aws.credential_process import Role
from ssoenv.errors import ConfigError

CORP = Role("123456789011", "Team+A=b,c.d@e-f_9", session="corp")
LEGACY = Role("123456789011", "ReadOnly", start_url="https://x.awsapps.com/start?a=1", sso_region="eu-west-1")
PROGRAMS = {
    "linux": ["/home/ada/my tools/ssoenv", "/opt/it's $HOME/ssoenv", "/opt/`id`;a\\b/ssoenv"],
    "win32": [r"C:\Program Files\ssoenv\ssoenv.exe", r"C:\Users\ada\Scripts\ssoenv.exe", r"C:\a b\\ssoenv"],
}


@pytest.mark.parametrize("role", [CORP, LEGACY, CORP._replace(session="it's a 'name'")])
@pytest.mark.parametrize(
    ("platform", "program"), [(platform, program) for platform, each in PROGRAMS.items() for program in each]
)
def test_line(monkeypatch, platform, program, role):
    """The line is split by botocore into program, command, role and where to log in, and so by ssoenv."""
    monkeypatch.setattr(credential_process, "program", lambda: [program])
    line = credential_process.line(role, platform)
    portal = [f"--start-url={role.start_url}", f"--sso-region={role.sso_region}"]
    rest = [f"--session={role.session}"] if role.session else portal
    name = f"123456789011/{role.role_name}"
    assert compat_shell_split(line, platform) == [program, "credential-process", name, *rest]
    assert credential_process.role_of(line, platform) == role


@pytest.mark.skipif(sys.platform == "win32", reason="the SDKs that use a shell use sh there")
def test_line_in_a_shell(monkeypatch):
    """A shell, by which other SDKs run it, makes the same words of it."""
    role = CORP._replace(session="$(id) `id` \\ ' \" ~ *")
    monkeypatch.setattr(credential_process, "program", lambda: ["printf", "%s\\n"])
    done = subprocess.run(["sh", "-c", credential_process.line(role)], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[1:] == [f"123456789011/{role.role_name}", f"--session={role.session}"]


@pytest.mark.parametrize("name", ["a&calc", "%PATH%", 'a"b', "a^b", "a|b"])
def test_not_for_cmd(name):
    """What cmd.exe would take out of its quotes is in no line on Windows."""
    with pytest.raises(ConfigError, match="Windows"):
        credential_process.line(CORP._replace(session=name), "win32")


@pytest.mark.parametrize(
    "role", [CORP._replace(role_name="$(id)"), CORP._replace(account_id="1"), CORP._replace(role_name="")]
)
def test_no_role(role):
    """What can't be an account id and a role's name comes into no line."""
    with pytest.raises(ConfigError, match="not an account id"):
        credential_process.line(role)


@pytest.mark.parametrize(
    "line",
    [
        "ssoenv credential-process dev",
        "ssoenv credential-process 123456789011/Admin",
        "ssoenv credential-process 123456789011/Admin --session=a --start-url=b",
        "ssoenv credential-process",
        "other credential-process 123456789011/Admin --session=corp",
        "sh -c 'ssoenv credential-process 123456789011/Admin --session=corp'",
        "credential-process 123456789011/Admin --session=corp",
        "ssoenv 'credential-process 123456789011/Admin --session=corp",
        "",
    ],
)
def test_not_ours(line):
    """A line that does not say it all, or runs something else, is just a process."""
    assert credential_process.role_of(line) is None


def test_program_is_the_installed_script(monkeypatch):
    """An installed ssoenv names its own script, by words that can be put on a command line."""
    script = Path(sys.executable).with_name("ssoenv")
    monkeypatch.setattr(sys, "argv", [str(script)])
    assert shlex.join(credential_process.program()) == shlex.quote(str(script))
