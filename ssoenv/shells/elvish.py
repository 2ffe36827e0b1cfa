"""elvish."""

# ruff: noqa: D102 - Writer says what each method is for

from ssoenv.shells.writer import Writer


class Elvish(Writer):
    """Writes for elvish."""

    def set(self, name: str, value: str) -> str:
        return f"set-env {name} {self.quote(value)}"

    def unset(self, *names: str) -> str:
        return "\n".join(f"unset-env {name}" for name in names)

    def quote(self, value: str) -> str:
        return "'" + value.replace("'", "''") + "'"
