"""`ssoenv exec NAME -- COMMAND`: the command runs as NAME, and all else is as if it had been called directly."""

from __future__ import annotations

import json
import shlex
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from screen import CTRL_C, ENTER, Screen
from user import PROGRAM

from ssoenv.environment import Change
from ssoenv.errors import ConfigError, NotExecutable
from ssoenv.running import attended, command

# By the profile's name alone: these tests are about processes, and no credentials are needed.
NAME_ALONE = ("--profile-mode", "dev-readonly", "--")


def test_environment_is_exactly_that_of_a_switch(ada, running):
    """What a switch sets is set, what it unsets is gone, and all else is as it was, byte for byte."""
    own = {"X": "a\nb'\"$(x)\udcff", "AWS_REGION": "us-east-1"}
    stale = {"AWS_PROFILE": "nobody", "AWS_SECURITY_TOKEN": "stale", "AWS_ROLE_ARN": "arn"}
    out, err = running("dev-readonly", "--", "env", "-0", **own, **stale).communicate()
    cached = [json.loads(path.read_bytes()) for path in (ada.home / ".aws" / "cli" / "cache").glob("*.json")]
    (keys,) = [each["Credentials"] for each in cached if each["Credentials"]["AccountId"] == "123456789011"]
    expected = {
        **ada.environ,
        **own,
        "AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
        "AWS_SESSION_TOKEN": keys["SessionToken"],
        "AWS_CREDENTIAL_EXPIRATION": keys["Expiration"],
        "AWS_REGION": "eu-central-1",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_SSO_PROFILE": "dev-readonly",
        "AWS_SSO_ACCOUNT_ID": "123456789011",
        "AWS_SSO_ROLE_NAME": "ReadOnly",
        "SSOENV_EXPIRATION": str(int(datetime.fromisoformat(keys["Expiration"]).timestamp())),
        "SSOENV_RENEW": "600",
        "SSOENV_KIND": "other",
    }
    found = dict(entry.split("=", 1) for entry in out.decode(errors="surrogateescape").split("\0")[:-1])
    assert set(found.pop("SSOENV_SET").split()) == expected.keys() - ada.environ.keys() - {"X"}
    assert found == expected
    assert err == b""


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="a system without /proc")
def test_the_command_takes_the_place_of_the_program(running):
    """It is the same process, with exactly its own words: no secret in them, and no process between."""
    process = running("dev-readonly", "--", "sh", "-c", 'echo $$; exec cat "/proc/$$/cmdline"')
    pid, line = process.communicate()[0].split(b"\n", 1)
    assert int(pid) == process.pid
    assert line.split(b"\0")[:-1] == [b"cat", b"/proc/%d/cmdline" % process.pid]


def test_words_of_the_command_are_its_own(running):
    """Options, empty words and a second `--` behind the first are the command's."""
    script = "import sys; print(sys.argv[1:])"
    words = ["--region", "x y", "--", "", "é", "-h"]
    out, _ = running(*NAME_ALONE, sys.executable, "-X", "utf8", "-c", script, *words).communicate()
    assert out.decode() == f"{words}\n"


def test_status_and_streams(running, tmp_path):
    """Exit codes, signals and stdin pass through; a script without #! is run by sh, as shells do."""
    script = tmp_path / "script"
    script.write_text('echo "$1"; cat; kill -TERM $$')
    script.chmod(0o700)
    process = running(*NAME_ALONE, str(script), "x y")
    assert process.communicate(b"in\0put") == (b"x y\nin\0put", b"")
    assert process.returncode == -signal.SIGTERM
    assert running(*NAME_ALONE, "sh", "-c", "exit 7").wait() == 7
    # A signal that Python ignores, and the command does not.
    assert running(*NAME_ALONE, "sh", "-c", "ulimit -c 0; kill -XFSZ $$").wait() == -signal.SIGXFSZ


def test_what_can_not_be_run(running, tmp_path):
    """127 for what does not exist, 126 for what can't be executed; one sentence says why."""
    for name, content in {"text": "x", "binary": "\x7fELF\0\0", "bad": "#!/no/such/program\n"}.items():
        (tmp_path / name).write_text(content)
        (tmp_path / name).chmod(0o600 if name == "text" else 0o700)
    for word, code, said in [
        ("no-such-command", 127, "There is no command no-such-command."),
        ("", 127, "There is no command (an empty word)."),
        (f"{tmp_path}/text", 126, "permission denied"),
        (f"{tmp_path}/binary", 126, "Exec format error"),
        (f"{tmp_path}/bad", 126, "what should run it does not exist"),
        (str(tmp_path), 126, "it is a folder"),
    ]:
        process = running(*NAME_ALONE, word)
        out, err = process.communicate()
        assert (process.returncode, out, err.count(b"\n")) == (code, b"", 1), word
        assert said in err.decode()


