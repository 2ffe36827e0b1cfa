"""PowerShell: pwsh, and Windows PowerShell 5.1."""

# ruff: noqa: D102 - Writer says what each method is for

import re

from ssoenv.shells.writer import Writer


class PowerShell(Writer):
    """Writes for PowerShell, where before version 7.5 an empty variable is none."""

    def set(self, name: str, value: str) -> str:
        return f"$env:{name} = {self.quote(value)}"

    def unset(self, *names: str) -> str:
        return "\n".join(f"$env:{name} = $null" for name in names)

    def quote(self, value: str) -> str:
        # The parser takes each of these typographic quotes for a single quote, too.
        return "'" + re.sub("(['\u2018-\u201b])", r"\1\1", value) + "'"
