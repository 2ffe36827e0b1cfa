"""fish."""

# ruff: noqa: D102 - Writer says what each method is for

from ssoenv.shells.writer import Writer


class Fish(Writer):
    """Writes for fish."""

    def set(self, name: str, value: str) -> str:
        return f"set -gx {name} {self.quote(value)}"

    def unset(self, *names: str) -> str:
        # To remove what is not there fails, and `set` leaves that for the status of all.
        return f"set -eg {' '.join(names)}; true"

    def quote(self, value: str) -> str:
        # Unlike in sh, backslashes count between single quotes.
        return "'" + value.replace("\\", r"\\").replace("'", r"\'") + "'"
