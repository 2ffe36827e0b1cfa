"""Where an inventory is kept, and what a switch reads of it without loading what lists one."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from ssoenv import files
from ssoenv.aws import cache_names
from ssoenv.aws.config import Session
from ssoenv.context import Context
from ssoenv.errors import ConfigError


def file_of(session: Session, context: Context, suffix: str = ".json") -> Path:
    """Return the file that keeps the inventory of *session*, or one of another *suffix* beside it."""
    return context.cache_dir / "inventory" / f"{cache_names.digest(session.key)}{suffix}"


def account_name(session: Session | None, account_id: str, context: Context) -> str | None:
    """Return what the account is called: by what *session* lists, or else any other that is kept.

    None where that is not known, as it has not been listed, or can't be read.
    """
    own = file_of(session, context) if session else None
    for path in sorted((context.cache_dir / "inventory").glob("*.json"), key=lambda path: (path != own, path)):
        with suppress(ConfigError, LookupError, TypeError):
            content = files.read_json(path, context) or {}
            for entry in content["accounts"]:
                if entry["account_id"] == account_id and isinstance(entry["name"], str):
                    return entry["name"]
    return None
