"""Times as the AWS CLI and the SDKs write them into their files."""

from datetime import UTC, datetime


def parse_time(text: str) -> float:
    """Return POSIX seconds of an ISO 8601 time; raise ValueError if it is none.

    Old versions of the AWS CLI end it in ``UTC``, the SDK for JavaScript adds milliseconds. A time without a zone is
    taken as UTC.
    """
    time = datetime.fromisoformat(text.removesuffix("UTC") + "Z" if text.endswith("UTC") else text)
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()


def format_time(seconds: float) -> str:
    """Return POSIX *seconds* as ``YYYY-MM-DDTHH:MM:SSZ``, the one form that every SDK reads."""
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
