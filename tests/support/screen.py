"""A terminal with a person at it: a program at a real pty, what its screen shows, and every byte it sent there."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence

import pexpect
import pyte

# Keys, as a terminal sends them.
UP, DOWN, PAGE_UP, PAGE_DOWN, HOME, END = "\x1b[A", "\x1b[B", "\x1b[5~", "\x1b[6~", "\x1b[H", "\x1b[F"
ENTER, ESCAPE, BACKSPACE, TAB = "\r", "\x1b", "\x7f", "\t"
CTRL_C, CTRL_D, CTRL_N, CTRL_P, CTRL_Z = "\x03", "\x04", "\x0e", "\x10", "\x1a"
# What means nothing to who types one line: Ctrl with @ G O Q R S V X Z \ ] ^, with F1, and with Page Down.
IDLE = [*"\x00\x07\x0f\x11\x12\x13\x16\x18\x1a\x1c\x1d\x1e", "\x1b[1;5P", "\x1b[6;5~"]

_PATIENCE = 60  # seconds, for a machine that does much else


class Screen:
    """The screen of a program that runs at a terminal of *rows* and *columns*."""

    def __init__(self, words: Sequence[str], environ: Mapping[str, str], rows: int = 24, columns: int = 80) -> None:
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self.sent = b""
        self.child = pexpect.spawn(
            words[0],
            list(words[1:]),
            env={"TERM": "xterm-256color", **environ},
            dimensions=(rows, columns),
            timeout=_PATIENCE,
        )
        self.child.delaybeforesend = None
        # Where the cursor is, say, which PSReadLine asks for.
        self._screen.write_process_input = self.press

    def press(self, *keys: str) -> None:
        """Send *keys* in one go."""
        self.child.send("".join(keys).encode())

    def resize(self, rows: int, columns: int) -> None:
        """Make the terminal another size."""
        self._screen.resize(rows, columns)
        self.child.setwinsize(rows, columns)

    @property
    def lines(self) -> list[str]:
        """The lines from the top, without blanks at their ends, and without the empty ones below."""
        return "\n".join(line.rstrip() for line in self._screen.display).rstrip().split("\n")

    def cell(self, row: int, column: int) -> pyte.screens.Char:
        """What stands at that place, and how it looks."""
        return self._screen.buffer[row][column]

    @property
    def chosen(self) -> str | None:
        """The row that is marked as the choice by both the sign and reverse video."""
        for number, line in enumerate(self.lines):
            if line.startswith("> ") and self._screen.buffer[number][0].reverse:
                return line.removeprefix("> ")
        return None

    def until(self, shown: str | Callable[[Screen], bool]) -> None:
        """Wait until the screen shows this line, or is as a function says."""
        while not (shown(self) if callable(shown) else shown in self.lines):
            try:
                self._read()
            except (pexpect.EOF, pexpect.TIMEOUT) as error:
                text = "\n".join(self.lines)
                raise AssertionError(f"{type(error).__name__} before {shown!r}; the screen shows:\n{text}") from None

    def finish(self) -> int:
        """Wait until the program ends by itself, and return its status as a shell would."""
        try:
            while True:
                self._read()
        except pexpect.EOF:
            self.child.wait()
        signal = self.child.signalstatus
        return self.child.exitstatus if signal is None else 128 + signal

    def leave(self) -> None:
        """Type what ends a shell, and wait until it has."""
        self.press("exit", ENTER)
        self.finish()

    def hang_up(self) -> None:
        """Take the terminal away, as closing its window does."""
        self.child.ptyproc.fileobj.close()

    def _read(self) -> None:
        data = self.child.read_nonblocking(65536, timeout=_PATIENCE)
        self.sent += data
        self._stream.feed(data)


class Compared(Screen):
    """The screen on which bash runs *line*, and tells its status and whether the terminal's modes are as before."""

    def __init__(self, line: str, rows: int = 24, columns: int = 80, **environ: str) -> None:
        script = f"""
            before=$(stty -a)
            {line}
            status=$?
            [ "$(stty -a)" = "$before" ] && echo 'modes kept' || echo 'modes changed'
            echo "status $status."
        """
        clean = {name: os.environ[name] for name in ("PATH", "HOME")}
        super().__init__(["bash", "-c", script], {**clean, "LC_ALL": "C.UTF-8", **environ}, rows, columns)
