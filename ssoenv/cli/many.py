"""One command in many targets: its lines as they come, the progress, and how it ended."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing

from ssoenv import finding
from ssoenv.aws import regions
from ssoenv.cli import messages
from ssoenv.cli.listing import listing_bar
from ssoenv.context import Context
from ssoenv.errors import SsoenvError
from ssoenv.running import signals
from ssoenv.running.environments import environments
from ssoenv.running.parallel import End, Line, Runs
from ssoenv.running.selection import select
from ssoenv.targets import Target
from ssoenv.text import printable

# Those that can be read on dark and on light.
_COLOURS = (36, 33, 32, 35, 34, 31)


def choose(names: Sequence[str], globs: Sequence[str], region: str | None, context: Context) -> list[Target]:
    """Return the targets that *names* and *globs* mean. Raise what `select` raises."""
    if region:
        regions.warn_of_unknown(region, context)
    with listing_bar(context) as bar:
        found = select(names, globs, context, bar.update)
    return [finding.with_region(each, region, context) for each in found]


def run(
    targets: Sequence[Target],
    path: str,
    words: Sequence[str],
    jobs: int,
    context: Context,
    *,
    profile_mode: bool,
    as_json: bool,
) -> int:
    """Run the command in all *targets* and return the exit code for it all."""
    show = context.show or (lambda _line: None)
    runs = Runs(path, words, environments(targets, context, profile_mode=profile_mode))
    ended: list[End] = []
    with closing(runs.events(targets, jobs)) as events:
        for event in events:
            if event is None:
                show(_progress(runs, ended, targets))
                continue
            if isinstance(event, End):
                ended.append(event)
            if as_json:
                messages.pass_on(_as_json(event))
            elif isinstance(event, Line):
                messages.pass_on(_prefixed(event, targets), to_stderr=event.stream == "stderr")
    done = [end for end in ended if end.outcome == 0]
    for end in ended:
        if end.outcome != 0:
            messages.say(f"{end.target.name}: {_told(end)}")
    messages.say(f"Exit code 0 in {len(done)} of {len(targets)}.")
    if runs.signal is not None:
        return 128 + runs.signal
    return 0 if len(done) == len(targets) else messages.CHECK_FAILED


def _progress(runs: Runs, ended: Sequence[End], targets: Sequence[Target]) -> str:
    failed = sum(end.outcome != 0 for end in ended)
    running = runs.running
    names = ", ".join(target.name for target in targets if target in running)
    parts = [
        f"{len(ended)}/{len(targets)} done",
        f"{failed} failed" if failed else "",
        f"stopping {names}" if runs.signal is not None else names,
    ]
    return " · ".join(filter(None, parts))


def _prefixed(line: Line, targets: Sequence[Target]) -> bytes:
    prefix = f"{printable(line.target.name)} | "
    if messages.has_colours(to_stderr=line.stream == "stderr"):
        colour = _COLOURS[targets.index(line.target) % len(_COLOURS)]
        prefix = f"\x1b[0;{colour}m{prefix}\x1b[0m"  # 0 first: the line before may have left a colour
    return prefix.encode() + line.data + (b"" if line.data.endswith(b"\n") else b"\n")


def _as_json(event: Line | End) -> bytes:
    target = event.target
    about: dict[str, object] = {"profile": target.name, "account_id": target.account_id, "role_name": target.role_name}
    if isinstance(event, Line):
        text = event.data.decode(errors="replace").removesuffix("\n").removesuffix("\r")
        entry = {**about, "stream": event.stream, "line": text}
    elif isinstance(event.outcome, int):
        entry = {**about, "exit_code": event.outcome if event.outcome >= 0 else 128 - event.outcome}
    else:
        entry = {**about, "exit_code": None, "error": _told(event)}
    return json.dumps(entry).encode() + b"\n"


def _told(end: End) -> str:
    """Return how it ended, in words."""
    if end.outcome is None:
        return "not started."
    if isinstance(end.outcome, SsoenvError):
        return f"not started. {end.outcome}"
    if end.outcome < 0:
        return f"ended by {signals.name_of(-end.outcome)}."
    return f"exit code {end.outcome}."
