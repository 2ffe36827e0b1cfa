"""The names that the AWS CLI gives to the files of its caches."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ssoenv.aws.config import Session
    from ssoenv.context import Context

# What hashlib is made of, without OpenSSL, whose loading takes a thirtieth of a switch. Some Python may not have it.
try:
    _sha1 = import_module("_sha1").sha1
except ImportError:
    from hashlib import sha1 as _sha1


def digest(text: str) -> str:
    """Return the name of the file for *text*, without extension: its SHA-1, in hexadecimal digits."""
    return str(_sha1(text.encode(), usedforsecurity=False).hexdigest())


def token_cache(context: Context) -> Path:
    """Return the folder of the logins; no variable moves it, it follows the home directory."""
    return context.home / ".aws" / "sso" / "cache"


def token_path(context: Context, session: Session) -> Path:
    """Return the file of the session's token: named by the SHA-1 of its name, or of its raw start URL (legacy)."""
    return token_cache(context) / f"{digest(session.key)}.json"


def has_login(context: Context, session: Session) -> bool:
    """Tell whether there is a token of *session*, good or not, or may be one in a folder that can't be looked into.

    A logout deletes it first: who has kept keys, and then finds it gone, takes them out again.
    """
    try:
        return token_path(context, session).exists()
    except OSError:
        return True
