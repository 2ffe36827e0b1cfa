"""prompt_toolkit at the terminal itself, and a terminal left as it was found, whatever ends the question."""

from __future__ import annotations

import asyncio
import os
import selectors
import signal
import sys
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from prompt_toolkit import PromptSession
from prompt_toolkit.application import Application
from prompt_toolkit.completion import WordCompleter
from prompt_toolkit.input import Input, create_input
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys
from prompt_toolkit.output import Output, create_output
from prompt_toolkit.output.vt100 import Vt100_Output

from ssoenv.terminal.tty import Terminal
from ssoenv.text import printable

Answer = TypeVar("Answer")

# Seconds that Esc waits for the rest of an arrow key, and then for the rest of a key with Alt.
ESCAPE_WAIT, ALT_WAIT = 0.05, 0.1

# What these keys do in Emacs is of no use in one line, and a trap for those who don't know it: they wait for another
# key, take the next one for text, search earlier lines, of which there are none, or begin to select.
_IDLE = ("c-@", "c-o", "c-q", "c-r", "c-s", "c-x", "c-z", "c-]")


def read_line(prompt: str, terminal: Terminal, completions: Sequence[str] = ()) -> str:
    """Return the line that the person types after *prompt*, with Tab completing the whole of it."""
    # A completion is drawn by prompt_toolkit and typed for the person: one that would be shown escaped is left out.
    words = [word for word in completions if printable(word) == word]
    with connected(terminal) as (keys, screen):
        session: PromptSession[str] = PromptSession(
            input=keys,
            output=screen,
            completer=WordCompleter(words, ignore_case=True, sentence=True) if words else None,
            complete_while_typing=False,
            reserve_space_for_menu=6 if words else 0,
            key_bindings=typing_keys(),
            interrupt_exception=EOFError,  # asyncio lets a KeyboardInterrupt tear the loop down
        )
        session.app.ttimeoutlen, session.app.timeoutlen = ESCAPE_WAIT, ALT_WAIT
        return run(session.app, session.prompt_async(prompt, set_exception_handler=False))


def typing_keys() -> KeyBindings:
    """Return what lets keys type what they show, and do nothing if that is nothing; the others are prompt_toolkit's."""
    bindings = KeyBindings()

    def ignore(_: KeyPressEvent) -> None:
        pass

    for key in _IDLE:
        bindings.add(key, eager=True)(ignore)

    @bindings.add(Keys.Any)
    def _(event: KeyPressEvent) -> None:
        # A key that nothing is bound to, as Ctrl-F1, would type the escape sequence that it sends.
        if printable(event.data) == event.data:
            event.current_buffer.insert_text(event.data * event.arg)

    return bindings


@contextmanager
def connected(terminal: Terminal) -> Iterator[tuple[Input, Output]]:
    """Hand out prompt_toolkit's two ends of *terminal*."""
    with _console_handles(terminal):
        output = create_output(terminal.writer)
        if isinstance(output, Vt100_Output):
            # A terminal that doesn't answer where its cursor is would cost two seconds and a warning.
            output.enable_cpr = False
        keys = create_input(terminal.reader)
        try:
            yield keys, output
        finally:
            keys.close()


@contextmanager
def _console_handles(terminal: Terminal) -> Iterator[None]:
    """On Windows, make the console the standard handles: prompt_toolkit uses those, whatever it is given."""
    if sys.platform != "win32":
        yield
        return
    import ctypes
    import msvcrt
    from ctypes.wintypes import DWORD, HANDLE

    kernel32 = ctypes.WinDLL("kernel32")
    kernel32.GetStdHandle.argtypes, kernel32.GetStdHandle.restype = [DWORD], HANDLE
    kernel32.SetStdHandle.argtypes = [DWORD, HANDLE]
    files = {-10: terminal.reader, -11: terminal.writer}
    before = {name: kernel32.GetStdHandle(name) for name in files}
    for name, file in files.items():
        kernel32.SetStdHandle(name, msvcrt.get_osfhandle(file.fileno()))
    try:
        yield
    finally:
        for name, handle in before.items():
            kernel32.SetStdHandle(name, handle)


def run(application: Application[Answer], answering: Coroutine[Any, Any, Answer]) -> Answer:
    """Return the answer of *application*, which *answering* runs.

    On SIGTERM and SIGHUP the terminal is put back before the process ends by that signal.
    """
    deadly: list[int] = []

    def stop(error: BaseException) -> None:
        if application.future and not application.future.done():
            application.exit(exception=error)

    def end(number: int) -> None:
        deadly.append(number)
        stop(EOFError())

    async def guarded() -> Answer:
        loop = asyncio.get_running_loop()
        # prompt_toolkit's own handler would draw a traceback and wait for Enter.
        loop.set_exception_handler(lambda _, what: stop(what.get("exception") or RuntimeError(what["message"])))
        numbers = _deadly_signals()
        for number in numbers:
            loop.add_signal_handler(number, end, number)
        try:
            return await answering
        finally:
            # A loop that is being closed would say that a signal found nobody.
            for number in numbers:
                loop.remove_signal_handler(number)

    try:
        # By select, as macOS refuses to poll /dev/tty in any other way.
        make_loop = None if os.name == "nt" else lambda: asyncio.SelectorEventLoop(selectors.SelectSelector())
        with asyncio.Runner(loop_factory=make_loop) as runner:
            return runner.run(guarded())
    finally:
        if deadly:
            signal.raise_signal(deadly[0])


def _deadly_signals() -> list[int]:
    """Return the signals that would end this process with the terminal in disorder; one that is ignored doesn't."""
    if os.name == "nt":
        return []
    return [number for number in (signal.SIGTERM, signal.SIGHUP) if signal.getsignal(number) == signal.SIG_DFL]
