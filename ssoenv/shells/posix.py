"""sh, bash, zsh."""

# ruff: noqa: D102 - Writer says what each method is for

from ssoenv.shells.writer import Writer


class Posix(Writer):
    """Writes for sh and its heirs; *prefix* is ``builtin `` where the shell has that word.

    A user's function named ``export`` would stand in for the bare word. dash has no ``builtin``, but lets nobody
    redefine ``export``.
    """

    def __init__(self, prefix: str = "") -> None:
        self.prefix = prefix

    def set(self, name: str, value: str) -> str:
        return f"{self.prefix}export {name}={self.quote(value)}"

    def unset(self, *names: str) -> str:
        # Without -v, bash removes a function of that name where there is no variable.
        return f"{self.prefix}unset -v {' '.join(names)}"

    def quote(self, value: str) -> str:
        return "'" + value.replace("'", r"'\''") + "'"
