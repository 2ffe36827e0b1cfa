"""The inventory for a command: as it was last listed, or listed now before the user's eyes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

from ssoenv.cli import messages
from ssoenv.context import Context
from ssoenv.text import duration

if TYPE_CHECKING:
    from rich.progress import Progress

    from ssoenv.inventory import Inventory


def find(named: str | None, context: Context, *, refresh: bool) -> Inventory:
    """Return the inventory of the session that *named* means, and say how old it is; list it if asked or needed.

    An old one is returned at once, and listed anew in the background.
    """
    from ssoenv import completion_names, inventory, sessions
    from ssoenv.aws import config

    aws_config = config.load(context)
    session = sessions.find(named, aws_config, context, among=sessions.portals)
    found = None if refresh else inventory.read(session, context)
    if found is None:
        with Bar(context) as bar:
            found = inventory.refresh(session, context, bar.update)
        completion_names.refresh(aws_config, context, with_regions=True)
        return found
    age = found.age(context.now())
    messages.say(f"As of {duration(age)} ago; --refresh lists anew." if age >= 60 else "As of just now.")
    if age > inventory.OLD_AFTER:
        inventory.refresh_in_background(session, context)
    return found


@contextmanager
def listing_bar(context: Context) -> Iterator[Bar]:
    """Hand out a `Bar`. If accounts were listed, Tab knows their roles in the end, also after an error."""
    bar = Bar(context)
    try:
        with bar:
            yield bar
    finally:
        if bar.listed:
            from ssoenv import completion_names
            from ssoenv.aws import config

            completion_names.refresh(config.load(context), context)


class Bar:
    """The progress of a listing on stderr, where it can be redrawn; else one line, and only if AWS slows it down."""

    def __init__(self, context: Context) -> None:
        self._redraws = context.show is not None
        self._drawn: Progress | None = None
        self.listed = False
        """Whether accounts were listed."""
        self._told = False
        self._started = (0, 0.0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_raised: object) -> None:
        if self._drawn:
            self._drawn.stop()

    def update(self, done: int, total: int, refused: int) -> None:
        """Show that *done* accounts of *total* are read, and whether AWS has *refused* requests for their rate."""
        self.listed = True
        if self._redraws:
            self._draw(done, total, refused)
        elif refused and not self._told:
            self._told = True
            messages.say(f"AWS is rate-limiting; {done}/{total} accounts read.")

    def _draw(self, done: int, total: int, refused: int) -> None:
        # Loaded here: a terminal that nothing is drawn on needs no rich.
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn

        count = f"AWS is rate-limiting; {done}/{total} accounts read" if refused else f"Accounts {done}/{total}"
        if self._drawn is None:
            self._started = (done, time.monotonic())
            columns = (TextColumn("{task.description}", markup=False), BarColumn(bar_width=20))
            self._drawn = Progress(*columns, console=Console(stderr=True), transient=True)
            self._drawn.add_task(count, total=total)
            self._drawn.start()
        before, started = self._started
        left = ""
        if done > before:
            seconds = (time.monotonic() - started) / (done - before) * (total - done)
            left = f" · {round(seconds)} s left" if seconds < 100 else f" · {duration(seconds)} left"
        self._drawn.update(self._drawn.task_ids[0], completed=done, description=count + left)
