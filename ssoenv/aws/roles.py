"""The AWS CLI's cache of role credentials: ``~/.aws/cli/cache``."""

from __future__ import annotations

import json
import math
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from ssoenv import files
from ssoenv.aws import cache_names
from ssoenv.aws.config import Session
from ssoenv.aws.times import format_time, parse_time
from ssoenv.context import Context
from ssoenv.text import checked_ascii

# Credentials with less than this many seconds left count as expired, in the AWS CLI and in botocore.
FRESH_FOR = 15 * 60


@dataclass(frozen=True)
class Credentials:
    """Credentials. *expiration* is POSIX seconds, UTC; a user's own keys have neither that nor a *session_token*."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str | None = field(repr=False)
    expiration: float | None
    account_id: str | None = None

    def left(self, now: float) -> float:
        """Return the seconds that the credentials are good from *now* (POSIX seconds, UTC) on; they may have no end."""
        return math.inf if self.expiration is None else self.expiration - now


def read_file(path: Path, account_id: str | None, context: Context) -> Credentials | None:
    """Return the credentials in the cache's file *path*, or None if there are none with 15 minutes left."""
    content = files.read_json(path, context)
    try:
        values = (content or {})["Credentials"]
        found = Credentials(
            access_key_id=checked_ascii(values["AccessKeyId"]),
            secret_access_key=checked_ascii(values["SecretAccessKey"]),
            session_token=checked_ascii(values["SessionToken"]),
            expiration=parse_time(values["Expiration"]),
            account_id=account_id,
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
    return found if found.left(context.now()) >= FRESH_FOR else None


def write_file(path: Path, account_id: str, credentials: Credentials) -> None:
    """Write the *credentials* of an SSO role to the cache's file *path*, as the AWS CLI does."""
    content = {
        "ProviderType": "sso",
        "Credentials": {
            "AccessKeyId": credentials.access_key_id,
            "SecretAccessKey": credentials.secret_access_key,
            "SessionToken": credentials.session_token,
            "Expiration": format_time(credentials.expiration or 0),
            "AccountId": account_id,
        },
    }
    files.write_json(path, content)


def delete_all_credentials(context: Context) -> None:
    """Delete the cached credentials of every SSO role, as ``aws sso logout`` does; those of other kinds stay."""
    for path in files.listed(cache_dir(context), ".json"):
        if (files.read_json_or_tell(path, context) or {}).get("ProviderType") == "sso":
            files.delete(path)


def cached_files(context: Context) -> set[str]:
    """Return the names of the cache's files."""
    with suppress(OSError):  # one that can't be listed is no reason to choose nothing
        return {path.name for path in cache_dir(context).iterdir()}
    return set()


def cache_path(context: Context, session: Session, account_id: str, role_name: str) -> Path:
    """Return the file of the role: the SHA-1 of what names it, as compact JSON (botocore's SSOProvider)."""
    origin = {"startUrl": session.start_url} if session.name is None else {"sessionName": session.name}
    key = json.dumps({"accountId": account_id, "roleName": role_name, **origin}, sort_keys=True, separators=(",", ":"))
    return cache_dir(context) / f"{cache_names.digest(key)}.json"


def cache_dir(context: Context) -> Path:
    """Return the folder of the cache."""
    return context.home.joinpath(".aws", "cli", "cache")
