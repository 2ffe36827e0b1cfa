"""tcsh and csh."""

# ruff: noqa: D102 - Writer says what each method is for

import re

from ssoenv.shells.writer import Writer


class Tcsh(Writer):
    """Writes for tcsh. Its lines bear being joined to one, as ``eval "`ssoenv use NAME`"`` does; a # would end all.

    tcsh 6.24 itself loses bytes of backquoted output near each 4096th one if they are not ASCII and the locale is not
    UTF-8.
    """

    def comment(self, text: str) -> str:
        return f": {text};"

    def set(self, name: str, value: str) -> str:
        return f"setenv {name} {self.quote(value)};"

    def unset(self, name: str) -> str:
        return f"unsetenv {name};"

    def quote(self, value: str) -> str:
        # History is expanded in single quotes, too; and backslashes count there if the user has set backslash_quote.
        return "'" + re.sub(r"(['\\!])", r"'\\\1'", value) + "'"
