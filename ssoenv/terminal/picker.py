"""The list that narrows as one types: a query, the rows that match it, and how many they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from prompt_toolkit.application import Application
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.data_structures import Size
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.layout import BufferControl, FormattedTextControl, HSplit, Layout, Window
from prompt_toolkit.layout.processors import BeforeInput

from ssoenv.terminal.drawn import ALT_WAIT, ESCAPE_WAIT, connected, run, typing_keys
from ssoenv.terminal.rows import Matches, Row
from ssoenv.terminal.tty import Terminal
from ssoenv.text import printable, width

# More rows than these don't help: it is quicker to type one more letter.
_MOST_ROWS = 10
# Columns: of less of a row's end one would only see that there is one.
_LEAST_END = 6


def pick(rows: Sequence[Row], question: str, terminal: Terminal) -> int:
    """Let the person choose among *rows* with the arrow keys and by typing, and return the number of the row."""
    with connected(terminal) as (keys, screen):
        picker = _Picker(rows, question, screen.get_size)
        application: Application[int] = Application(
            picker.layout, key_bindings=picker.bindings(), erase_when_done=True, input=keys, output=screen
        )
        application.ttimeoutlen, application.timeoutlen = ESCAPE_WAIT, ALT_WAIT
        return run(application, application.run_async(set_exception_handler=False))


class _Picker:
    """What is typed, what it finds, which row is chosen, and which of the rows are on the screen."""

    def __init__(self, rows: Sequence[Row], question: str, size: Callable[[], Size]) -> None:
        self._rows = rows
        self._question = question
        self._size = size
        self._matches = Matches(rows)
        self._chosen = 0
        self._top = 0
        self._query = Buffer(multiline=False, on_text_changed=lambda _: self._search())
        query = BufferControl(self._query, input_processors=[BeforeInput(self._prompt)])
        self.layout = Layout(
            HSplit(
                [
                    Window(query, height=1),
                    Window(FormattedTextControl(self._visible_rows), dont_extend_height=True),
                    Window(FormattedTextControl(self._count), height=1),
                ]
            )
        )

    def _search(self) -> None:
        self._matches.search(self._query.text)
        self._chosen = self._top = 0

    def _move(self, step: Callable[[], int], _: KeyPressEvent) -> None:
        self._chosen = max(0, min(self._chosen + step(), len(self._matches.hits) - 1))

    def _height(self) -> int:
        """Return how many rows fit between the query and the count."""
        return max(1, min(_MOST_ROWS, self._size().rows - 2))

    def _prompt(self) -> str:
        # Half of the line stays for what is typed.
        return cut(f"{self._question}:", self._size().columns // 2) + " "

    def _visible_rows(self) -> StyleAndTextTuples:
        hits, height = self._matches.hits, self._height()
        self._top = max(self._chosen - height + 1, min(self._top, self._chosen, max(0, len(hits) - height)))
        drawn: StyleAndTextTuples = []
        for place in range(self._top, min(self._top + height, len(hits))):
            # The sign shows the choice where reverse video doesn't, and to those who can't tell the two apart.
            style, sign = ("reverse", "> ") if place == self._chosen else ("", "  ")
            text = fitted(self._rows[hits[place]], self._size().columns - len(sign))
            drawn += [("", "\n" if drawn else ""), (style, sign + text)]
        return drawn

    def _count(self) -> str:
        return cut(f"{len(self._matches.hits)} of {len(self._rows)}", self._size().columns)

    def bindings(self) -> KeyBindings:
        """Return what the keys do; those that edit the query are prompt_toolkit's."""
        bindings = typing_keys()

        steps: dict[str, Callable[[], int]] = {
            "up": lambda: -1,
            "down": lambda: 1,
            "c-p": lambda: -1,
            "c-n": lambda: 1,
            "pageup": lambda: -self._height(),
            "pagedown": self._height,
            "home": lambda: -len(self._rows),
            "end": lambda: len(self._rows),
        }
        for key, step in steps.items():
            bindings.add(key)(partial(self._move, step))

        # Ctrl-J, which moves down in fzf, is Enter, too (and so Ctrl-K moves nothing, and cuts). An Enter that is typed
        # before the list is there arrives as Ctrl-J, as do those of some terminals and programs that type. If it moved
        # down, the next Enter would switch to another account than the one that was meant; so, it is what is marked.
        @bindings.add("enter")
        def _(event: KeyPressEvent) -> None:
            if self._matches.hits:
                event.app.exit(result=self._matches.hits[self._chosen])

        @bindings.add("<bracketed-paste>")
        def _(event: KeyPressEvent) -> None:
            self._query.insert_text(printable(" ".join(event.data.split())))

        @bindings.add("escape")
        @bindings.add("c-c")
        @bindings.add("c-d")
        @bindings.add("<sigint>")
        def _(event: KeyPressEvent) -> None:
            event.app.exit(exception=EOFError())

        return bindings


def fitted(row: Row, columns: int) -> str:
    """Return what is shown of *row* in at most *columns* columns."""
    text, name, rest, end = (printable(part) for part in (row.text, row.name, row.rest, row.end))
    if not name or width(text) <= columns:
        return cut(text, columns)
    room = columns - width(rest)
    if width(name) > room:
        name = _cut_middle(name.rstrip(), room)
        name += " " * (room - width(name))
    room = columns - width(name + rest)
    return cut(name + rest, columns) + (cut(end, room) if room >= _LEAST_END else "")


def _cut_middle(text: str, columns: int) -> str:
    """Return *text* in at most *columns* columns, with … in the middle for what does not fit."""
    if width(text) <= columns:
        return text
    end = cut(text[::-1], columns // 2)[-2::-1]
    return cut(text[: len(text) - len(end)], columns - width(end)) + end


def cut(text: str, columns: int) -> str:
    """Return *text* in at most *columns* columns, with … for what does not fit; wide characters take two."""
    if width(text) <= columns:
        return text
    kept, used = [], 1
    for character in text:
        used += width(character)
        if used > columns:
            break
        kept.append(character)
    return "".join(kept) + "…"
