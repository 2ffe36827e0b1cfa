"""nushell."""

# ruff: noqa: D102 - Writer says what each method is for

from ssoenv.shells.writer import Writer


class Nushell(Writer):
    """Writes for nushell."""

    def set(self, name: str, value: str) -> str:
        return f'load-env {{"{name}": {self.quote(value)}}}'

    def unset(self, *names: str) -> str:
        return "\n".join(f"hide-env -i {name}" for name in names)

    def quote(self, value: str) -> str:
        # Only $"…" is expanded. Single quotes have no escapes at all.
        return '"' + value.replace("\\", r"\\").replace('"', r"\"") + '"'
