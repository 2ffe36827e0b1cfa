"""Questions on plain lines, each written once: for screen readers, and for terminals that cannot redraw."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ssoenv.terminal.rows import Matches, Row
from ssoenv.terminal.tty import Terminal

_PAGE = 20


def pick(rows: Sequence[Row], question: str, terminal: Terminal) -> int:
    """Show *rows* with a number each, a page at a time, and return the place of the one whose number is typed.

    Words show the rows that hold them all, numbered anew. A number counts only once its row has been shown: what is
    typed to find an account by a part of its id must not choose a row that nobody has seen.
    """
    terminal.say(question)
    matches = Matches(rows)
    hits, seen = matches.hits, 0
    while True:
        start = seen if seen < len(hits) else 0
        seen = min(start + _PAGE, len(hits))
        for number in range(start, seen):
            text = re.sub(" {3,}", "  ", rows[hits[number]].text)  # blanks that make columns only push it off the line
            terminal.say(f"{number + 1}. {text}")
        terminal.say(f"{start + 1} to {seen} of {len(hits)}.")
        while answer := _answer(terminal, more=seen < len(hits)):
            if answer.isdecimal() and 1 <= int(answer) <= seen:
                return hits[int(answer) - 1]
            matches.search(answer)
            if matches.hits:
                hits, seen = matches.hits, 0
                break
            terminal.say(f"No row has: {answer}")


def _answer(terminal: Terminal, *, more: bool) -> str:
    """Ask for the next step; an empty answer is the next page, and the first one after the last."""
    page = "Enter for more" if more else "Enter to read them again"
    return read_line(f"A number to choose, words to search, {page}, Ctrl-C to cancel: ", terminal).strip()


def read_line(prompt: str, terminal: Terminal) -> str:
    """Return the line that the person types after *prompt*; raises EOFError on Ctrl-D."""
    line = ""
    try:
        terminal.writer.write(prompt)
        terminal.writer.flush()
        line = terminal.reader.readline()
    finally:
        if not line:
            # Ctrl-C and Ctrl-D leave the cursor behind the prompt.
            terminal.say("")
    if not line:
        raise EOFError
    return line
