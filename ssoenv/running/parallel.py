"""One command in many targets at once: what it says, line by line, and how it ends in each."""

from __future__ import annotations

from codecs import getincrementaldecoder
from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from signal import SIGTERM
from subprocess import DEVNULL, PIPE, Popen
from threading import Lock, Semaphore, Thread
from typing import IO, Literal

from ssoenv.errors import Cancelled, SsoenvError
from ssoenv.running import command, signals
from ssoenv.targets import Target

# Bytes of a line that are waited for; a longer one comes in pieces of that many, give or take a character.
_LONGEST_LINE = 1 << 20
# Lines that wait to be written. When these are there, commands wait, too, as they would for a slow terminal.
_WAITING_LINES = 64
# Seconds after which a signal is heeded that has woken nobody.
_LOOKS_EVERY = 0.5
# Signals until even a child that was killed is no longer waited for.
_PATIENCE = 3

Stream = Literal["stdout", "stderr"]


@dataclass(frozen=True)
class Line:
    """A line that the command wrote in *target*, with its line feed if it had one."""

    target: Target
    stream: Stream
    data: bytes


@dataclass(frozen=True)
class End:
    """The command is over in *target*: its status as Popen has it (-N: ended by signal N), or why it never ran.

    None is for a command that was not started, as a signal came before.
    """

    target: Target
    outcome: int | SsoenvError | None


class Runs:
    """The command at *path*, called by *words*, in the environments that *environ_of* makes.

    *signal* is the first one that came to end this process meanwhile: from then on nothing is started.
    """

    def __init__(self, path: str, words: Sequence[str], environ_of: Callable[[Target], Mapping[str, str]]) -> None:
        self.signal: int | None = None
        self._path, self._words, self._environ_of = path, words, environ_of
        self._events: SimpleQueue[Line | End | int | Exception] = SimpleQueue()
        self._room = Semaphore(_WAITING_LINES)
        self._running: dict[Target, Popen[bytes]] = {}
        self._lock = Lock()
        self._heeded = 0

    @property
    def running(self) -> set[Target]:
        """The targets in which the command runs now."""
        with self._lock:
            return set(self._running)

    def events(self, targets: Sequence[Target], jobs: int) -> Generator[Line | End | None, None, None]:
        """Run the command in all *targets*, in *jobs* of them at once, and yield what happens; None when all is quiet.

        Close the generator in any case: commands that still run are then ended.
        """
        todo = deque(targets)
        left = len(todo)
        try:
            with signals.caught(signals.ENDING, self._events.put):
                for _ in range(min(jobs, left)):
                    # Daemons: an answer of AWS that nobody wants any more need not be waited for.
                    Thread(target=self._work, args=(todo,), daemon=True).start()
                while left:
                    if self._events.empty():
                        yield None
                    event = self._next_event()
                    if isinstance(event, Exception):
                        raise event
                    if isinstance(event, int):
                        if self._heed(event) > _PATIENCE:  # what still writes is no child, but a child of one
                            raise Cancelled("Cancelled. What had not ended was killed.")
                        continue
                    if isinstance(event, Line):
                        self._room.release()
                    else:
                        left -= 1
                    yield event
        finally:
            if left:
                self._heed(SIGTERM)

    def _next_event(self) -> Line | End | int | Exception:
        while True:
            # A signal that comes just before this waits is heeded when it wakes.
            with suppress(Empty):
                return self._events.get(timeout=_LOOKS_EVERY)

    def _heed(self, number: int) -> int:
        """Start nothing more, and pass a signal on; the second ends what has not obeyed, the third kills it.

        Return how many have come.
        """
        with self._lock:
            self._heeded += 1
            self.signal = self.signal or number
            for process in self._running.values():
                if self._heeded > 2:
                    process.kill()
                elif self._heeded == 2:
                    process.terminate()
                elif not signals.reaches_children(number):
                    process.send_signal(number)
            return self._heeded

    def _work(self, todo: deque[Target]) -> None:
        while True:
            try:
                target = todo.popleft()
            except IndexError:
                return
            try:
                self._events.put(End(target, self._run(target)))
            except Exception as error:  # raised again where the events are read
                self._events.put(error)

    def _run(self, target: Target) -> int | SsoenvError | None:
        try:
            if self.signal is not None:
                return None
            environ = self._environ_of(target)
            with self._lock:  # so that a signal meets each process, or keeps it from being started
                if self.signal is not None:
                    return None
                process = command.start(self._path, self._words, environ, stdin=DEVNULL, stdout=PIPE, stderr=PIPE)
                self._running[target] = process
        except SsoenvError as error:
            return error
        beside = Thread(target=self._read, args=(target, "stderr", process.stderr), daemon=True)
        beside.start()
        self._read(target, "stdout", process.stdout)
        beside.join()
        status = process.wait()
        with self._lock:
            del self._running[target]
        return status

    def _read(self, target: Target, stream: Stream, pipe: IO[bytes] | None) -> None:
        if pipe is None:
            return
        with pipe:
            for data in _pieces(pipe):
                self._room.acquire()
                self._events.put(Line(target, stream, data))


def _pieces(pipe: IO[bytes]) -> Iterator[bytes]:
    """Yield the lines, a long one in pieces: cut where no character of UTF-8 is cut."""
    begun = b""
    while data := begun + pipe.readline(_LONGEST_LINE):
        begun = _begun(data) if len(data) >= _LONGEST_LINE else b""
        yield data.removesuffix(begun)


def _begun(data: bytes) -> bytes:
    """Return the bytes at the end of *data* that only begin a character."""
    decoder = getincrementaldecoder("utf-8")("replace")
    decoder.decode(data[-3:])
    return decoder.getstate()[0]
