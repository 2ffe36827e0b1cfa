"""Texts: those of others made safe to show, compared and measured; times, lists and likely names put in words."""

import unicodedata
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from itertools import pairwise

# Bidi marks (Cf) can show a name as another; controls (Cc) and line and paragraph separators move the cursor.
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_UNSAFE = frozenset({"Cc", "Cs", "Zl", "Zp"})
# How many of many a sentence names.
_FEW = 10


def printable(text: str) -> str:
    r"""Return *text* with each character that could steer a terminal shown escaped, as ``\x1b`` or ``\u202e``."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_escape(character) if _is_unsafe(character) else character for character in text)


def fold(text: str) -> str:
    """Return *text* as a search compares it: without case and accents, so that ``zurich`` finds ``Zürich``."""
    return text.lower() if text.isascii() else without_accents(text).casefold()


def without_accents(text: str) -> str:
    """Return *text* with plain letters in the place of accented ones, as far as these are made of such."""
    apart = unicodedata.normalize("NFKD", text)
    return "".join(character for character in apart if not unicodedata.combining(character))


def width(text: str) -> int:
    """Return the columns that *text* takes on a terminal: two for a wide character, none for a mark on another."""
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return len(text) + wide - sum(unicodedata.category(character) in ("Mn", "Me") for character in text)


def duration(seconds: float) -> str:
    """Return *seconds* in words of at most two units: ``59 s``, ``59 min``, ``7 h 5 min``, ``2 d 3 h``."""
    minutes = max(0, int(seconds // 60))
    if 0 < seconds < 60:
        return f"{int(seconds)} s"
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 24 * 60:
        return f"{minutes // 60} h {minutes % 60} min"
    return f"{minutes // (24 * 60)} d {minutes // 60 % 24} h"


def length(seconds: float) -> str:
    """Return *seconds*, of something as a whole and not what is left of it, to the nearest minute: ``1 h``, ``2 d``."""
    return duration(round(seconds / 60) * 60).removesuffix(" 0 min").removesuffix(" 0 h")


def first_few(texts: Sequence[str]) -> str:
    """Return *texts* in a row: ten of them at most, and how many more there are."""
    more = len(texts) - _FEW
    return ", ".join(texts[:_FEW]) + (f" and {more} more" if more > 0 else "")


def fits(glob: str, *texts: str) -> bool:
    """Tell whether *glob* matches one of *texts*, in any case of letters."""
    return any(fnmatchcase(text.casefold(), glob.casefold()) for text in texts)


def checked_ascii(value: object) -> str:
    """Return *value* if it is what keys, tokens and codes are: printable ASCII, not empty. Raise TypeError otherwise.

    Such a text can stand in an HTTP header and in an environment. The error does not hold it.
    """
    if not (isinstance(value, str) and value and value.isascii() and value.isprintable()):
        raise TypeError("neither a key nor a token")
    return value


def did_you_mean(name: str, names: Iterable[str], otherwise: str) -> str:
    """Return a cure with the names nearest to *name*, or *otherwise*; nobody but the user picks one."""
    import difflib

    # difflib alone takes a second for 10,000 similar names: rank them by their pairs of letters first.
    def pairs(text: str) -> set[tuple[str, str]]:
        text = f"\n{text.lower()}\n"
        return set(pairwise(text))

    wanted = pairs(name)

    def alike(other: str) -> float:
        theirs = pairs(other)
        return len(wanted & theirs) / (len(wanted) + len(theirs))

    ranked = sorted(names, key=alike, reverse=True)[:50]
    letters = difflib.get_close_matches(name.lower(), {other.lower() for other in ranked})
    near = [other for each in letters for other in ranked if other.lower() == each][:3]
    near = near or [other for other in ranked if name in other][:3]
    return f"Did you mean {' or '.join(near)}?" if near else otherwise


def _is_unsafe(character: str) -> bool:
    return character in _BIDI or unicodedata.category(character) in _UNSAFE


def _escape(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
