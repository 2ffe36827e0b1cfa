"""Where a line is broken to fit the terminal: never inside of what is typed or copied as it stands."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from ssoenv.aws.config import VARIABLES
from ssoenv.text import printable, width

# What is typed as it stands, and so never broken: a command after a colon or another command, up to the end of its
# sentence; what stands in backticks; a line of a settings file.
_WORD = r"""(?:"[^"]*"|'[^']*'|[^\s"'])+?"""
_COMMAND = (
    r"(?:(?<=: )(?<!\Assoenv: )|(?<=, )|(?<=\bor ))(?:ssoenv|ssouse|aws|ssh|eval|pip|--[a-z-]+)\b"
    rf"(?: (?![.(]){_WORD})*?(?=[.,)]+(?: |$)| [.(]|$)"
)
_WHOLE = (_COMMAND, "`[^`]*`", r"\w+ = \S+")

# A longer line is not wrapped: to find what must stay whole takes time that grows faster than the line.
_LONGEST = 2000


def wrapped(line: str, room: int) -> Iterator[str]:
    """Yield *line* in lines of *room* columns, broken between words; one that is indented stays."""
    if line.startswith(" ") or len(line) > _LONGEST:
        yield line
        return
    # A path with a blank in it can be told from words only if it is known.
    named = (os.environ.get(name, "") for name in ("SSOENV_CONFIG", *VARIABLES))
    paths = [str(Path.home()), *named, *sys.argv[1:]]
    whole = "|".join([*_WHOLE, *(re.escape(printable(path)) for path in paths if " " in path)])
    row = ""
    for piece in re.findall(rf"\S*?(?:{whole})\S*|\S+", line):
        if row and width(f"{row} {piece}") > room:
            yield row
            row = piece
        else:
            row = f"{row} {piece}".lstrip()
    yield row