def test_too_large_an_environment_is_told_by_its_largest_variable():
    """What the system refuses to take has a name; its value, which may be a secret, is not shown."""
    for words, environ, largest in [
        (["true"], {"SMALL": "x", "HUGE": "s3cret" * 30_000}, "the variable HUGE, with 180005 bytes"),
        (["true", "", "s3cret" * 30_000], {"SMALL": "x"}, "word 3 of the command, with 180000 bytes"),
    ]:
        with pytest.raises(NotExecutable) as caught:
            command.start("/bin/true", words, environ)
        assert f"The largest of all is {largest}." in str(caught.value)
        assert "s3cret" not in str(caught.value)


def test_no_more_can_be_started():
    """A limit of the system is not taken for a fault of the command."""
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, hard))
    try:
        with pytest.raises(NotExecutable) as caught:
            command.start("/bin/true", ["true"], {}, stdout=subprocess.PIPE)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert str(caught.value).endswith(
        "Too many open files. Run fewer at once, or see what this shell may take: ulimit -a"
    )


def test_words_that_mean_nothing(ada):
    """Without `--` or with options that don't go together, nothing runs and one sentence says what to type."""
    for line, said in [
        ("dev-readonly true", "There is no -- before the command."),
        ("dev-readonly --", "There is no command after --."),
        ("dev-readonly prod-admin -- true", "Add --parallel, or quote the words of one"),
        ("--parallel -- true", "There is no NAME"),
        ("dev-readonly --json -- true", "--json is for --parallel"),
        ("dev-readonly --jobs 2 -- true", "--jobs is for --parallel"),
        ("--with dev-readonly --jobs 8 -- true", "--jobs is for --parallel"),
        ("dev-readonly --with prod-admin -- true", "that alone names the targets"),
        ("--match prod-x* -- true", "No profile or role fits prod-x*."),
    ]:
        done = ada.ssoenv("exec", *line.split())
        assert (done.returncode, done.stdout) == (2, ""), line
        assert said in done.stderr


def test_closed_pipe_ends_the_command_as_ever(ada):
    """SIGPIPE kills it without a word: Python, which ignores that signal, does not hand this on."""
    line = f"{shlex.join([*PROGRAM, 'exec', *NAME_ALONE])} yes | head -n 1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", line], env=ada.environ, capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == (f"y\n{128 + signal.SIGPIPE}\n", "")


_AT_TERMINAL = """
import os, select, signal
signal.signal(signal.SIGINT, signal.SIG_DFL)
while not select.select([0], [], [], 0.1)[0]:
    print("size", *os.get_terminal_size(), flush=True)
print("read", input(), flush=True)
input()
"""


def test_terminal_and_its_keys(ada):
    """The command has the terminal, with its size; Ctrl-Z stops it, `fg` brings it back, Ctrl-C ends it."""
    screen = Screen(["bash", "--norc", "--noprofile", "-i"], {**ada.environ, "PS1": "> "}, rows=20, columns=70)
    screen.until(">")
    screen.press(f"clear; {shlex.join([*PROGRAM, 'exec', *NAME_ALONE, sys.executable, '-c', _AT_TERMINAL])}", ENTER)
    screen.until("size 70 20")
    screen.press("\x1a")
    screen.until(lambda shown: any("Stopped" in line for line in shown.lines) and shown.lines[-1] == ">")
    screen.press("clear", ENTER)
    screen.until(lambda shown: shown.lines == [">"])
    screen.press("fg", ENTER)
    screen.until("size 70 20")
    screen.press("typed", ENTER)
    screen.until("read typed")
    screen.press(CTRL_C)
    screen.until(lambda shown: shown.lines[-1] == ">")
    screen.press("echo status $?", ENTER)
    screen.until("status 130")
    screen.hang_up()


def test_folder_of_the_command_that_can_not_be_looked_into(running):
    """What the system does not tell of is not there: a name that is too long, as root would see each folder."""
    process = running(*NAME_ALONE, f"./{'x' * 300}")
    assert b"There is no command" in process.communicate()[1]
    assert process.returncode == 127


@pytest.mark.parametrize("name", ["a\0b", "a\nb", "a\x1b[31m", "\ud800"])
def test_name_that_no_variable_can_hold(name):
    """It is refused, as by a switch."""
    with pytest.raises(ConfigError, match="AWS_SSO_ROLE_NAME can't be set"):
        command.environ_after(Change({"AWS_SSO_ROLE_NAME": name}, None), {})


@pytest.mark.parametrize(("status", "code"), [(0, 0), (255, 255), (0x7FFFFFFF, 0x7FFFFFFF), (0xC0000005, -0x3FFFFFFB)])
def test_exit_code_of_a_child(status, code):
    """On Windows a crash is a number that sys.exit would make another of: it takes 32 bits, with a sign."""
    assert attended.end_like(status) == code


def test_script_where_no_shell_runs_it(tmp_path, monkeypatch):
    """On Windows there is no /bin/sh, and no word of a first line."""
    script = tmp_path / "script"
    script.write_text("echo 1\n")
    script.chmod(0o755)
    monkeypatch.setattr(command, "_SHELL", "")
    with pytest.raises(NotExecutable, match=r"Is it a program for this machine\?"):
        command.start(str(script), [str(script)], {})
