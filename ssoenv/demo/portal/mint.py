"""Keys and tokens that look like the real ones, in every character that a shell could trip over."""

from __future__ import annotations

import secrets
from base64 import b32encode, b64encode
from string import ascii_uppercase


def access_key_id(account_id: str) -> str:
    """Return a new temporary access key id that carries *account_id*, as AWS's own do.

    After ``ASIA`` come 16 base32 characters. The first 48 bits of what they encode are: a 1 (the format of
    today), 40 bits of account number, and 7 bits of chance (the format as Tal Be'ery described it in 2023).
    """
    head = 1 << 47 | int(account_id) << 7 | secrets.randbits(7)
    return "ASIA" + b32encode(head.to_bytes(6) + secrets.token_bytes(4)).decode()


def secret_access_key() -> str:
    """Return 40 characters of base64 that hold both a ``/`` and a ``+``."""
    while True:
        secret = b64encode(secrets.token_bytes(30)).decode()
        if "/" in secret and "+" in secret:
            return secret


def session_token() -> str:
    """Return some 700 characters of base64 that start as AWS's do and end in ``=``."""
    return b64encode(b"!\n\torigin_ec" + secrets.token_bytes(500)).decode()


def token() -> str:
    """Return an opaque access token, refresh token, client secret or code."""
    return secrets.token_urlsafe(96)


def user_code() -> str:
    """Return a code for a person to compare: four letters, a hyphen, four letters."""
    letters = "".join(secrets.choice(ascii_uppercase) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"
