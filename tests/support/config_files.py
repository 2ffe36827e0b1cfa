"""Config files of any form, for hypothesis, and the context of who has one."""

from __future__ import annotations

from pathlib import Path

from contexts import context_of
from hypothesis import strategies as st

from ssoenv.context import Context


def context(home: Path, **environ: str) -> Context:
    """Return a context with that home directory and nobody at a terminal."""
    return context_of(home, environ=environ)


def lines() -> st.SearchStrategy[str]:
    """Lines that a config file can be made of, some of them bad."""
    blank = st.sampled_from(["", "", "", "", " ", "  ", "\t", "\u00a0", "\u3000", "\x0b", "\x1c", "\u2028", "\x85"])
    kind = st.sampled_from(["profile", "profile", "sso-session", "profiles", " profile", "Profile", "'profile'", "x"])
    gap = st.sampled_from([" ", " ", "\t", "  ", ""])
    odd_name = st.sampled_from(["'a b'", '"a b"', "a b", r"a\b", "'", "", "a]", "\u00a0a", "default", "a'b'"])
    name = st.one_of(st.sampled_from("abcdef"), odd_name)
    header = st.builds("[{}{}{}{}]{}".format, kind, gap, name, blank, blank)
    odd_key = st.sampled_from(["Region", "region", "sso_session", "İ", "a b", "[x", ""])
    key = st.one_of(st.sampled_from("abcdefgh"), st.sampled_from("ijklmnop"), odd_key)
    delimiter = st.sampled_from(["=", " = ", " = ", ":", " : ", " =", "\u00a0=\x1c"])
    value = st.sampled_from(["", "", "x", "x = y", "x ; note", "# x", "[a]", "a: b", "\u2028x", "x\x0cy = z"])
    option = st.builds("{}{}{}".format, key, delimiter, value)
    rest = ["[default]", "[DEFAULT]", "# note", "; note", "", "x = y", "[]", "[a", "word", "\0", "\ufeff"]
    body = st.one_of(header, option, option, option, st.sampled_from(rest))
    return st.builds("{}{}{}{}".format, blank, body, blank, st.sampled_from(["\n", "\n", "\r\n", "\r", "\n\n"]))


# The last section inherits all of [DEFAULT]: botocore does not look into a block there that no section has.
files = st.builds(
    "{}{}\n[profile heir]\n".format,
    st.sampled_from(["[profile z]\n", "[sso-session z]\n", "[default]\r\n", ""]),
    st.lists(lines(), max_size=9).map("".join),
)
