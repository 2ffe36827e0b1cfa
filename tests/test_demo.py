"""``ssoenv demo``: the tour in each shell, and a real shell at a terminal."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from installed import program
from user import PROGRAM

from ssoenv.demo.session import own_shell
from ssoenv.demo.starts import STARTS
from ssoenv.errors import UsageError
from ssoenv.shells import SHELLS

pexpect = pytest.importorskip("pexpect")
if sys.platform == "win32":
    pytest.skip("needs a pty and scripts for /bin/sh", allow_module_level=True)

# The shells that run at a pty here, and how each exports a variable.
INTERACTIVE = {
    "bash": "export {name}={value}",
    "zsh": "export {name}={value}",
    "fish": "set -gx {name} {value}",
}


SWITCHED = "dev-readonly 123456789011 (59m|1h0m) demo ~"


@pytest.fixture
def environ(tmp_path: Path, clean_environment: None) -> dict[str, str]:
    """The environment of a user at a remote machine, with AWS variables of their own and an empty TMPDIR."""
    (tmp_path / "tmp").mkdir()
    return {
        **os.environ,
        "TMPDIR": str(tmp_path / "tmp"),
        "SSH_TTY": "/dev/pts/0",  # no browser, whatever machine the tests run on
        "TERM": "dumb",  # fish asks other terminals what they can, and waits for the answer
        "LC_ALL": "C.UTF-8",
        "AWS_PROFILE": "mine",
        "AWS_ENDPOINT_URL_STS": "http://127.0.0.1:9",
        "SSOENV_CONFIG": "/nowhere/config.toml",
        "HISTFILE": str(tmp_path / "home" / "history"),
        "HTTP_PROXY": "http://127.0.0.1:9",
        "HTTPS_PROXY": "http://127.0.0.1:9",
    }


@pytest.fixture
def demo(environ: dict[str, str]) -> Iterator[Callable[..., object]]:
    """Start the demo, in a shell of the user's choice, at a terminal."""
    started = []

    def start(shell: str, *words: str, **more: str) -> object:
        program(shell)
        command, *rest = words or (*PROGRAM, "demo")
        child = pexpect.spawn(
            command,
            rest,
            env={**environ, "SSOENV_SHELL": shell, **more},
            encoding="utf-8",
            timeout=60,
            dimensions=(24, 200),
        )
        started.append(child)
        return child

    yield start
    for child in started:
        child.close(force=True)


def left_behind(environ: dict[str, str]) -> list[Path]:
    return [path for name in ("HOME", "TMPDIR") for path in Path(environ[name]).rglob("*")]


def tour(environ: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PROGRAM, "demo"],
        env=environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=240,
        check=False,
    )


# --- the tour ---


def test_the_tour_proves_each_installed_shell(environ: dict[str, str]) -> None:
    """Without a terminal the tour plays, succeeds in each shell, tells no secret and leaves nothing behind."""
    done = tour(environ)

    assert (done.returncode, done.stderr) == (0, "")
    installed = [start.name for start in STARTS if start.find(environ)]
    assert installed
    login, *parts = done.stdout.split("\n== ")[1:]
    assert "Logged in to corp" in login
    for name in installed:
        part = "".join(next(part for part in parts if part.startswith(f"{name}\n")).split())
        # Both identities are what STS answered to a child of that shell.
        assert "arn:aws:sts::123456789011:assumed-role/AWSReservedSSO_ReadOnly_" in part
        assert "arn:aws:sts::123456789022:assumed-role/AWSReservedSSO_AdministratorAccess_" in part
    assert done.stdout.splitlines()[-1].startswith(f"Proven in {', '.join(installed)}. ")
    assert "ASIA" not in done.stdout  # how each key id begins
    assert left_behind(environ) == []


