"""`ssoenv exec --parallel` and `--match`: one command in many targets at once."""

from __future__ import annotations

import io
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from contextlib import closing
from threading import Timer, get_ident

import pytest
from contexts import CORP
from screen import CTRL_C
from user import CONFIG, PROGRAM, new_user

from ssoenv.aws import portal as portal_
from ssoenv.aws.config import SsoRole
from ssoenv.demo.portal import EXAMPLE, Organisation, Portal
from ssoenv.errors import Cancelled
from ssoenv.running import parallel
from ssoenv.targets import Target

THREE = ("dev-readonly", "prod-readonly", "prod-admin")


def test_each_target_has_its_own_keys_output_and_exit_code(ada):
    """Lines carry their target's name; who fails, or gets no keys, is told, and does not keep the others from it."""
    script = (
        'echo "$AWS_SSO_ACCOUNT_ID $(cat)"; echo oops >&2; printf cut; [ $AWS_SSO_PROFILE != prod-admin ] || exit 3'
    )
    words = ["dev-readonly", "not-mine", "prod-admin", "dev-readonly", "--parallel", "--", "sh", "-c", script]
    done = ada.ssoenv("exec", *words)
    assert sorted(done.stdout.splitlines()) == [
        "dev-readonly | 123456789011 ",
        "dev-readonly | cut",
        "prod-admin | 123456789022 ",
        "prod-admin | cut",
    ]
    *said, last = done.stderr.splitlines()
    assert {"dev-readonly | oops", "prod-admin | oops", "prod-admin: exit code 3."} < set(said)
    (failed,) = [line for line in said if line.startswith("not-mine")]
    assert failed.startswith("not-mine: not started. The login works, but you have no role AdministratorAccess")
    assert (len(said), last) == (4, "Exit code 0 in 1 of 3.")
    assert done.returncode == 1


def test_what_is_true_for_all_is_told_once(tmp_path, start_portal):
    """A clock that differs from AWS's is one, in however many roles a command runs."""
    user = new_user(tmp_path / "late", start_portal(auto_approve=True, now=lambda: time.time() - 400))
    done = user.ssoenv("exec", "dev-readonly", "prod-readonly", "prod-admin", "--parallel", "--", "true")
    assert done.stderr.count("clock is 7 min ahead") == 1
    assert done.returncode == 0


def test_names_come_before_what_globs_match(ada):
    """A target that is named and that a glob matches, too, keeps the place of its name, and runs once."""
    words = ["prod-readonly", "--match", "dev-read*", "--match", "prod-*", "--jobs", "1", "--", "true"]
    done = ada.ssoenv("exec", "--json", *words)
    ended = [json.loads(line)["profile"] for line in done.stdout.splitlines()]
    assert ended == ["prod-readonly", "dev-readonly", "prod-admin"]


def test_region_for_all(ada):
    """A region that is given goes before that of each profile, whether a name or a glob means it."""
    words = ["prod-admin", "--match", "dev-read*", "--region", "eu-west-3", "--jobs", "1"]
    done = ada.does("exec", *words, "--", "sh", "-c", "echo $AWS_REGION")
    assert done.stdout == "prod-admin | eu-west-3\ndev-readonly | eu-west-3\n"


def test_globs_match_what_has_not_been_listed_yet(tmp_path):
    """Roles without a profile are listed first where they never were: which ones a glob means hangs on no cache."""
    with Portal(auto_approve=True) as portal:
        user = new_user(tmp_path / "ada", portal)
        first, again = (user.ssoenv("exec", "--match", "*/PowerUserAccess", "--json", "--", "true") for _ in range(2))
    assert json.loads(first.stdout.splitlines()[0])["profile"].endswith("/PowerUserAccess")
    assert again.stdout.count("\n") == first.stdout.count("\n")
    assert "DeveloperAccount\t123456789011\n" in (user.home / ".cache/ssoenv/accounts").read_text("utf-8")  # for Tab


def test_globs_where_nothing_can_be_listed(tmp_path):
    """It is said, and what is known is matched: keys that are kept need no network."""
    with Portal(auto_approve=True) as portal:
        user = new_user(tmp_path / "ada", portal)
        user.does("use", "dev-readonly", "--shell", "sh")
    done = user.does("exec", "--match", "dev-read*", "--", "true", environ={"AWS_MAX_ATTEMPTS": "1"})
    assert "Listing the accounts and roles failed" in done.stderr


