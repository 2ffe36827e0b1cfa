"""The form of AWS's files: sections of settings, by the rules of RawConfigParser, each with the line it stands in."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from ssoenv.errors import ConfigError


class IniFile:
    """The sections of one file.

    Only the lines of headers and keys are kept. A value is read when it is asked for: a switch needs one profile, and
    the file may hold 10,000.
    """

    def __init__(self, path: Path, data: bytes | None) -> None:
        """Take the file's *path*, and its bytes or None when it does not exist.

        Raise ConfigError, naming the line, when botocore would refuse the file as a whole.
        """
        self.path = path
        self._exists = data is not None
        self._lines = split_lines(path, data or b"")
        self._header_lines, self._own_options = _scan(path, self._lines)
        self._options = self._own_options
        self._values: dict[int, str] = {}  # as they were read, since a list of profiles asks for each several times
        # RawConfigParser gives the keys of [DEFAULT] to every section.
        if defaults := self._own_options.pop("DEFAULT", None):
            self._options = {header: defaults | options for header, options in self._own_options.items()}

    def _value(self, line: int | None) -> str | None:
        """Return the value that starts in *line*, joined over its continuation lines; None for no line."""
        if line is None:
            return None
        value = self._values.get(line)
        if value is None:
            first, *more = (self._lines[number - 1] for number in self._lines_of(line))
            value = "\n".join([re.split("[=:]", first, maxsplit=1)[1].strip(), *map(str.strip, more)])
            self._values[line] = value
        return value

    def _lines_of(self, line: int) -> list[int]:
        """Return the numbers of the lines that hold the value which starts in *line*; comments among them don't."""
        indent = _indent(self._lines[line - 1])
        numbers = [line]
        blank: list[int] = []
        for number in range(line + 1, len(self._lines) + 1):
            more = self._lines[number - 1]
            stripped = more.strip()
            if stripped.startswith(("#", ";")):
                continue
            if not stripped:
                blank.append(number)
            elif _indent(more) > indent:
                numbers += [*blank, number]
                blank = []
            else:
                break
        return numbers

    def _broken(self, line: int, fault: str, cure: str) -> ConfigError:
        return ConfigError(f"{self.path}, line {line}: {fault}", cure)


def split_lines(path: Path, data: bytes) -> list[str]:
    """Return the lines of *data*, broken as text mode breaks them: U+2028, VT and the like are part of a line."""
    if data.startswith(b"\xef\xbb\xbf"):
        fault = f"{path}, line 1: the file starts with a byte order mark, which AWS tools refuse."
        raise ConfigError(fault, "Save it as UTF-8 without BOM.")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = len(re.split(b"\r\n|\r|\n", data[: error.start]))
        raise ConfigError(f"{path}, line {line}: this is not UTF-8.", "Save the file as UTF-8.") from None
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _scan(path: Path, lines: list[str]) -> tuple[dict[str, int], dict[str, dict[str, int]]]:
    """Return the line of each header, and under each header the line of each key.

    The rules are those of RawConfigParser, and what botocore refuses raises ConfigError. No message quotes a line, for
    it may hold a secret. Every switch passes here: hence one plain loop.
    """
    header_lines: dict[str, int] = {}
    sections: dict[str, dict[str, int]] = {}
    known: dict[str, str] = {}  # the few keys there are, stripped and lower-cased once
    header = key = value = ""
    indent = 0
    for number, line in enumerate(lines, 1):
        stripped = line.strip()
        if not stripped:
            continue
        first = stripped[0]
        if first == "#" or first == ";":
            continue
        column = 0 if line[0] == first else _indent(line)
        if key and column > indent:
            if not value:
                _check_nested(path, number, key, stripped)
            continue
        indent = column
        if first == "[" and (end := stripped.rfind("]")) > 1:
            header = stripped[1:end]
            key = ""
            if header in sections and header != "DEFAULT":
                fault = f"[{header}] is there twice, first in line {header_lines[header]}."
                raise ConfigError(f"{path}, line {number}: {fault}", "Rename or remove one of them.")
            header_lines[header] = number
            options = sections.setdefault(header, {})
            continue
        if not header:
            cure = "Put it below a header such as [default] or [profile NAME], or make it a comment with #."
            raise _refused(path, number, stripped, "there is text before the first [header].", cure)
        name, delimiter, value = stripped.partition("=")
        if not delimiter or (key := known.get(name, "")) == "":
            if ":" in name or not delimiter:
                name, delimiter, value = stripped.partition(":")
            key = name.rstrip().lower()
            if not key or not delimiter:
                cure = "AWS tools refuse the whole file for it. Correct it, or put # before it."
                raise _refused(path, number, stripped, "this is not of the form key = value.", cure)
            known[name] = key
        if key in options:
            fault = f"{key} is there twice in [{header}], first in line {options[key]}."
            raise ConfigError(f"{path}, line {number}: {fault}", "Remove one of them.")
        options[key] = number
    return header_lines, sections


def _refused(path: Path, number: int, text: str, fault: str, cure: str) -> ConfigError:
    if text.startswith("[") and "]" not in text:
        fault, cure = "this header has no ] at its end.", "Write it as in: [profile NAME]"
    return ConfigError(f"{path}, line {number}: {fault}", cure)


def _check_nested(path: Path, number: int, key: str, text: str) -> None:
    """Refuse *text*, of the indented block below a bare ``key =``, if it is no setting (botocore: _parse_nested)."""
    if any(part.strip() and "=" not in part for part in text.splitlines()):
        raise ConfigError(
            f"{path}, line {number}: this indented line is not of the form key = value.",
            f"Correct it, or put it on the line of {key}.",
        )


def comparable(value: str | None) -> str | dict[str, str] | None:
    """Return *value* as botocore compares it: an indented block as its settings."""
    if value is None or not value.startswith("\n"):
        return value
    pairs = (part.partition("=") for part in value.splitlines() if part.strip())
    return {key.strip(): text.strip() for key, _, text in pairs}


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def name_in_header(header: str) -> str | None:
    """Return the name in a *header* of exactly two words as a shell splits them, else None as the SDKs do."""
    if "'" in header or '"' in header or "\\" in header or "\t" in header:
        try:
            words = shlex.split(header)  # exact, and too slow for 10,000 headers
        except ValueError:
            return None
    else:
        # Not split(): for shlex any other blank, such as U+00A0, is part of a word.
        words = [word for word in header.split(" ") if word]
    return words[1] if len(words) == 2 else None


def header_of(kind: str, name: str) -> str:
    """Return the header line for *name*, quoted when it must be."""
    if not re.search(r"[\s'\"\\]", name):
        return f"[{kind} {name}]"
    # Single quotes where they do: the AWS CLI does not find a double-quoted section when it updates one.
    quoted = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"' if "'" in name else f"'{name}'"
    return f"[{kind} {quoted}]"
