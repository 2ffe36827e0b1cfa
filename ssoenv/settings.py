"""The settings: a TOML file of the user's. Each setting stands here once: its type, its default, its meaning."""

from __future__ import annotations

import json
import re
from dataclasses import Field, dataclass, field, fields
from typing import Any

from ssoenv import files
from ssoenv.context import Context
from ssoenv.errors import ConfigError
from ssoenv.text import did_you_mean


def _setting(meaning: str, *, default: Any) -> Any:
    return field(default=default, metadata={"meaning": meaning})


@dataclass(frozen=True)
class Settings:
    """The settings, as the user's file has them or by default."""

    quiet: bool = _setting("say nothing after a switch, as with --quiet", default=False)
    accessible: bool = _setting(
        "numbered lines to choose from, and nothing drawn over, as with ACCESSIBLE=1", default=False
    )
    profile_mode: bool = _setting("export the profile's name instead of keys, as with --profile-mode", default=False)
    clipboard_seconds: int = _setting(
        "take a copied secret off the clipboard after so many seconds; 0: never", default=45
    )
    shelf: bool = _setting("keep fresh keys where a shell finds them without starting a program", default=True)
    renew_minutes: int = _setting("renew a shell's keys so many minutes before they expire; 0: never", default=10)
    production: tuple[str, ...] = _setting(
        "prompts show these in red: patterns for profile, account name or id; one with ! takes out",
        default=("*prod*", "*prd*", "!*nonprod*", "!*non-prod*", "!*preprod*"),
    )


# What a type is called in an error.
_FORMS = {"bool": "true or false", "int": "a whole number from 0 to 999999", "tuple[str, ...]": "a list of texts"}
_NUMBERS = range(1_000_000)


def load(context: Context) -> Settings:
    """Return the settings of the user; raise ConfigError, with the line, for a key or a value that means nothing."""
    return Settings(**read(context))


def wants_plain_lines(context: Context) -> bool:
    """Tell whether nothing on a screen may be drawn over: for a screen reader, or as the terminal can't.

    ``ACCESSIBLE=1`` and the setting ask for it. Raise what `load` raises.
    """
    cannot_redraw = context.environ.get("TERM") in {"dumb", "unknown"}
    return cannot_redraw or context.environ.get("ACCESSIBLE", "") not in {"", "0"} or load(context).accessible


def read(context: Context) -> dict[str, Any]:
    """Return the settings that the user's file names, and no defaults. Raise what `load` raises."""
    path = context.settings_file
    data = files.read(path, "SSOENV_CONFIG can name another.")
    if data is None:
        return {}
    import tomllib

    try:
        content = data.decode("utf-8-sig")  # editors on Windows put a mark first
        values = tomllib.loads(content)
    except (ValueError, RecursionError) as error:  # no UTF-8, no TOML, or a number of thousands of digits
        raise ConfigError(f"{path} is not TOML: {error}.", "A line looks like: quiet = true") from error
    known: dict[str, Field[Any]] = {setting.name: setting for setting in fields(Settings)}
    for name, value in values.items():
        place = f"{path}, line {_line(content, name)}"
        if name not in known:
            raise ConfigError(
                f"{place}: there is no setting {name}.",
                did_you_mean(name, known, otherwise=f"There are: {', '.join(known)}"),
            )
        kind = str(known[name].type)
        if not _fits(value, kind):
            example = json.dumps(known[name].default)  # which is TOML, too
            raise ConfigError(f"{place}: {name} is {_FORMS[kind]}.", f"The default is: {name} = {example}")
    return values


def _fits(value: object, kind: str) -> bool:
    if kind == "tuple[str, ...]":
        return isinstance(value, list) and all(isinstance(text, str) for text in value)
    return type(value).__name__ == kind and (kind != "int" or value in _NUMBERS)


def _line(content: str, name: str) -> int:
    """Return the line that *name* is set in, as a key or as a table."""
    found = re.search(rf"^[ \t]*\[*[ \t]*[\"']?{re.escape(name)}\b", content, re.MULTILINE)
    return content.count("\n", 0, found.start()) + 1 if found else 1
