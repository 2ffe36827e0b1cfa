"""nushell."""

# ruff: noqa: D102 - Writer says what each method is for

from ssoenv.shells.writer import Writer


class Nushell(Writer):
    """Writes for nushell."""

    def set(self, name: str, value: str) -> str:
        return f'load-env {{"{name}": {self.quote(value)}}}'

    def unset(self, name: str) -> str:
        return f"hide-env -i {name}"

    def quote(self, value: str) -> str:
        # Only $"…" is expanded. Single quotes have no escapes at all.
        return '"' + value.replace("\\", r"\\").replace('"', r"\"") + '"'