def test_lines_are_never_mixed(ada):
    """What is written in halves, by all at once and to both streams, comes out in whole lines, in each one's order."""
    half = 'i=0; while [ $i -lt 60 ]; do printf %s- $i; printf "%s\\n" $i; printf x >&2; echo y >&2; i=$((i+1)); done'
    line = f"{shlex.join([*PROGRAM, 'exec', *THREE, '--parallel', '--', 'sh', '-c', half])} 2>&1"
    done = subprocess.run(["sh", "-c", line], env=ada.environ, capture_output=True, text=True, timeout=60)
    lines = done.stdout.splitlines()
    for name in THREE:
        own = [line.removeprefix(f"{name} | ") for line in lines if line.startswith(f"{name} | ")]
        assert [line for line in own if line != "xy"] == [f"{i}-{i}" for i in range(60)]
        assert own.count("xy") == 60
    assert lines[-1] == "Exit code 0 in 3 of 3."
    assert len(lines) == 3 * 120 + 1


def test_json_lines(ada):
    """Each line, and each end, is a JSON object in ASCII, whatever the command writes."""
    script = r"""printf 'a\033[2J\377"\n'; echo é >&2; [ $AWS_SSO_PROFILE = prod-admin ] || kill -TERM $$"""
    done = ada.ssoenv(
        "exec", "prod-admin", "dev-readonly", "not-mine", "--parallel", "--json", "--", "sh", "-c", script
    )
    assert done.stdout.isascii()
    entries = [json.loads(line) for line in done.stdout.splitlines()]
    of_admin = [entry for entry in entries if entry["profile"] == "prod-admin"]
    about = {"profile": "prod-admin", "account_id": "123456789022", "role_name": "AdministratorAccess"}
    assert of_admin.pop() == {**about, "exit_code": 0}
    assert {**about, "stream": "stdout", "line": 'a\x1b[2J\ufffd"'} in of_admin
    assert {**about, "stream": "stderr", "line": "é"} in of_admin
    ends = {entry["profile"]: entry for entry in entries if "exit_code" in entry}
    assert ends["dev-readonly"]["exit_code"] == 128 + signal.SIGTERM
    assert (ends["not-mine"]["exit_code"], ends["not-mine"]["error"][:12]) == (None, "not started.")
    assert done.stderr.count("\n") == 3


@pytest.mark.parametrize("character", ["é", "€", "\U0001f600", "\n"])
def test_a_long_line_is_cut_between_characters(character):
    """It comes in pieces of a mebibyte, whole characters each; bytes that are none come as they are."""
    for before in range(1, 5):
        line = b"x" * ((1 << 20) - before) + character.encode() + b"y\n\xf0\x9f"
        pieces = list(parallel._pieces(io.BytesIO(line)))
        assert b"".join(pieces) == line
        assert len(pieces) > 1
        assert all(piece.decode() for piece in pieces[:-1])


def test_commands_wait_for_a_slow_reader():
    """When so many lines wait that nobody has read, there is no room for one more."""
    runs = parallel.Runs("", [], dict)
    runs._read(Target("dev", None, None, None, None), "stdout", io.BytesIO(b"x\n" * parallel._WAITING_LINES))
    assert not runs._room.acquire(blocking=False)


def test_a_role_with_several_profiles_runs_once(tmp_path, start_portal):
    """Where a glob means roles; where it means profiles, each runs."""
    user = new_user(tmp_path / "ada", start_portal(auto_approve=True, organisation=Organisation(EXAMPLE.accounts[:2])))
    twin = "[profile twin]\nsso_session = corp\nsso_account_id = 123456789022\nsso_role_name = ReadOnly\n"
    user.write_config(CONFIG + twin)
    user.does("accounts", "--session", "corp", "--refresh")
    for glob, names in (("123456789022/Read*", ["prod-readonly"]), ("*", ["prod-readonly", "twin"])):
        done = user.ssoenv("exec", "--match", glob, "--region", "eu-west-1", "--jobs", "1", "--", "echo")
        ran = [line.partition(" | ")[0] for line in done.stdout.splitlines()]
        assert [name for name in ran if name in ("prod-readonly", "twin")] == names


