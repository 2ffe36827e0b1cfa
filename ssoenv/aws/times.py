"""Times as the AWS CLI and the SDKs write them into their files."""

from datetime import UTC, datetime
from typing import Any

# From 1971 up to 9998: no conversion of such a time, to whatever zone on whatever system, can fail.
_FIRST = datetime(1971, 1, 1, tzinfo=UTC).timestamp()
_LAST = datetime(9998, 12, 31, 23, 59, 59, tzinfo=UTC).timestamp()


def parse_time(text: str) -> float:
    """Return POSIX seconds of an ISO 8601 time; raise ValueError if it is none in the years 1971 to 9998.

    Old versions of the AWS CLI end it in ``UTC``, the SDK for JavaScript adds milliseconds. A time without a zone is
    taken as UTC.
    """
    time = datetime.fromisoformat(text.removesuffix("UTC") + "Z" if text.endswith("UTC") else text)
    return checked((time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp())


def checked(seconds: Any) -> float:
    """Return POSIX *seconds* if they are a time in the years 1971 to 9998; raise ValueError or TypeError otherwise."""
    if not _FIRST <= seconds <= _LAST:
        raise ValueError("the time is too far away")
    return float(seconds)


def format_time(seconds: float) -> str:
    """Return POSIX *seconds* as ``YYYY-MM-DDTHH:MM:SSZ``, the one form that every SDK reads.

    A time that `parse_time` would refuse becomes the nearest that it takes.
    """
    return datetime.fromtimestamp(int(min(max(seconds, _FIRST), _LAST)), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
