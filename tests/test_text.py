"""Text of others, made safe to show; how long something lasts."""

import pytest

from ssoenv.text import length, printable

_CONTROLS = [*range(0x20), *range(0x7F, 0xA0)]
_DIRECTIONS = [0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
_SEPARATORS = [0x2028, 0x2029]
_HALVES = range(0xD800, 0xE000)


def test_what_steers_a_terminal_is_escaped():
    """Controls, marks of direction, separators of lines and halves of characters; nothing else of the first plane."""
    escaped = [code for code in range(0x10000) if printable(chr(code)) != chr(code)]
    assert escaped == sorted([*_CONTROLS, *_DIRECTIONS, *_SEPARATORS, *_HALVES])
    assert printable("a\x1b\u202eb\ud800é") == "a\\x1b\\u202eb\\ud800é"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(3599.2, "1 h"), (899.9, "15 min"), (600, "10 min"), (5399, "1 h 30 min"), (43199, "12 h"), (172799, "2 d")],
)
def test_what_has_just_begun_lasts_a_round_time(seconds, words):
    """The seconds that it took to be told of it are not missing, nor is there a unit of which there is none."""
    assert length(seconds) == words
