"""QR codes at the terminal."""

from __future__ import annotations

from itertools import zip_longest

_BLOCKS = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}
_BLACK_ON_WHITE, _RESET = "\x1b[30;107m", "\x1b[0m"


def rows(text: str, *, colour: bool) -> list[str]:
    """Return the QR code of *text*, two rows of it in each line of half blocks.

    In *colour* it is black on bright white, which cameras read whatever the terminal's colours are. Without, what is
    light is drawn: that is right in terminals of light text on dark ground.
    """
    import segno

    # The smallest picture: a link fills 41 columns and 21 lines, so that it fits into 80×24.
    code = segno.make(text, error="l", boost_error=False, micro=False)
    modules = [[bool(module) for module in row] for row in code.matrix_iter(border=2)]
    pairs = zip_longest(modules[::2], modules[1::2], fillvalue=[False] * len(modules[0]))
    if colour:
        return [f"{_BLACK_ON_WHITE}{_blocks(upper, lower)}{_RESET}" for upper, lower in pairs]
    return [_blocks([not module for module in upper], [not module for module in lower]) for upper, lower in pairs]


def _blocks(upper: list[bool], lower: list[bool]) -> str:
    return "".join(_BLOCKS[pair] for pair in zip(upper, lower, strict=True))
