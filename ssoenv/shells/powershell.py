"""PowerShell: pwsh, and Windows PowerShell 5.1."""

# ruff: noqa: D102 - Writer says what each method is for

import re

from ssoenv.shells.writer import Writer


class PowerShell(Writer):
    """Writes for PowerShell, where before version 7.5 an empty variable is none.

    On Windows it reads what a program prints in the console's code page, and 5.1 a file in another one: there, bytes of
    UTF-8 can be a quote. *is_ascii* writes none but ASCII, in a form that a wrapper refuses.
    """

    def __init__(self, *, is_ascii: bool = False) -> None:
        self.is_ascii = is_ascii

    def in_any_encoding(self) -> Writer:
        return PowerShell(is_ascii=True)

    def set(self, name: str, value: str) -> str:
        return f"$env:{name} = {self.quote(value)}"

    def unset(self, *names: str) -> str:
        return "\n".join(f"$env:{name} = $null" for name in names)

    def quote(self, value: str) -> str:
        if self.is_ascii and not value.isascii():
            parts = re.findall("[\0-\x7f]+|[^\0-\x7f]", value)
            return f"(-join ({', '.join(map(_in_ascii, parts))}))"
        # The parser takes each of these typographic quotes for a single quote, too.
        return "'" + re.sub("(['\u2018-\u201b])", r"\1\1", value) + "'"


def _in_ascii(part: str) -> str:
    """Return *part*, which is of ASCII or one other character, which can be two for PowerShell."""
    if part.isascii():
        return PowerShell().quote(part)
    units = part.encode("utf-16-be")
    return ", ".join(f"[char]0x{units[at : at + 2].hex()}" for at in range(0, len(units), 2))
