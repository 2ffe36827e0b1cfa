"""tcsh and csh."""

# ruff: noqa: D102 - Writer says what each method is for

import re

from ssoenv.shells.writer import Writer


class Tcsh(Writer):
    """Writes for tcsh. Its lines bear being joined to one, as ``eval "`ssoenv use NAME`"`` does; a # would end all."""

    def comment(self, text: str) -> str:
        return f": {text};"

    def set(self, name: str, value: str) -> str:
        return f"setenv {name} {self.quote(value)};"

    def unset(self, *names: str) -> str:
        return "\n".join(f"unsetenv {name};" for name in names)

    def quote(self, value: str) -> str:
        if not value.isascii():
            # Outside of UTF-8 locales tcsh 6.24 loses bytes near each 4096th of what it takes from a program, where
            # they are not ASCII: a lost quote would make the rest of a value a command.
            raise ValueError("tcsh reads other characters than ASCII wrongly")
        # History is expanded in single quotes, too; and backslashes count there if the user has set backslash_quote.
        return "'" + re.sub(r"(['\\!])", r"'\\\1'", value) + "'"