@pytest.mark.parametrize(
    "sabotages",
    [
        {
            "bash": ("s/^ssouse dev-readonly$/true/", "it ended with status 2."),
            "zsh": ("s/^ssouse dev-readonly$/ssouse prod-readonly/", "STS did not answer arn:aws:sts::123456789011:"),
            "fish": ("s/^ssouse prod-admin .*/true/", "STS did not answer arn:aws:sts::123456789022:"),
        },
        {
            "bash": ("s/^ssouse --off$/true/", "the environment is another one."),
            "zsh": ("s/^ssouse prod-admin .*/false/", "it ended with status 1."),
            "fish": ("s/^ssouse -$/true/", "the environment is another one."),
        },
        {
            "bash": ("s/^ssouse --off$/unset ${!AWS_*} ${!SSOENV_*}/", "the environment is another one."),
            "zsh": ("d", "the shell did not come that far."),
        },
    ],
)
def test_the_tour_names_the_shells_in_which_a_proof_failed(
    environ: dict[str, str], tmp_path: Path, sabotages: dict[str, tuple[str, str]]
) -> None:
    """A shell that doesn't do what was typed is found out, whatever its own status says."""
    bash, sed = program("bash"), program("sed")
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    for shell, (sabotage, _) in sabotages.items():
        stand_in = bin_folder / shell
        stand_in.write_text(
            f'#!{bash}\nscript=${{!#}}\n{sed} {shlex.quote(sabotage)} "$script" >"$script.x"\n'
            f'exec {program(shell)} "${{@:1:$#-1}}" "$script.x"\n'
        )
        stand_in.chmod(0o755)

    done = tour({**environ, "PATH": str(bin_folder)})

    assert done.returncode == 1
    for shell, (_, fault) in sabotages.items():
        part = done.stdout.partition(f"\n== {shell}\n")[2].partition("\n== ")[0]
        assert f"FAILED: {fault}" in " ".join(part.split())
    names = ", ".join(sabotages)
    assert done.stdout.splitlines()[-1] == f"FAILED in {names}, of {names}."
    assert "== powershell: not installed here\n" in done.stdout
    assert left_behind(environ) == []


