"""The tour: the main job, played in each installed shell and proven there by STS."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from ssoenv.demo.mark import MARK
from ssoenv.demo.stage import Stage, set_up
from ssoenv.demo.starts import STARTS, Start
from ssoenv.errors import UsageError
from ssoenv.running import signals
from ssoenv.text import printable


@dataclass(frozen=True)
class Step:
    """A line to type, and its proof.

    *identity* is part of what STS must answer. *back_to* is an earlier step, counted from 1 and 0 for the start, after
    which the environment was the same. *note* says what that proves.
    """

    line: str
    identity: str = ""
    back_to: int | None = None
    note: str = ""


_VERIFY = "ssoenv status --verify"
_STEPS = (
    Step("ssouse dev-readonly"),
    Step(_VERIFY, identity="arn:aws:sts::123456789011:assumed-role/AWSReservedSSO_ReadOnly_"),
    Step("ssouse prod-admin --region eu-west-1"),
    Step(_VERIFY, identity="arn:aws:sts::123456789022:assumed-role/AWSReservedSSO_AdministratorAccess_"),
    Step("ssouse -", back_to=1, note="# each variable is what it was after the first switch"),
    Step("ssouse --off", back_to=0, note="# each variable is what it was before the first switch"),
)
# There before the first switch, which must bring it back.
_OWN_REGION = {"AWS_REGION": "ap-southeast-2"}

# A shell that takes longer than so many seconds hangs.
_LIMIT = 60


@dataclass(frozen=True)
class Outcome:
    """What became of a step: what was *printed*, the exit *status*, the *environment* after it as a fingerprint."""

    printed: list[str]
    status: str
    environment: str


def play(environ: Mapping[str, str], write: Callable[[str], None]) -> list[str]:
    """Play the tour to *write*; return the shells in which a proof failed. Raise UsageError if there are no shells."""
    played: list[str] = []
    failed: list[str] = []
    with set_up(environ, auto_approve=True) as stage:
        stage.install(MARK, "ssoenv.demo.mark")
        write("A tour of ssoenv in a throw-away home, and an AWS access portal on this machine.\n")
        write(f"While it plays, a browser finds the portal at {stage.portal.url}/start\n")
        write("\n== Log in once; this portal approves it by itself\n")
        _show(write, "ssoenv login --no-browser", _ssoenv(stage, "login", "--no-browser"))
        write("\n== The profiles of ~/.aws/config\n")
        _show(write, "ssoenv list", _aligned(_ssoenv(stage, "list")))
        for start in STARTS:
            program = start.find(environ)
            write(f"\n== {start.name}{'' if program else ': not installed here'}\n")
            if program:
                played.append(start.name)
                if not _play_in(start, program, stage, write):
                    failed.append(start.name)
    if not played:
        raise UsageError("No shell that has `ssouse` is installed here.", "Install bash, zsh, fish or PowerShell.")
    if failed:
        write(f"\nFAILED in {', '.join(failed)}, of {', '.join(played)}.\n")
    else:
        write(f"\nProven in {', '.join(played)}. Nothing of the tour is left behind.\n")
    return failed


def _ssoenv(stage: Stage, *words: str) -> list[str]:
    return _run([shutil.which("ssoenv", path=stage.environ["PATH"]) or "ssoenv", *words], stage)


def _run(words: list[str], stage: Stage) -> list[str]:
    """Run a program to its end and return the lines that it printed."""
    try:
        with signals.ended_child(partial(_start, words, stage), _end) as child:
            printed, _ = child.communicate(timeout=_LIMIT)
    except (OSError, subprocess.TimeoutExpired) as error:
        return [str(error)]
    return printed.splitlines()


def _start(words: list[str], stage: Stage) -> subprocess.Popen[str]:
    return subprocess.Popen(
        words,
        env={**stage.environ, **_OWN_REGION},
        cwd=stage.home,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    )


def _end(child: subprocess.Popen[str]) -> None:
    """End *child*, if it still runs, with all that it has started: they would write into a home that is gone."""
    if child.returncode is None:
        if sys.platform == "win32":
            child.kill()
        else:
            os.killpg(child.pid, signal.SIGKILL)
        child.communicate()  # until the last of them has let go of the pipe


def _play_in(start: Start, program: str, stage: Stage, write: Callable[[str], None]) -> bool:
    """Play the steps in one shell, show them, and tell whether each proof holds."""
    mark = f"{MARK} {start.status}"
    script = stage.home / f"tour{'.ps1' if start.name == 'powershell' else ''}"
    start.write(script, start.load_line(), f"{MARK} 0", *(line for step in _STEPS for line in (step.line, mark)))
    lines = _run([program, *start.script, str(script)], stage)
    outcomes = list(_outcomes(lines))
    for number, step in enumerate(_STEPS, start=1):
        if number >= len(outcomes):
            _show(write, step.line, ["FAILED: the shell did not come that far.", *lines[-5:]])
            return False
        outcome = outcomes[number]
        wrong = _fault(step, outcome, outcomes)
        # Of a proof that holds, what STS answered is enough.
        shown = outcome.printed[-1:] if step.identity and not wrong else outcome.printed
        _show(write, step.line, [*shown, f"FAILED: {wrong}" if wrong else step.note])
        if wrong:
            return False
    return True


def _outcomes(lines: list[str]) -> Iterator[Outcome]:
    """Return what came of loading the wrapper, and of each step."""
    printed: list[str] = []
    for line in lines:
        if line.startswith(MARK + " "):
            _, status, environment = line.split()
            yield Outcome(printed, status, environment)
            printed = []
        else:
            printed.append(line)


def _fault(step: Step, outcome: Outcome, outcomes: list[Outcome]) -> str:
    """Return what the proof lacks, or nothing."""
    if outcome.status != "0":
        return f"it ended with status {outcome.status}."
    if step.identity not in "\n".join(outcome.printed):
        return f"STS did not answer {step.identity}…"
    if step.back_to is not None and outcome.environment != outcomes[step.back_to].environment:
        return "the environment is another one."
    return ""


def _show(write: Callable[[str], None], line: str, printed: list[str]) -> None:
    """Write a typed line and what was printed, broken to fit a terminal of 80 columns."""
    fill = textwrap.TextWrapper(80, subsequent_indent="  ", break_on_hyphens=False).fill
    write("".join(f"{text}\n" for text in (f"$ {line}", *(fill(printable(text)) for text in printed)) if text))


def _aligned(lines: list[str]) -> list[str]:
    """Return *lines*, whose cells are parted by tabs, as a table."""
    rows = [line.split("\t") for line in lines]
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=False)]
    return ["  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=False)).rstrip() for row in rows]
