"""xonsh."""

# ruff: noqa: D102 - Writer says what each method is for

from ssoenv.shells.writer import Writer


class Xonsh(Writer):
    """Writes for xonsh, whose words are Python's."""

    def set(self, name: str, value: str) -> str:
        return f"${name} = {self.quote(value)}"

    def unset(self, *names: str) -> str:
        # `del $N` complains when there is none.
        return "\n".join(f"${{...}}.pop({name!r}, None)" for name in names)

    def quote(self, value: str) -> str:
        # Not repr: which characters that escapes differs between versions of Python.
        return ascii(value)
