"""Questions to the person at the terminal: `pick` one of many rows, `ask` for a line of text.

Both open the terminal themselves, as stdout belongs to the shell that captures it and stdin to whoever pipes into it.
"""

from ssoenv.terminal.questions import ask, pick
from ssoenv.terminal.rows import Row
from ssoenv.terminal.tty import discard_typed

__all__ = ["Row", "ask", "discard_typed", "pick"]
