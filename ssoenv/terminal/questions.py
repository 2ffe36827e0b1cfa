"""The questions themselves, asked in the way that suits the person and the terminal."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ssoenv import settings
from ssoenv.context import Context
from ssoenv.terminal.rows import Row
from ssoenv.terminal.tty import opened
from ssoenv.text import printable


def pick(rows: Sequence[Row], question: str, context: Context, *, instead: str) -> int:
    """Let the person choose one of *rows*, of which there is at least one, and return its number, counted from 0.

    By numbered lines where `settings.wants_plain_lines`. Raises UsageError with *instead*, which says what to type,
    where there is no terminal; Cancelled on Ctrl-C; ConfigError for settings that mean nothing.
    """
    with opened(instead) as terminal:
        if settings.wants_plain_lines(context):
            from ssoenv.terminal.plain import pick as pick_plainly

            return pick_plainly(rows, printable(question), terminal)
        from ssoenv.terminal.picker import pick as pick_drawn

        return pick_drawn(rows, printable(question), terminal)


def ask(
    question: str,
    context: Context,
    *,
    instead: str,
    default: str | None = None,
    completions: Sequence[str] = (),
    validate: Callable[[str], str | None] = lambda _: None,
) -> str:
    """Ask for a line of text, and return it without blanks around it; nothing typed means *default*.

    With a *default* of None something must be typed. *validate* returns what is wrong with an answer, as a sentence
    that is shown before the question is asked again, or None. Tab completes one of *completions*. *instead* and
    the errors are those of `pick`.
    """
    prompt = printable(f"{question} [{default}]: " if default else f"{question}: ")
    wrong: str | None = None
    while True:
        with opened(instead) as terminal:
            if wrong:
                terminal.say(wrong)
            if settings.wants_plain_lines(context):
                from ssoenv.terminal.plain import read_line as read_plainly

                answer = read_plainly(prompt, terminal)
            else:
                from ssoenv.terminal.drawn import read_line

                answer = read_line(prompt, terminal, completions)
        answer = answer.strip() or default or ""
        if not answer and default is None:
            wrong = "Type an answer, or press Ctrl-C to cancel."
        else:
            wrong = validate(answer)
            if wrong is None:
                return answer
