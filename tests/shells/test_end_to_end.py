"""The README's lines, in each real shell, with the real program and a portal: asserted by what a child process sees."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import boto3
import installed
import pytest
from probes import only
from user import CONFIG


def _who(snapshot, monkeypatch):
    """Return who AWS says one is, for an SDK in a child process that sees what *snapshot* holds."""
    with monkeypatch.context() as patch:
        patch.setattr(
            os, "environ", {os.fsdecode(name): os.fsdecode(value) for name, value in snapshot.environ.items()}
        )
        return boto3.Session().client("sts", region_name="eu-west-1").get_caller_identity()["Arn"].split("/")[:2]


@pytest.fixture
def shell(real_session):
    """Return a session of a user who is logged in, with the wrapper loaded."""
    real_session.load()
    return real_session


def test_readme(shell, monkeypatch):
    """Switch, a child agrees by STS, another region for once, back, off."""
    shell.export(AWS_PROFILE="mine", AWS_REGION="")
    shell.snapshot("before")
    shell.run_line("ssouse dev-readonly", "dev")
    shell.run_line("ssouse prod-admin --region eu-west-1", "prod")
    shell.run_line("ssouse -", "back")
    shell.run_line("ssouse --off", "off")
    run = shell.run()
    assert [run[label].status for label in ("dev", "prod", "back", "off")] == [0, 0, 0, 0]
    assert [_who(run[label], monkeypatch) for label in ("dev", "prod")] == [
        ["arn:aws:sts::123456789011:assumed-role", "AWSReservedSSO_ReadOnly_0123456789abcdef"],
        ["arn:aws:sts::123456789022:assumed-role", "AWSReservedSSO_AdministratorAccess_0123456789abcdef"],
    ]
    assert run["dev"]["AWS_PROFILE"] is None
    assert run["dev"]["AWS_REGION"] == run["dev"]["AWS_DEFAULT_REGION"] == "eu-central-1"
    assert run["prod"]["AWS_REGION"] == run["prod"]["AWS_DEFAULT_REGION"] == "eu-west-1"
    assert run["back"].environ == run["dev"].environ
    assert run["off"].environ == run["before"].environ
    assert b"dev-readonly \xc2\xb7 123456789011 \xc2\xb7 ReadOnly \xc2\xb7 eu-central-1" in run.stderr
    assert run.stdout == b""


def test_failure_has_the_programs_code_and_changes_nothing(shell):
    """A failed switch returns ssoenv's own code, and a child sees the environment byte for byte as before."""
    codes = {"ssouse": 2, "ssouse not-mine": 4, "ssouse -": 2}
    shell.snapshot("before")
    for line in codes:
        shell.attempt(line, line)
    run = shell.run()
    assert {line: run[line].status for line in codes} == codes
    assert all(run[line].environ == run["before"].environ for line in codes)


def test_names_are_never_code(shell, logged_in, tmp_path):
    """A profile named like a command is a name: it reaches the prompt's variable as it is, and nothing runs."""
    quote = "'" if shell.probe.is_ascii else "\u2019"
    hostile = f"$(touch canary)`touch canary`;touch canary;'{quote}; touch canary #\\"
    quoted = '"' + hostile.replace("\\", "\\\\") + '"'
    logged_in.write_config(
        CONFIG + f"[profile {quoted}]\nsso_session=corp\nsso_account_id=123456789011\nsso_role_name=ReadOnly\n"
    )
    shell.run_line(f"ssouse {shell.probe.quote(hostile)}", "switched")
    run = shell.run()
    assert run["switched"].status == 0, run.stderr
    assert run["switched"]["AWS_SSO_PROFILE"] == hostile
    assert list(tmp_path.rglob("canary*")) == []


def test_profile_mode(shell):
    """--profile-mode leaves a name for SDKs, and takes the keys of the switch before out."""
    shell.run_line("ssouse dev-readonly", "keys")
    shell.run_line("ssouse --profile-mode prod-admin", "name")
    run = shell.run()
    assert run["keys"]["AWS_ACCESS_KEY_ID"]
    assert run["name"]["AWS_ACCESS_KEY_ID"] is None
    assert run["name"]["AWS_SSO_PROFILE"] is None
    assert run["name"]["AWS_PROFILE"] == "prod-admin"
    assert run["name"]["AWS_REGION"] == "us-east-1"


@only(lambda probe: probe.shell == "fish")
def test_without_the_function(shell):
    """README's line for that in fish."""
    shell.attempt("ssoenv use dev-readonly | source", "switched")
    run = shell.run()
    assert (run["switched"].status, run["switched"]["AWS_SSO_PROFILE"]) == (0, "dev-readonly")


@pytest.mark.parametrize("begin", ["", "set -e"])
@pytest.mark.parametrize("program", ["bash", "dash", "zsh", "fish"])
def test_script_stops_at_a_failure(program, begin, logged_in, tmp_path):
    """README's line for that: a script goes on as the account that it names, or ends with the program's code."""
    readme = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    lines = re.findall(r"`([^`]*code[= ][^`]*\(ssoenv use dev-readonly\)[^`]*)`", readme)
    (line,) = (line for line in lines if ("set -l" in line) == (program == "fish"))
    line = line.replace("ssoenv", f"{sys.executable} -m ssoenv")

    def run(line):
        script = tmp_path / "script"
        script.write_text(f"{begin if program != 'fish' else ''}\n{line}\necho $AWS_SSO_PROFILE\n")
        words = [installed.program(program), str(script)]
        return subprocess.run(words, env=logged_in.environ, capture_output=True, text=True, check=False)

    assert (run(line).returncode, run(line).stdout) == (0, "dev-readonly\n")
    failed = run(line.replace("dev-readonly", "not-mine"))
    assert (failed.returncode, failed.stdout) == (4, "")


def test_help_is_help(shell):
    """`ssouse --help` shows the help, and is no switch."""
    shell.run_line("ssouse --help", "after")
    run = shell.run()
    assert run["after"].status == 0
    assert b"ssouse --off" in run.stdout


def test_init_line_loads_the_wrapper(real_session):
    """The README's line for this shell defines ssouse, silently."""
    real_session.load_as_documented()
    real_session.run_line("ssouse dev-readonly --quiet", "switched")
    run = real_session.run()
    assert run["switched"].status == 0, run.stderr
    assert run["switched"]["AWS_SSO_PROFILE"] == "dev-readonly"
    assert (run.stdout, run.stderr) == (b"", b"")


def test_readme_has_these_lines():
    """The README shows what is tested here."""
    from ssoenv.shells import SHELLS

    readme = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    for line in ("ssouse dev-readonly", "ssouse prod-admin --region eu-west-1", "ssouse -", "ssouse --off"):
        assert f"\n{line} " in readme
    for shell in SHELLS.values():
        for line in shell.install.init_line.splitlines() if shell.install else ():
            assert line.replace("|", "\\|") in readme


def test_switch_without_a_wrapper(shell, tmp_path):
    """`eval "$(ssoenv use NAME)"` is a switch, too, and asks which shell runs it."""
    if shell.probe.shell not in ("bash", "zsh"):
        pytest.skip("POSIX shells")
    script = tmp_path / "bare.sh"
    script.write_text('eval "$(ssoenv use dev-readonly --quiet)"; env\n')
    words = [shell.program, *shell.probe.options, str(script)]
    done = subprocess.run(words, env=shell.environ, capture_output=True, text=True, check=False)
    assert "AWS_SSO_PROFILE=dev-readonly\n" in done.stdout, done.stderr
