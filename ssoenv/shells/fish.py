"""fish."""

# ruff: noqa: D102 - Writer says what each method is for

import re

from ssoenv.shells.writer import Writer

_ESCAPED = re.compile(r"([^\0-\x7f]?)(['\\])")


class Fish(Writer):
    """Writes for fish."""

    def set(self, name: str, value: str) -> str:
        return f"set -gx {name} {self.quote(value)}"

    def unset(self, *names: str) -> str:
        # To remove what is not there fails, and `set` leaves that for the status of all.
        return f"set -eg {' '.join(names)}; true"

    def quote(self, value: str) -> str:
        # Unlike in sh, backslashes count between single quotes. In a locale such as zh_CN.GBK, fish before 4 takes a
        # backslash behind another byte than ASCII for the rest of a character; a quote is never taken so.
        return "'" + _ESCAPED.sub(_escape, value) + "'"


def _escape(found: re.Match[str]) -> str:
    before, character = found.groups()
    return rf"{before}'\{character}'" if before else rf"\{character}"
