"""Quoting, by the real shells: what a snippet sets reaches a child process byte for byte, and runs nothing.

Each shell is handed the snippet the way a user without wrapper does it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from readers import READERS, Reader
from values import HOSTILE, REFUSED

from ssoenv import shells
from ssoenv.environment import Change
from ssoenv.errors import ConfigError


def can(shell: str, value: str) -> bool:
    """Tell whether *shell* can be handed *value* at all; the program refuses the rest."""
    if shell == "cmd":
        return value != "" and value.isascii() and '"' not in value and len(value) < 8000
    return shell != "tcsh" or value.isascii()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an empty home, once for all: Wine takes its time to furnish one."""
    return tmp_path_factory.mktemp("home")


def _wrong(reader: Reader, values: Mapping[str, str], home: Path, locale: str) -> dict[str, tuple[bytes, bytes | None]]:
    """Return those of *values*, by id, that do not come back as they are: what should be seen, and what is."""
    values = {key: value for key, value in values.items() if can(reader.shell or reader.name, value)}
    values = {"plain": "plain", **values}
    names = {f"SSOENV_V{number}": key for number, key in enumerate(values)}
    seen = reader.read_back({name: values[key] for name, key in names.items()}, home, locale)
    assert seen.pop(b"SSOENV_KEPT") == b"kept"
    assert seen.keys() == {name.encode() for name in names}
    pairs = {key: (values[key].encode(), seen[name.encode()]) for name, key in names.items()}
    return {key: pair for key, pair in pairs.items() if pair[0] != pair[1]}


def test_every_shell_is_read() -> None:
    """No shell of the registry is left out."""
    assert {reader.shell or reader.name for reader in READERS} == set(shells.SHELLS)


@pytest.mark.parametrize(
    ("reader", "locale"),
    [pytest.param(reader, locale, id=f"{reader}-{locale}") for reader in READERS for locale in reader.locales],
)
def test_hostile_values_arrive(reader: Reader, locale: str, home: Path) -> None:
    """Each hostile value reaches a child process byte for byte, beside all the others."""
    assert _wrong(reader, HOSTILE, home, locale) == {}


_SPECIAL = "'\"\\`$!%^~*?[]{}()<>|&;#=@,:-+ \u2018\u2019\u201a\u201b\u201c\u201d\u2028\u00a0\ufeff\U0001f600"
_VALUES = st.lists(
    st.lists(st.sampled_from(_SPECIAL) | st.characters(exclude_categories=("Cc", "Cs")), max_size=20).map("".join),
    min_size=20,
    max_size=30,
)


@pytest.mark.parametrize("reader", [reader for reader in READERS if not reader.shell or reader.name == "dash"], ids=str)
@settings(max_examples=6, deadline=None)  # each starts a shell, with some thirty values
@given(values=_VALUES)
def test_any_value_arrives(reader: Reader, home: Path, values: list[str]) -> None:
    """Whatever is not refused reaches a child process byte for byte."""
    assert _wrong(reader, dict(enumerate(values)), home, "C.UTF-8") == {}


def test_fish_by_characters_of_two_bytes() -> None:
    """Where fish takes two bytes for a character, as in zh_CN.GBK, the second one is no backslash that it needs."""
    for value in HOSTILE.values():
        quoted = shells.find("fish").writer.quote(value).encode()
        assert not re.search(rb"[\x80-\xff]\\", quoted), value


@pytest.mark.parametrize("shell", shells.SHELLS)
def test_control_characters_are_refused(shell: str) -> None:
    """A value with a control character or half a character is refused: the variable is named, the value not shown."""
    for value in REFUSED.values():
        change = Change({"AWS_REGION": "eu", "AWS_SSO_PROFILE": f"secret{value}secret"}, None)
        with pytest.raises(ConfigError) as error:
            shells.snippet(change, shells.find(shell))
        assert "AWS_SSO_PROFILE" in str(error.value)
        assert "secret" not in str(error.value)


@pytest.mark.parametrize("shell", shells.SHELLS)
def test_a_value_takes_one_line(shell: str) -> None:
    """No value makes a second line: the wrappers check a snippet line by line."""
    for value in (value for value in HOSTILE.values() if can(shell, value)):
        assert shells.snippet(Change({"AWS_REGION": value}, None), shells.find(shell)).count("\n") == 3
