"""xonsh."""

# ruff: noqa: D102 - Writer says what each method is for

from ssoenv.shells.writer import Writer


class Xonsh(Writer):
    """Writes for xonsh, whose words are Python's."""

    def set(self, name: str, value: str) -> str:
        return f"${name} = {self.quote(value)}"

    def unset(self, name: str) -> str:
        # `del $N` complains when there is none.
        return f"${{...}}.pop({name!r}, None)"

    def quote(self, value: str) -> str:
        # Not repr: which characters that escapes differs between versions of Python.
        return ascii(value)
