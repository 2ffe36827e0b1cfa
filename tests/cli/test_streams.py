"""stdout and stderr that are closed, full, or read by nobody: the exit code tells, and Python adds nothing to it."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from user import new_user

from ssoenv.demo.portal import Portal

pytestmark = pytest.mark.skipif(not Path("/dev/full").exists(), reason="a system without /dev/full")

COMMANDS = ["use dev-readonly --shell bash", "list", "list --json", "status", "settings", "init bash", "--version"]


@pytest.fixture(scope="module")
def ada(tmp_path_factory):
    """Return a user whose keys are cached already."""
    with Portal(auto_approve=True) as portal:
        user = new_user(tmp_path_factory.mktemp("ada") / "home", portal)
        user.does("use", "dev-readonly", "--shell", "bash")
        yield user


@pytest.fixture
def redirected(ada):
    """Run a command line with redirections, by sh, and return what came of it."""

    def run(words, redirection, before=""):
        line = f"{before}exec {shlex.quote(sys.executable)} -X dev -m ssoenv {words} {redirection}"
        return subprocess.run(
            ["sh", "-c", line],
            env=ada.environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            start_new_session=True,
            timeout=60,
            check=False,
        )

    return run


@pytest.mark.parametrize("words", COMMANDS)
@pytest.mark.parametrize(
    ("redirection", "reason"), [(">&-", "it is closed"), (">/dev/full", "No space left on device")]
)
def test_stdout_that_takes_nothing(redirected, words, redirection, reason):
    """It is an error of its own code, in one sentence."""
    done = redirected(words, redirection)
    assert done.returncode == 74
    assert done.stderr == f"ssoenv: stdout can't be written: {reason}.\n"


@pytest.mark.parametrize("before", ["", "PYTHONUNBUFFERED=1 "])
@pytest.mark.parametrize("words", ["--help", "use --help"])
def test_help_that_can_not_be_written(redirected, words, before):
    """The help, which is typer's, is no exception."""
    done = redirected(words, ">/dev/full", before)
    assert done.returncode == 74
    assert done.stderr == "ssoenv: stdout can't be written: No space left on device.\n"


@pytest.mark.parametrize("before", ["", "PYTHONUNBUFFERED=1 "])
def test_file_that_takes_a_part(redirected, tmp_path, before):
    """A text that is cut short is an error, too."""
    done = redirected("init bash", f">{tmp_path / 'cut'}", f"ulimit -f 8; {before}")
    assert 0 < (tmp_path / "cut").stat().st_size < 20_000
    assert done.returncode == 74
    assert done.stderr == "ssoenv: stdout can't be written: File too large.\n"


@pytest.mark.parametrize("redirection", ["2>&-", "2>/dev/full"])
def test_stderr_that_takes_nothing(redirected, redirection):
    """What could not be said costs nobody the switch, nor its exit code."""
    done = redirected("use dev-readonly --shell bash", redirection)
    assert done.returncode == 0
    assert done.stdout.endswith("# ssoenv/end\n")


@pytest.mark.parametrize("redirection", ["2>&-", "2>/dev/full"])
@pytest.mark.parametrize("words", ["nonsense", "use --nonsense"])
def test_usage_error_that_can_not_be_told(redirected, words, redirection):
    """A command line that means nothing is one, though nobody hears it."""
    done = redirected(words, redirection)
    assert (done.returncode, done.stdout) == (2, "")


@pytest.mark.parametrize("redirection", [">&- 2>&-", ">/dev/full 2>/dev/full", ">&- 2>&- <&-"])
def test_nothing_takes_anything(redirected, redirection):
    """With nobody to talk to, the exit code is still the right one."""
    assert redirected("list", redirection).returncode == 74
    assert redirected("use nobody --shell bash", redirection).returncode == 2


def test_ctrl_c_while_the_program_is_loaded(user):
    """There is no traceback then, either."""
    code = (
        "import runpy, sys\nclass Impatient:\n    def find_spec(self, name, *_):\n"
        "        if name == 'ssoenv.cli.messages': raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Impatient())\nrunpy.run_module('ssoenv', run_name='__main__')"
    )
    done = subprocess.run([sys.executable, "-c", code], env=user.environ, capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")


def test_reader_that_has_gone(logged_in):
    """A closed pipe is the reader's choice: nothing is said."""
    line = f"{shlex.quote(sys.executable)} -X dev -m ssoenv list; echo $? >&2"
    pipes = dict.fromkeys(("stdout", "stderr"), subprocess.PIPE)
    with subprocess.Popen(["sh", "-c", line], env=logged_in.environ, **pipes, text=True) as process:
        process.stdout.close()
        assert process.stderr.read() == "1\n"


def test_switch_where_the_memory_is_a_folder(logged_in):
    """The memory of what was used last is no reason to fail after the snippet, or at all."""
    (logged_in.home / ".cache" / "ssoenv" / "recent.json").mkdir(parents=True)
    done = logged_in.does("use", "dev-readonly", "--shell", "bash")
    assert done.stdout.endswith("# ssoenv/end\n")
