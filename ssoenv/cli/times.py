"""Times and durations, as the user reads and types them."""

from __future__ import annotations

import re
from datetime import datetime

from ssoenv.errors import UsageError
from ssoenv.text import duration

_UNITS = {"d": 86400, "h": 3600, "m": 60, "s": 1}


def clock(seconds: float, now: float) -> str:
    """Return the POSIX time *seconds* by the local clock, with what is left: ``18:05 (7 h 5 min left)``."""
    there = datetime.fromtimestamp(seconds).astimezone()
    today = datetime.fromtimestamp(now).astimezone().date()
    day = "" if there.date() == today else f"{there:%Y-%m-%d} "
    return f"{day}{there:%H:%M} ({duration(seconds - now)} left)"


def parse_duration(text: str) -> float:
    """Return the seconds of ``30m``, ``90s``, ``1h30m``, ``2d``; a bare number is minutes. Raise UsageError."""
    whole = f"{text}m" if text.isdecimal() else text
    match = re.fullmatch("".join(f"(?:([0-9]{{1,9}}){unit})?" for unit in _UNITS), whole)
    if not text or not match:
        raise UsageError(f"{text!r} is no duration.", "Write it as 90s, 30m, 1h30m or 2d.")
    return sum(int(count or 0) * seconds for count, seconds in zip(match.groups(), _UNITS.values(), strict=True))


def parse_lifetime(text: str | None) -> float | None:
    """Return the seconds that an endpoint is to live, as `parse_duration` reads them; None if *text* is.

    Raise UsageError for a duration of zero, too.
    """
    seconds = None if text is None else parse_duration(text)
    if seconds == 0:
        raise UsageError(f"--for {text} would end the endpoint at once.", "Write it as 30m or 8h, or leave it out.")
    return seconds
