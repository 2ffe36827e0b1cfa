"""How things are timed: in turn with their references, so that a machine whose speed drifts is fair to all."""

from __future__ import annotations

import math
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ssoenv.errors import SsoenvError
from ssoenv.text import printable


class NotMeasured(Exception):
    """Something can't be measured here; the text says why."""


FAILURES = (NotMeasured, OSError, subprocess.SubprocessError, SsoenvError)
"""What is reported in the place of a figure, while the rest is still measured."""


PACE = 52
"""Milliseconds that a Python which imports asyncio takes on the machine that targets in milliseconds are meant for: two
slow cores, on which bash takes 1,000 turns of an empty loop in 1.4."""


@dataclass(frozen=True)
class Target:
    """What a figure should be *at most*: milliseconds, or against a reference a ratio or milliseconds added."""

    most: float
    unit: Literal["ms", "×", "ms added"] = "ms"

    def __str__(self) -> str:
        return f"≤ {self.most:g} {self.unit}"


@dataclass(frozen=True)
class Task:
    """Something to time: *run* returns the milliseconds that it took, *setup* is not timed."""

    name: str
    run: Callable[[], float]
    target: Target | None = None
    setup: Callable[[], object] = lambda: None


@dataclass(frozen=True)
class Figure:
    """A median and its noise, which is half of the range that holds the middle half of the rounds.

    *there* is what milliseconds come to on the machine that targets are meant for.
    """

    median: float
    noise: float = 0.0
    there: float = math.nan

    @classmethod
    def of(cls, values: Sequence[float], paces: Sequence[float] = ()) -> Figure:
        """Return the figure of one value a round, in which things took so many times as long as *there*."""
        first, median, third = statistics.quantiles(values, n=4, method="inclusive") if len(values) > 1 else values * 3
        reduced = [value / pace for value, pace in zip(values, paces, strict=False)]
        return cls(median, (third - first) / 2, statistics.median(reduced) if reduced else math.nan)


@dataclass(frozen=True)
class Against:
    """A reference of the same rounds: its time (ms), how many times that the task took, and how much longer (ms)."""

    name: str
    time: Figure
    ratio: Figure
    added: Figure
    target: Target | None = None


@dataclass(frozen=True)
class Row:
    """What a task took (ms), and what its references took."""

    name: str
    time: Figure
    against: tuple[Against, ...]
    target: Target | None = None


def compare(task: Task, *references: Task, rounds: int) -> Iterator[Row | str]:
    """Time *task* and its *references* in turn, and yield the row; and a sentence for each that can't be measured."""
    able = []
    for each in (task, *references):
        try:
            _time(each)  # a first round, which does not count
        except FAILURES as reason:
            yield f"{each.name}: not measured. {reason}"
        else:
            able.append(each)
    if task not in able:
        return
    start = process([sys.executable, "-I", "-S", "-c", "import asyncio"], os.environ, Path.cwd())
    able.append(Task("the machine", start))
    times = [[_time(each) for each in able] for _ in range(rounds)]
    own, *others, starts = zip(*times, strict=True)
    paces = [start / PACE for start in starts]
    against = tuple(_against(*pair, own, paces) for pair in zip(able[1:-1], others, strict=True))
    yield Row(task.name, Figure.of(own, paces), against, task.target)


def _against(reference: Task, times: Sequence[float], own: Sequence[float], paces: Sequence[float]) -> Against:
    pairs = list(zip(own, times, strict=True))
    ratio, added = [mine / theirs for mine, theirs in pairs], [mine - theirs for mine, theirs in pairs]
    return Against(reference.name, Figure.of(times), Figure.of(ratio), Figure.of(added, paces), reference.target)


def _time(task: Task) -> float:
    task.setup()
    return task.run()


_LONGEST = 200  # characters of what a program says of its fault


def process(
    command: Sequence[str | Path], environ: Mapping[str, str], cwd: Path, *, prints: bytes = b""
) -> Callable[[], float]:
    """Return what runs a whole process, without a terminal, and returns the milliseconds that it took.

    What it says must hold *prints*: some programs end well though they did not do what they were asked to.
    """
    name = Path(command[0]).name

    def run() -> float:
        started = time.perf_counter()
        done = subprocess.run(
            command,
            env=environ,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            start_new_session=True,  # no terminal, wherever this runs
            timeout=120,
            check=False,
        )
        taken = (time.perf_counter() - started) * 1000
        if done.returncode:
            last = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
            raise NotMeasured(f"`{name}` failed with {done.returncode}: {printable(last)[:_LONGEST]}")
        if prints not in done.stdout:
            raise NotMeasured(f"`{name}` did not fail, but printed no {prints.decode()}…")
        return taken

    return run
