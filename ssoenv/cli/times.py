"""Times and durations, as the user reads and types them."""

from __future__ import annotations

import re
from datetime import datetime

from ssoenv.errors import UsageError
from ssoenv.text import duration

_UNITS = {"": 60, "s": 1, "m": 60, "h": 3600, "d": 86400}


def clock(seconds: float, now: float) -> str:
    """Return the POSIX time *seconds* by the local clock, with what is left: ``18:05 (7 h 5 min left)``."""
    there = datetime.fromtimestamp(seconds).astimezone()
    today = datetime.fromtimestamp(now).astimezone().date()
    day = "" if there.date() == today else f"{there:%Y-%m-%d} "
    return f"{day}{there:%H:%M} ({duration(seconds - now)} left)"


def parse_duration(text: str) -> float:
    """Return the seconds of ``30m``, ``90s``, ``1h``, ``2d``; a bare number is minutes. Raise UsageError."""
    match = re.fullmatch(r"([0-9]{1,9})([smhd]?)", text)
    if not match:
        raise UsageError(f"{text!r} is no duration.", "Write it as 90s, 30m, 1h or 2d.")
    return int(match[1]) * _UNITS[match[2]]


def parse_lifetime(text: str | None) -> float | None:
    """Return the seconds that an endpoint is to live, as `parse_duration` reads them; None where nobody says.

    Raise UsageError for none at all, too.
    """
    seconds = None if text is None else parse_duration(text)
    if seconds == 0:
        raise UsageError(f"--for {text} would end the endpoint at once.", "Write it as 30m or 8h, or leave it out.")
    return seconds
