"""``~/.aws/config`` edited in place: what an edit does not own keeps every byte, and botocore's parser is the judge."""

from __future__ import annotations

import os
import re
import stat
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import zip_longest
from pathlib import Path
from typing import Any, Literal, NamedTuple, Self

from ssoenv import files
from ssoenv.aws.config import CURE, Config, read
from ssoenv.aws.ini import header_of, split_lines
from ssoenv.context import Context
from ssoenv.errors import ConfigError

_LINE_END = re.compile(r"(\r\n|\r|\n)")
_KEY = re.compile(r"[a-z0-9_]+")
# A line break in a value would start a setting or a section of its own.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
# Some SDKs cut a value there, others don't; the rest would not be read back as it was written.
_UNCLEAR = re.compile(r"\s[#;]|^\s|\s$")


class Section(NamedTuple):
    """A profile or an SSO session, whichever way its header is spelled."""

    kind: Literal["profile", "sso-session"]
    name: str


Changes = Mapping[Section, Mapping[str, str | None] | None]
"""What to do to each section: None removes it; else each key is set, or taken out where its value is None, and the
keys that are not named stay as they are. A section that does not exist is added at the end of the file."""


class Draft(Config):
    """What a config file holds, *data*, and what it would hold after an edit.

    A section's own lines go from its header to the last line of its last setting. Comments and blank lines below
    belong to the user.
    """

    keeps_mode = True
    """Whether a file that others may read stays one."""
    elsewhere = "write elsewhere with --to FILE"
    """What to do where the file is read-only."""

    def __init__(self, path: Path, data: bytes | None) -> None:
        """Take the file's *path* and its bytes, None when it does not exist.

        Raise ConfigError, naming the line, when botocore would refuse the file.
        """
        super().__init__(path, data)
        self.data = data or b""

    def settings(self, section: Section) -> dict[str, str] | None:
        """Return the settings in the *section*'s own lines, None when there is no such section."""
        header = self._find(section)
        if header is None:
            return None
        own = self._own_options[header].items()
        return {key: value for key, line in own if (value := self._value(line)) is not None}

    def lost(self, seen: Config) -> list[str]:
        """Return the sections and settings of *seen*, what the file held before, that it has no more."""
        lost = [f"[{header}]" for header in seen._own_options if header not in self._own_options]
        for header, keys in seen._own_options.items():
            lost += [f"{key} of [{header}]" for key in keys if key not in self._own_options.get(header, keys)]
        return lost

    def text(self, section: Section) -> str | None:
        """Return the *section*'s own lines, joined by line feeds; None when there is no such section."""
        header = self._find(section)
        if header is None:
            return None
        first, last = self._span(header)
        return "\n".join(self._lines[first - 1 : last])

    def edited(self, changes: Changes) -> Self:
        """Return the draft after *changes*; the file is not touched.

        Raise ConfigError when a name, key or value can't be written so that every SDK reads it back, or when the edit
        would change more for botocore than it should.
        """
        for section, settings in changes.items():
            self._check(section, settings or {})
        pieces = _LINE_END.split(self.data.decode())
        ends = pieces[1::2]
        lines = [line + end for line, end in zip_longest(pieces[::2], ends, fillvalue="")]
        line_end = Counter(ends).most_common(1)[0][0] if ends else "\n"
        added: list[str] = []
        for section, settings in changes.items():
            header = self._find(section)
            if header is not None and settings is None:
                self._remove(lines, header)
            elif header is not None and settings is not None:
                self._set(lines, header, settings, line_end)
            elif settings is not None:
                body = [f"{key} = {value}" for key, value in settings.items() if value is not None]
                added.append("".join(line + line_end for line in (self._title(section), *body)))
        text = "".join(lines)
        if added and text:
            text += "" if text.endswith(("\r", "\n")) else line_end
            text += "" if text.endswith(line_end * 2) else line_end
        after = (text + line_end.join(added)).encode()
        self._judge(after, changes)
        return type(self)(self.path, after)

    def save(self, after: Draft) -> None:
        """Let the file hold what *after* holds; only inside `editing`, which holds the lock.

        A link stays a link, and the file keeps its mode. Raise ConfigError when the file is read-only, can't be
        written, or was changed by another program meanwhile.
        """
        if after.data == self.data:
            return
        target = Path(os.path.realpath(self.path))
        mode = 0o600
        if target.exists():
            before = stat.S_IMODE(target.stat().st_mode)
            mode = before if self.keeps_mode else mode
            files.refuse_read_only(self.path, f"or {self.elsewhere}")
        if (read(self.path) or b"") != self.data:
            raise ConfigError(f"Another program changed {self.path} meanwhile.", "Nothing was written. Try again.")
        files.write_private(self.path, after.data, mode)

    def _title(self, section: Section) -> str:
        """Return the header of a new *section*."""
        return "[default]" if section == ("profile", "default") else header_of(*section)

    def _grouped(self, sections: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
        """Return *sections*, by header, as botocore reads them: profiles and SSO sessions by name."""
        from botocore.configloader import build_profile_map

        grouped: dict[str, Any] = build_profile_map(sections)
        return grouped

    def _find(self, section: Section) -> str | None:
        """Return the header of *section* that counts."""
        headers = self._profiles if section.kind == "profile" else self._sessions
        return headers.get(section.name)

    def _span(self, header: str) -> tuple[int, int]:
        """Return the first and the last line of the section's own."""
        first = self._header_lines[header]
        own = self._own_options[header].values()
        return first, max((self._lines_of(line)[-1] for line in own), default=first)

    def _check(self, section: Section, settings: Mapping[str, str | None]) -> None:
        if not section.name or _CONTROL.search(section.name):
            fault = "holds a control character" if section.name else "is empty"
            raise ConfigError(f"The name {section.name!r} of a {section.kind} {fault}.", "Choose another name.")
        for key, value in settings.items():
            if not _KEY.fullmatch(key):
                raise ConfigError(f"{key!r} is not a key of an AWS config file.", "A key looks like: sso_role_name")
            if value is not None and (_CONTROL.search(value) or _UNCLEAR.search(value)):
                raise ConfigError(
                    f"{key} of {section.kind} {section.name} can't be {value!r}.",
                    "A value has no control character, no blank at either end, and no # or ; after a blank.",
                )

    def _remove(self, lines: list[str], header: str) -> None:
        """Take a section's own lines out of *lines*, and the empty line that parted it from the one before."""
        first, last = self._span(header)
        if first > 1 and not self._lines[first - 2] and (last == len(lines) or not self._lines[last]):
            first -= 1
        lines[first - 1 : last] = [""] * (last - first + 1)  # blanked, so that line numbers stay

    def _set(self, lines: list[str], header: str, settings: Mapping[str, str | None], line_end: str) -> None:
        """Set or take out keys among a section's own *lines*; a key that it lacks goes below its last setting."""
        own = self._own_options[header]
        for key, line in own.items():
            if key in settings and (value := settings[key]) != self._value(line):
                first, *more = (number for number in self._lines_of(line) if self._lines[number - 1].strip())
                for number in more:
                    lines[number - 1] = ""
                lines[first - 1] = "" if value is None else _with_value(lines[first - 1], value)
        _, last = self._span(header)
        indent = self._indent_of_settings(header)
        for key, value in settings.items():
            if key not in own and value is not None:
                lines[last - 1] += "" if not lines[last - 1] or lines[last - 1].endswith(("\r", "\n")) else line_end
                lines[last - 1] += f"{indent}{key} = {value}{line_end}"

    def _indent_of_settings(self, header: str) -> str:
        """Return the blanks before a setting below the section's last.

        A line that is indented deeper than the setting above it is part of that one's value, even a header. So a new
        setting stands as deep as the one above; and if there is none, as the line below.
        """
        if own := self._own_options[header]:
            model = self._lines[max(own.values()) - 1]
        else:
            below = (line for line in self._lines[self._header_lines[header] :] if line.strip())
            model = next((line for line in below if not line.lstrip().startswith(("#", ";"))), "")
        return model[: len(model) - len(model.lstrip())]

    def _judge(self, after: bytes, changes: Changes) -> None:
        """Raise ConfigError unless *changes*, and nothing else, is what botocore sees changed."""
        import configparser

        try:
            sections, defaults = _parse(self.path, self.data)
            expected, actual = self._grouped(sections), self._grouped(_parse(self.path, after)[0])
        except (configparser.Error, ConfigError):
            actual = None
        else:
            for (kind, name), settings in changes.items():
                group = expected["profiles" if kind == "profile" else "sso_sessions"]
                if settings is None:
                    group.pop(name, None)
                else:
                    wanted = {**group.get(name, defaults), **settings}
                    wanted = {key: defaults.get(key) if value is None else value for key, value in wanted.items()}
                    group[name] = {key: value for key, value in wanted.items() if value is not None}
        if actual is None or actual != expected:
            which = " or ".join(self._title(section) for section in list(changes)[:3])
            raise ConfigError(
                f"{self.path}: changing {which} there would change other settings, too. Nothing was written.",
                "Look for a second section of that name and for indented headers, or edit the file by hand.",
            )


@contextmanager
def editing(path: Path, context: Context, seen: Config | None = None) -> Iterator[Draft]:
    """Hold the lock that all ssoenv processes take to edit config files, and read the file *path*.

    To write: ``draft.save(draft.edited(changes))``. Raise ConfigError when the file can't be read, when botocore would
    refuse it, and when it has lost what was *seen* in it before: then another program is in the middle of writing it.
    """
    with files.lock(context, "config", f"Waiting for another ssoenv that edits {path} …"):
        draft = Draft(path, files.read_settled(path, context, CURE))
        if seen and os.path.realpath(seen.path) == os.path.realpath(path) and (lost := draft.lost(seen)):
            raise ConfigError(
                f"{path} has lost {lost[0]}{' and more' if len(lost) > 1 else ''} meanwhile: "
                "another program seems to be writing it.",
                "Nothing was written. Try again.",
            )
        yield draft


def _with_value(line: str, value: str) -> str:
    """Return the *line* of a setting with another *value*; key, spacing and line end stay."""
    text = line.rstrip("\r\n")
    key, delimiter, old = re.split("([=:])", text, maxsplit=1)
    blanks = old[: len(old) - len(old.lstrip())]
    return f"{key}{delimiter}{blanks}{value}{line[len(text) :]}"


def _parse(path: Path, data: bytes) -> tuple[dict[str, dict[str, str]], Mapping[str, str]]:
    """Return the sections of *data* as botocore does, save that indented blocks are left as text; and [DEFAULT]."""
    import configparser

    parser = configparser.RawConfigParser()
    parser.read_string("\n".join(split_lines(path, data)))
    return {name: dict(parser.items(name)) for name in parser.sections()}, parser.defaults()