def test_globs_match_profiles_and_roles_without_one(tmp_path, start_portal):
    """--match takes profiles' names and any ACCOUNT/ROLE, in any case; --jobs 1 is one after the other."""
    organisation = Organisation(EXAMPLE.accounts[:4])
    user = new_user(tmp_path / "ada", start_portal(auto_approve=True, organisation=organisation))
    user.does("accounts", "--session", "corp", "--refresh")
    alone = "mkdir $HOME/alone || exit 9; echo $AWS_SSO_ACCOUNT_ID $AWS_SSO_ROLE_NAME; rmdir $HOME/alone"
    globs = ["PROD-READ*", "*audit/*", "123456789022/*", "developerAccount/readOnly"]
    words = [word for glob in globs for word in ("--match", glob)]
    done = user.ssoenv("exec", *words, "--region", "eu-west-1", "--jobs", "1", "--", "sh", "-c", alone)
    audit = organisation.accounts[3].account_id
    assert done.stdout.splitlines() == [
        "prod-readonly | 123456789022 ReadOnly",
        f"Security & Audit/ReadOnly | {audit} ReadOnly",
        f"Security & Audit/SecurityAudit | {audit} SecurityAudit",
        "prod-admin | 123456789022 AdministratorAccess",
        "dev-readonly | 123456789011 ReadOnly",
    ]
    assert (done.returncode, done.stderr) == (0, "Exit code 0 in 5 of 5.\n")
    one = user.ssoenv("exec", "--region", "eu-west-1", "Audit SecurityAudit", "--", "sh", "-c", "echo $AWS_SSO_PROFILE")
    assert one.stdout == "Security & Audit/SecurityAudit\n"


def test_login_is_asked_for_once(user, portal):
    """A login that the user declines is not asked for again by each target of its session."""
    portal.auto_approve = False
    screen = user.at_terminal("exec", "dev-readonly", "prod-admin", "--parallel", "--", "true", columns=150)
    screen.until(lambda _: portal.device_authorizations)
    (waiting,) = portal.device_authorizations.values()
    portal.deny(waiting.user_code)
    assert screen.finish() == 1
    assert portal.calls["StartDeviceAuthorization"] == 1
    assert sum(": not started. " in line for line in screen.lines) == 2


_COUNTS = """
import os, signal
came = []
signal.signal(signal.SIGINT, lambda *_: came.append(1))
print("ready", flush=True)
open(os.environ["HOME"] + "/gate").read()
print("got", len(came), flush=True)
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.kill(os.getpid(), signal.SIGINT)
"""


def test_ctrl_c_ends_all(ada):
    """Ctrl-C reaches each command once, by the terminal; what is ended, and what never ran, is told."""
    os.mkfifo(ada.home / "gate")
    words = ("--profile-mode", "--jobs", "2", "--parallel", *THREE, "--", sys.executable, "-c", _COUNTS)
    screen = ada.at_terminal("exec", *words, columns=100)
    screen.until(lambda shown: sum("ready" in line for line in shown.lines) == 2)
    screen.until("0/3 done · dev-readonly, prod-readonly")
    screen.press(CTRL_C)
    screen.until("0/3 done · stopping dev-readonly, prod-readonly")
    (ada.home / "gate").write_bytes(b"")
    assert screen.finish() == 130
    assert sum(line.endswith(" | got 1") for line in screen.lines) == 2
    for line in ("dev-readonly: ended by SIGINT.", "prod-readonly: ended by SIGINT.", "prod-admin: not started."):
        assert line in screen.lines
    assert screen.lines[-1] == "Exit code 0 in 0 of 3."
    assert b"\x1b[0;36mdev-readonly | \x1b[0mready" in screen.sent


def test_sigterm_is_passed_on(running):
    """Who ends the program by `kill` ends the commands, and is told so by the exit code."""
    process = running("--profile-mode", *THREE, "--parallel", "--", "sh", "-c", "echo $$; exec sleep 100")
    pids = [int(process.stdout.readline().rpartition(b" ")[2]) for _ in THREE]
    process.send_signal(signal.SIGTERM)
    err = process.communicate()[1].decode()
    assert process.returncode == 128 + signal.SIGTERM
    assert sorted(re.findall(r"(\S+): ended by SIGTERM\.\n", err)) == sorted(THREE)
    assert not any(map(_lives, pids))


_STUBBORN = """
import os, signal
def tell(number, _frame):
    os.write(1, f"{signal.Signals(number).name}\\n".encode())  # a print in the midst of another one is an error
signal.signal(signal.SIGHUP, tell)
if os.environ["AWS_PROFILE"] == "prod-admin":
    signal.signal(signal.SIGTERM, tell)
signal.alarm(100)  # if nothing else ends it
os.write(1, b"ready\\n")
while True:
    signal.pause()
"""


