"""What things cost, each against a reference in the same run: a table and a plot, which the README shows.

    python tests/bench [--quick] [--aws PROGRAM] [--peer COMMAND]... [GROUP]...

It takes about ten minutes, and with --quick less than three. Nothing fails when a target is missed: this is for people
to read. With GROUPs it measures these alone, and prints the table without writing it.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import inventory
import profiles
import programs
import prompts
import starts
import switches
import tab
from measuring import FAILURES, Row
from report import Group, markdown, plot
from world import World, world

_GROUPS = {
    "switches": switches,
    "prompts": prompts,
    "tab": tab,
    "starts": starts,
    "programs": programs,
    "profiles": profiles,
    "inventory": inventory,
}
_SLOW = "inventory"
_ROUNDS, _QUICK_ROUNDS = 15, 5


def main() -> None:
    """Measure what is asked for, say how far it is, and write or print what came of it."""
    options = _options()
    options.output.mkdir(parents=True, exist_ok=True)
    rounds = _QUICK_ROUNDS if options.quick else _ROUNDS
    names = options.group or [name for name in _GROUPS if not (options.quick and name == _SLOW)]
    with world(rounds=rounds, aws=options.aws, peers=options.peer) as there:
        groups = [_measure(name, there) for name in names]
    page = markdown(groups, rounds)
    print(page)
    if not options.group:
        options.output.joinpath("results.md").write_text(page, encoding="utf-8")
        plot(groups, options.output / "results.svg")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python tests/bench", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("group", nargs="*", choices=[[], *_GROUPS], metavar="GROUP", help=", ".join(_GROUPS))
    parser.add_argument("--quick", action="store_true", help=f"take few rounds, and leave out {_SLOW}")
    parser.add_argument("--aws", metavar="PROGRAM", help="the AWS CLI to compare with; by default the one on PATH")
    parser.add_argument(
        "--peer", metavar="COMMAND", action="append", default=[], help="compare a warm switch with this command, too"
    )
    parser.add_argument(
        "--output", type=Path, default=Path(__file__).parent, help="the folder for results.md and results.svg"
    )
    return parser.parse_args()


def _measure(name: str, there: World) -> Group:
    """Return what a group found. Whatever goes wrong is part of what it found."""
    group = _GROUPS[name]
    rows: list[Row] = []
    notes: list[str] = []
    try:
        for found in group.measure(there):
            (rows if isinstance(found, Row) else notes).append(found)
            print(f"{name}: {found.name if isinstance(found, Row) else found}", file=sys.stderr)
    except FAILURES as reason:
        notes.append(f"The rest was not measured. {reason}")
    return Group(group.TITLE, group.ABOUT, rows, notes)
