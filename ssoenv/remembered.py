"""What ssoenv was told once and keeps: aliases, regions of sessions, and which targets were used last.

Small JSON files beside the settings, or in the cache what is no loss. None of them holds a secret.
"""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

from ssoenv import files
from ssoenv.aws.config import is_region
from ssoenv.context import Context
from ssoenv.errors import ConfigError, UsageError

_ALIAS = r"[A-Za-z0-9_][A-Za-z0-9_.@+:-]{0,63}"
# As many as a picker may show first; older ones are forgotten.
_RECENT = 50


def files_of(context: Context) -> list[Path]:
    """Return the files that decide what a name means."""
    return [_beside_settings(context, "aliases"), _beside_settings(context, "regions")]


def aliases(context: Context) -> dict[str, str]:
    """Return what each alias stands for."""
    return _texts(_beside_settings(context, "aliases"), context)


def set_alias(name: str, words: str | None, context: Context) -> None:
    """Let *name* stand for *words*, or for nothing any more if they are None. Raise UsageError for an odd name."""
    if not re.fullmatch(_ALIAS, name):
        raise UsageError(f'"{name}" can\'t be an alias.', "Use letters, digits and _ . @ + : - only.")
    _set(_beside_settings(context, "aliases"), name, words, context)


def regions(context: Context) -> dict[str, str]:
    """Return the regions that the user chose for targets in no config file, by the keys of the sessions."""
    chosen = _texts(_beside_settings(context, "regions"), context)
    return {session_key: region for session_key, region in chosen.items() if is_region(region)}


def set_region(session_key: str, chosen: str | None, context: Context) -> None:
    """Remember the region for a session, or forget it if it is None."""
    _set(_beside_settings(context, "regions"), session_key, chosen, context)


def recent(context: Context) -> list[str]:
    """Return the names of the targets used last, the latest first; none where the file can't be read."""
    names = None
    with suppress(ConfigError):
        names = (files.read_json(_recent_path(context), context) or {}).get("names")
    return [name for name in names if isinstance(name, str)] if isinstance(names, list) else []


def note_use(name: str, context: Context) -> None:
    """Remember that the target *name* was used just now. A file that can't be used is no failure of the switch."""
    names = recent(context)
    if names[:1] != [name]:
        with suppress(ConfigError):
            kept = [name, *(other for other in names if other != name)][:_RECENT]
            files.write_json(_recent_path(context), {"names": kept})


def _set(path: Path, key: str, value: str | None, context: Context) -> None:
    with files.json_to_change(path, context) as entries:
        entries[key] = value


def _texts(path: Path, context: Context) -> dict[str, str]:
    content = files.read_json(path, context) or {}
    return {name: text for name, text in content.items() if isinstance(text, str)}


def _beside_settings(context: Context, what: str) -> Path:
    return context.settings_file.parent / f"{what}.json"


def _recent_path(context: Context) -> Path:
    return context.cache_dir / "recent.json"
