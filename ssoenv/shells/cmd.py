"""cmd, the Windows command prompt: the snippet is a batch file, to be run by `call`."""

# ruff: noqa: D102 - Writer says what each method is for

from ssoenv.shells.writer import Writer

# cmd cuts a longer line off.
_LONGEST_LINE = 8191


class Cmd(Writer):
    """Writes for cmd, which can say less than the others. Expects delayed expansion to be off, as it is by default."""

    def comment(self, text: str) -> str:
        return f"@rem {text}"

    def set(self, name: str, value: str) -> str:
        line = f'@set "{name}={self.quote(value)}"'
        if len(line) > _LONGEST_LINE:
            raise ValueError("cmd takes no line that long")
        return line

    def unset(self, *names: str) -> str:
        return "\n".join(f'@set "{name}="' for name in names)

    def quote(self, value: str) -> str:
        if not value:
            raise ValueError("cmd has no empty variables")
        if '"' in value:
            raise ValueError("cmd can't quote a double quote")
        if not value.isascii():
            # The batch file is read in the console's code page, which is rarely UTF-8: the value would come out wrong.
            raise ValueError("cmd reads other characters than ASCII wrongly")
        return value.replace("%", "%%")