def test_what_does_not_obey(running):
    """The first signal is passed on; the second one ends what goes on all the same, and the third one kills it."""
    words = ("dev-readonly", "prod-admin", "--parallel", "--", sys.executable, "-c", _STUBBORN)
    process = running("--profile-mode", *words)

    def said(lines):
        return {process.stdout.readline().decode() for _ in range(lines)}

    assert said(2) == {"dev-readonly | ready\n", "prod-admin | ready\n"}
    process.send_signal(signal.SIGHUP)
    assert said(2) == {"dev-readonly | SIGHUP\n", "prod-admin | SIGHUP\n"}
    process.send_signal(signal.SIGHUP)
    assert said(1) == {"prod-admin | SIGTERM\n"}
    process.send_signal(signal.SIGHUP)
    err = process.communicate(timeout=60)[1].decode()
    assert "dev-readonly: ended by SIGTERM.\n" in err
    assert "prod-admin: ended by SIGKILL.\n" in err
    assert process.returncode == 128 + signal.SIGHUP


def test_a_signal_that_wakes_nobody():
    """It is passed on all the same: one that comes just before the wait for what happens next does not end that."""
    runs = parallel.Runs("/bin/sh", ["sh", "-c", "echo ready; exec sleep 100"], lambda _target: os.environ)
    # To the thread itself, which leaves the main one waiting, as it is by then or soon.
    other = Timer(0.2, lambda: signal.pthread_kill(get_ident(), signal.SIGTERM))
    with closing(runs.events([Target("dev", None, None, None, None)], 1)) as events:
        assert next(filter(None, events)).data == b"ready\n"
        other.start()
        assert next(filter(None, events)).outcome == -signal.SIGTERM


def test_a_child_of_a_command_that_goes_on():
    """Who has its output still, after the command has ended, is not waited for any longer after the fourth signal."""
    runs = parallel.Runs("/bin/sh", ["sh", "-c", "sleep 1000 & echo $!"], lambda _target: os.environ)
    with closing(runs.events([Target("dev", None, None, None, None)], 1)) as events:
        child = int(next(filter(None, events)).data)
        try:
            for _ in range(4):
                signal.raise_signal(signal.SIGTERM)
            with pytest.raises(Cancelled):
                list(events)
        finally:
            os.kill(child, signal.SIGKILL)


def test_there_is_nothing_to_read(running):
    """Of several commands none could have the caller's input to itself, so none gets any of it."""
    process = running("--profile-mode", "dev-readonly", "prod-admin", "--parallel", "--", "cat")
    out, err = process.communicate(b"of the caller\n", timeout=60)
    assert (out, err, process.returncode) == (b"", b"Exit code 0 in 2 of 2.\n", 0)


def test_reader_that_has_gone_ends_all(ada):
    """`| head` ends the commands: nothing runs on unseen."""
    script = "[ $AWS_PROFILE = prod-admin ] && exec yes; exec sleep 1000"
    words = [*PROGRAM, "exec", "--profile-mode", *THREE, "--parallel", "--", "sh", "-c", script]
    line = f"{shlex.join(words)} | head -n 1"
    ours, theirs = os.pipe()
    done = subprocess.run(["sh", "-c", line], env=ada.environ, capture_output=True, timeout=60, pass_fds=[theirs])
    os.close(theirs)
    assert (done.stdout, done.stderr) == (b"prod-admin | y\n", b"")
    assert os.read(ours, 1) == b""  # it ends when all have ended that have the other end
    os.close(ours)


def test_credentials_are_asked_for_at_the_rate_that_aws_allows(ada, monkeypatch):
    """However many threads ask, there is a slot for each request of the process."""
    waited = []
    monkeypatch.setattr(portal_, "_pace", portal_.Pace(now=lambda: 0.0, sleep=waited.append))
    for name, value in ada.environ.items():
        monkeypatch.setenv(name, value)
    token = json.loads(ada.token_file.read_text())["accessToken"]
    for _ in range(3):
        portal_.role_credentials(SsoRole(CORP, "123456789011", "ReadOnly"), token, {})
    assert waited == [1 / 19.5, 2 / 19.5]


def _lives(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