def test_the_tour_needs_a_shell(environ: dict[str, str], tmp_path: Path) -> None:
    """A tour that could play nowhere proves nothing."""
    done = tour({**environ, "PATH": str(tmp_path)})

    assert done.returncode == UsageError.exit_code
    assert "No shell that has `ssouse` is installed" in done.stderr


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 128 + signal.SIGTERM), (signal.SIGINT, 130)])
def test_a_tour_cut_short_leaves_nothing_behind(environ: dict[str, str], number: signal.Signals, status: int) -> None:
    """SIGTERM and Ctrl-C end the tour in its midst and clean up."""
    words = [*PROGRAM, "demo", "--tour"]
    with subprocess.Popen(words, env=environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as child:
        assert child.stdout
        assert any(line.startswith("== The profiles") for line in child.stdout)
        assert left_behind(environ)
        child.send_signal(number)
        child.stdout.read()
    assert child.returncode == status
    assert left_behind(environ) == []


def test_no_signal_cuts_the_cleaning_short(tmp_path: Path) -> None:
    """What comes after the first one is passed over: it would leave files of the demo behind."""
    script = (
        "import signal; from ssoenv.demo.stage import set_up\n"
        "with set_up({'PATH': ''}, auto_approve=True) as stage:\n"
        "    try:\n"
        "        signal.raise_signal(signal.SIGTERM)\n"
        "    finally:\n"
        "        for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):\n"
        "            signal.raise_signal(number)\n"
        "        (stage.home / 'at-the-end').touch()\n"
    )
    environ = {**os.environ, "TMPDIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", script], env=environ, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (128 + signal.SIGTERM, "")
    assert list(tmp_path.glob("ssoenv-*")) == []


def test_a_tour_cut_short_ends_what_its_shell_has_started(environ: dict[str, str], tmp_path: Path) -> None:
    """A program that the shell still waits for would write into a home that is gone."""
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    (tmp_path / "bin").mkdir()
    stand_in = tmp_path / "bin" / "bash"
    stand_in.write_text(f"#!{shutil.which('sh')}\n(echo runs; exec {shutil.which('sleep')} 1000) >{fifo}\n:\n")
    stand_in.chmod(0o755)
    words = [*PROGRAM, "demo", "--tour"]
    with subprocess.Popen(words, env={**environ, "PATH": str(tmp_path / "bin")}, stdout=subprocess.DEVNULL) as child:
        writer = os.open(fifo, os.O_RDONLY)
        assert os.read(writer, 5) == b"runs\n"
        child.terminate()
    os.set_blocking(writer, False)
    assert os.read(writer, 1) == b""  # nobody has it open, or this would raise BlockingIOError
    os.close(writer)
    assert left_behind(environ) == []


# --- the shell at a terminal ---


def answers(child: pexpect.spawn) -> None:
    """Wait until the shell takes a line again: at Ctrl-C fish throws away what was typed ahead, so one may be lost."""
    for _ in range(6):
        child.sendline("sh -c 'echo again:$((40 + 1))'")
        if child.expect_exact(["again:41", pexpect.TIMEOUT], timeout=10) == 0:
            return
    pytest.fail("the shell takes no line after Ctrl-C")


@pytest.mark.parametrize("shell", INTERACTIVE)
def test_the_demo_opens_a_shell_to_try_it_in(
    demo: Callable[..., pexpect.spawn], environ: dict[str, str], shell: str
) -> None:
    """It greets, switches, shows the profile in the prompt, survives Ctrl-C and leaves nothing behind."""
    child = demo(shell)
    child.expect_exact("the portal approves each login by itself")
    child.expect("The AWS access portal of the demo: (http://127.0.0.1:[0-9]+/start)\r")
    with urllib.request.urlopen(child.match[1]) as page:
        assert b"DeveloperAccount" in page.read()
    child.expect_exact("demo ~")
    child.sendline("sh -c 'echo own:${AWS_PROFILE-none}:${AWS_ENDPOINT_URL_STS#*:}:${SSOENV_CONFIG-none}'")
    child.expect("own:none://127.0.0.1:[0-9]{2,}:none")
    child.sendline("sh -c 'echo for Tab: $(grep -c dev-readonly ~/.cache/ssoenv/names)'")
    child.expect_exact("for Tab: 1")

    child.sendline("ssouse dev-readonly")
    child.expect_exact("dev-readonly · 123456789011")
    child.expect(SWITCHED)
    child.sendline("sh -c 'echo seen:$AWS_SSO_ACCOUNT_ID:${#AWS_SECRET_ACCESS_KEY}'")
    child.expect_exact("seen:123456789011:40")
    child.sendline("ssoenv status --verify")
    child.expect_exact("AWS agrees: arn:aws:sts::123456789011:assumed-role/AWSReservedSSO_ReadOnly_")

    child.expect(SWITCHED)
    child.send("half a line")
    child.expect_exact("half a line")
    child.sendintr()
    answers(child)
    child.sendline("sh -c 'echo sleeping:$((40 + 2)); exec sleep 1000'")
    child.expect_exact("sleeping:42")
    child.sendintr()
    answers(child)
    child.expect(SWITCHED)

    child.sendline("ssouse --off")
    child.expect("[\r\n]demo ~")
    child.sendline("false")
    child.expect("[\r\n]demo ~")
    child.sendline("exit")
    child.expect_exact("The demo is over")
    child.expect(pexpect.EOF)
    child.wait()
    assert (child.exitstatus, child.signalstatus) == (0, None)
    assert left_behind(environ) == []


@pytest.mark.parametrize(("shell", "export"), INTERACTIVE.items())
def test_the_prompt_runs_no_name(demo: Callable[..., pexpect.spawn], shell: str, export: str) -> None:
    """A name full of what shells and prompts expand is shown, and nothing else."""
    hostile = "$(touch a)`touch b`(touch c)%n\\w"
    child = demo(shell)
    child.expect_exact("demo ~")
    child.sendline(export.format(name="AWS_SSO_PROFILE", value=shlex.quote(hostile)))
    child.expect_exact(f"{hostile} keys ≠ label demo ~")
    child.sendline("sh -c 'echo files:$(ls):'")
    child.expect_exact("files::")
    child.sendline("exit")
    child.expect(pexpect.EOF)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_shell_and_cleans_up(
    demo: Callable[..., pexpect.spawn], environ: dict[str, str], number: signal.Signals
) -> None:
    """SIGTERM and SIGHUP take the shell, its jobs and the folder with them."""
    child = demo("bash")
    child.expect_exact("demo ~")
    child.sendline("sh -c 'echo pid:$PPID:; exec sleep 1000'")
    child.expect("pid:([0-9]+):")
    shell = int(child.match[1])
    os.kill(shell, 0)
    assert left_behind(environ)

    os.kill(child.pid, number)
    child.expect(pexpect.EOF)
    child.wait()
    assert child.exitstatus == 128 + number
    with pytest.raises(ProcessLookupError):
        os.kill(shell, 0)
    assert left_behind(environ) == []


def test_the_terminal_is_as_before(demo: Callable[..., pexpect.spawn], environ: dict[str, str], tmp_path: Path) -> None:
    """Even after a shell that changed the terminal and was killed, a script outside has it back in order."""
    outside = tmp_path / "outside"
    outside.write_text(
        "echo before:$(stty -g):\n"
        f"{shlex.quote(sys.executable)} -m ssoenv demo\n"
        "echo after:$?:$(stty -g):\n"
        "read -r line\n"
        "echo got:$line:\n"
    )
    child = demo("bash", "/bin/sh", str(outside))
    child.expect("before:([0-9a-f:]+):\r\n")
    modes = child.match[1]
    child.expect_exact("demo ~")
    child.sendline("stty -echo -icanon -isig; kill -9 $$")
    child.expect_exact(f"after:0:{modes}:")
    child.sendline("a line")
    child.expect_exact("got:a line:")
    child.expect(pexpect.EOF)
    assert left_behind(environ) == []


def test_a_browser_finds_its_own_home_and_allows(
    demo: Callable[..., pexpect.spawn], environ: dict[str, str], tmp_path: Path
) -> None:
    """Where a browser works it opens with the user's own home, and the login waits for Allow on the portal's page."""
    browser = tmp_path / "browser.py"
    browser.write_text(
        "import os, pathlib, sys, urllib.parse, urllib.request\n"
        "page, query = sys.argv[1].split('?')\n"
        "form = query + '&decision=approved'\n"
        "said = urllib.request.urlopen(page, form.encode()).read().decode()\n"
        f"pathlib.Path({str(tmp_path / 'said')!r}).write_text(os.environ['HOME'] + chr(10) + said)\n"
    )
    child = demo("bash", BROWSER=shlex.join([sys.executable, str(browser)]), no_proxy="example.com")
    child.expect_exact("press Allow there")
    child.expect_exact("demo ~")
    child.sendline("ssouse dev-readonly")
    child.expect(SWITCHED)
    child.sendline("echo except:$no_proxy:$NO_PROXY:")
    child.expect_exact("except:example.com,127.0.0.1:example.com,127.0.0.1:")
    child.sendline("exit")
    child.expect(pexpect.EOF)
    home, said = (tmp_path / "said").read_text().split("\n", 1)
    assert home == environ["HOME"]
    assert "Request approved" in said


# --- which shell ---


def test_the_shell_at_work_comes_first(environ: dict[str, str], tmp_path: Path) -> None:
    """The demo opens the shell at work, else the one in SHELL, else the first that is installed."""
    for name in ("bash", "zsh", "fish", "tcsh"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    on_path = {**environ, "PATH": str(tmp_path)}
    mine = tmp_path / "mine" / "zsh"
    mine.parent.mkdir()
    shutil.copy(tmp_path / "zsh", mine)

    def opened(at_work: str, default: str) -> str:
        return own_shell({**on_path, "SSOENV_SHELL": at_work, "SHELL": default})[1]

    assert opened("fish", str(mine)) == str(tmp_path / "fish")
    assert opened("zsh", str(mine)) == str(mine)
    assert opened("tcsh", str(mine)) == str(mine)
    assert opened("tcsh", "/bin/tcsh") == str(tmp_path / "bash")
    with pytest.raises(UsageError):
        own_shell({**on_path, "PATH": str(tmp_path / "none")})


def test_each_shell_with_a_wrapper_is_in_the_demo() -> None:
    """Each shell that has all of ssouse comes with the way to start it."""
    assert {start.name for start in STARTS} == {shell.name for shell in SHELLS.values() if shell.family}
