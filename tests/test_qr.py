"""QR codes: what is drawn is the code, module by module."""

from __future__ import annotations

import segno

from ssoenv import qr

LINK = "https://my-sso-portal.awsapps.com/start/#/device?user_code=ABCD-EFGH"
MODULES = {" ": (0, 0), "▀": (1, 0), "▄": (0, 1), "█": (1, 1)}


def modules(rows):
    """Return the modules of drawn *rows*, 1 where something is drawn."""
    found = []
    for row in rows:
        upper, lower = zip(*(MODULES[block] for block in row), strict=True)
        found += [list(upper), list(lower)]
    return found


def code():
    """Return the modules of the code of LINK, 1 is dark."""
    made = segno.make(LINK, error="l", boost_error=False, micro=False)
    return [[int(module) for module in row] for row in made.matrix_iter(border=2)]


def test_in_colour_it_is_black_on_bright_white():
    """Each line sets both colours and takes them back, so the terminal's own don't matter."""
    rows = qr.rows(LINK, colour=True)
    assert all(row.startswith("\x1b[30;107m") and row.endswith("\x1b[0m") for row in rows)
    drawn = modules(row.removeprefix("\x1b[30;107m").removesuffix("\x1b[0m") for row in rows)
    assert drawn[: len(code())] == code()
    assert set(map(tuple, drawn[len(code()) :])) <= {(0,) * len(code())}  # an odd code ends on a light half


def test_without_colour_what_is_light_is_drawn():
    """On a dark terminal with light text the picture is right, and holds no escape sequence."""
    drawn = modules(qr.rows(LINK, colour=False))
    assert drawn[: len(code())] == [[1 - module for module in row] for row in code()]
    assert "\x1b" not in "".join(qr.rows(LINK, colour=False))


def test_it_fits_into_a_terminal():
    """A link of 92 characters takes 41 columns and 21 lines: into 80×24 go three lines more."""
    rows = qr.rows(LINK.ljust(92, "x"), colour=False)
    assert (len(rows), len(rows[0])) == (21, 41)
