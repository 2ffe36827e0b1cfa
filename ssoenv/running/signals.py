"""Signals that end a process, where it has children to tell first."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

_Child = TypeVar("_Child")


def numbered(*names: str) -> tuple[int, ...]:
    """Return the numbers of those signals of *names* that this system has."""
    return tuple(getattr(signal, name) for name in names if hasattr(signal, name))


# What a user, a terminal that is closed, or a machine that shuts down sends. Windows has the first two.
ENDING = numbered("SIGINT", "SIGTERM", "SIGHUP")


def name_of(number: int) -> str:
    """Return the name of the signal *number*; of those for real time, only the first and the last have one."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


@contextmanager
def caught(numbers: Iterable[int], handle: Callable[[int], object]) -> Iterator[None]:
    """Call *handle* for each signal of *numbers*; one that was ignored before stays so, as nohup wants it."""
    before = {}
    for number in numbers:
        if signal.getsignal(number) is not signal.SIG_IGN:
            before[number] = signal.signal(number, lambda number, _frame: handle(number))
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def ended_child(start: Callable[[], _Child], end: Callable[[_Child], object]) -> Iterator[_Child]:
    """Start a child for the block, and call *end* with it however the block is left.

    A signal that ends this process waits until the child is known: in the midst of a Popen there is one, and no object
    yet by which to end it.
    """
    started: list[_Child] = []
    came: list[int] = []
    try:
        with caught(ENDING, came.append):
            started.append(start())
        for number in came:
            signal.raise_signal(number)
        yield started[0]
    finally:
        for child in started:
            end(child)


def reaches_children(number: int) -> bool:
    """Tell whether the signal *number* came from a key: the terminal sends it to the children, too.

    Twice would be too much: programs take a second Ctrl-C for "stop at once".
    """
    if number not in (signal.SIGINT, getattr(signal, "SIGQUIT", None)):
        return False
    if os.name == "nt":
        return True
    try:
        terminal = os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(terminal)
