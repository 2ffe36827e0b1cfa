"""What was measured, as a table in Markdown and as a plot in SVG."""

from __future__ import annotations

import itertools
import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from measuring import PACE, Against, Figure, Row, Target

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_HEAD = """\
# What things cost

Made by `python tests/bench` on {machine}. Each line is measured in turn with its reference, in {rounds} rounds or more.
Times are medians of the rounds, in milliseconds; ± is half of the range that holds the middle half of them; a ratio is
the median of the rounds' ratios. Times depend on the machine, ratios hardly do: so a target in milliseconds is meant
for one machine, with two slow cores, on which a Python that imports asyncio takes {pace} ms. "There" is what a line
comes to on that one: each round is divided by how many times as long such a Python took in it.

![A line for each task, with its time and those of its references](results.svg)
"""
_COLUMNS = ("what", "ms", "against", "its ms", "ratio", "target")
_RULE = ("---", "---:", "---", "---:", "---:", "---")


@dataclass(frozen=True)
class Group:
    """What one module has measured: rows, and sentences about what it could not measure."""

    title: str
    about: str
    rows: Sequence[Row]
    notes: Sequence[str]


def markdown(groups: Sequence[Group], rounds: int) -> str:
    """Return the page."""
    parts = [_HEAD.format(rounds=rounds, machine=_machine(), pace=PACE)]
    for group in groups:
        parts.append(f"## {group.title}\n\n{group.about}\n")
        if group.rows:
            lines = [_COLUMNS, _RULE, *(line for row in group.rows for line in _lines(row))]
            parts.append("".join(f"| {' | '.join(line)} |\n" for line in lines))
        parts.extend(f"{note}\n" for note in group.notes)
    return "\n".join(parts)


def _machine() -> str:
    return f"{os.cpu_count()} cores ({platform.system()} {platform.machine()}, Python {platform.python_version()})"


def _lines(row: Row) -> list[tuple[str, ...]]:
    """Return a line for each reference; the task and its own target stand in the first."""
    own = (row.name, _figure(row.time))
    return [
        (
            *(own if first else ("", "")),
            against.name,
            _figure(against.time),
            _figure(against.ratio),
            "; ".join(_targets(row, against, first=first)),
        )
        for first, against in ((against is row.against[0], against) for against in row.against)
    ]


def _targets(row: Row, against: Against, *, first: bool) -> list[str]:
    figures = {"×": against.ratio, "ms added": against.added}
    targets = []
    if first and row.target:
        targets.append(_verdict(row.target, row.time))
    if against.target:
        figure = figures[against.target.unit]
        shown = f" ({figure.median:+.1f} ± {figure.noise:.1f} ms)" if against.target.unit == "ms added" else ""
        targets.append(_verdict(against.target, figure) + shown)
    return targets


def _verdict(target: Target, figure: Figure) -> str:
    value, shown = (figure.median, "") if target.unit == "×" else (figure.there, f" {figure.there:.2f} there,")
    return f"{target}:{shown} {'met' if value <= target.most else '**missed**'}"


def _figure(figure: Figure) -> str:
    digits = sum(figure.median < limit for limit in (1, 10, 100))
    noise = f" ± {figure.noise:,.{digits}f}" if figure.noise else ""
    return f"{figure.median:,.{digits}f}{noise}"


def plot(groups: Sequence[Group], file: Path) -> None:
    """Write the plot: a line for each task, with its time and its references'. The same figures make the same file."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams.update({"svg.hashsalt": "ssoenv", "svg.fonttype": "none", "font.size": 8})
    from matplotlib import pyplot

    shown = [group for group in groups if group.rows]
    heights = [len(group.rows) + 3 for group in shown]  # a title, an axis and a margin are as high as three lines
    figure, grid = pyplot.subplots(
        len(shown), 1, figsize=(9, 0.2 * sum(heights)), height_ratios=heights, layout="constrained", squeeze=False
    )
    for axes, group in zip(grid[:, 0], shown, strict=True):
        _draw(axes, group)
    grid[-1, 0].set_xlabel("milliseconds")
    figure.savefig(file, metadata={"Date": None})
    pyplot.close(figure)


def _draw(axes: Axes, group: Group) -> None:
    """Draw the lines of one group, each reference by a mark of its own."""
    from matplotlib.ticker import LogLocator, NullFormatter

    lines = range(len(group.rows))
    names = dict.fromkeys(against.name for row in group.rows for against in row.against)
    for name, mark in zip(names, itertools.cycle("osD^vX"), strict=False):
        points = [(a.time.median, line) for line in lines for a in group.rows[line].against if a.name == name]
        axes.scatter(
            *zip(*points, strict=True),
            marker=mark,
            s=18,
            facecolors="none",
            edgecolors="0.45",
            label=name.replace("`", ""),
        )
    times = [row.time for row in group.rows]
    noise = [time.noise for time in times]
    axes.errorbar([time.median for time in times], lines, xerr=noise, fmt="o", ms=5, color="tab:blue", label="ssoenv")
    goals = [
        (row.target.most * row.time.median / row.time.there, line) for line, row in enumerate(group.rows) if row.target
    ]
    if goals:
        axes.scatter(*zip(*goals, strict=True), marker="|", s=70, color="tab:green", label="target")
    axes.set_xscale("log")
    low, high = axes.get_xlim()
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if high < 100 * low else (1,)))
    axes.xaxis.set_major_formatter("{x:,g}")
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_yticks(lines, [row.name.replace("`", "") for row in group.rows])
    axes.set_ylim(len(lines) - 0.5, -0.5)
    axes.set_title(group.title, loc="left", fontsize=9, fontweight="bold")
    axes.grid(axis="x", color="0.9")
    axes.set_axisbelow(True)
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False, fontsize=7)
