"""The account inside an access key id."""

from __future__ import annotations

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_KEY_LENGTH = 20
_ACCOUNT_BITS = (1 << 40) - 1


def account_of(access_key_id: str) -> str | None:
    """Return the 12 digits of the account that issued *access_key_id*, or None if the id does not tell.

    The 16 characters after the prefix are base32, and the first ten of them hold the account. Ids made before
    2019 don't (their fifth character is below Q). AWS does not document the format (Tal Be'ery described it in 2023),
    so it serves to warn, not to decide.
    """
    body = access_key_id[4:]
    if len(access_key_id) != _KEY_LENGTH or access_key_id[:4] not in ("ASIA", "AKIA"):
        return None
    if any(character not in _ALPHABET for character in body) or _ALPHABET.index(body[0]) < _ALPHABET.index("Q"):
        return None
    number = 0
    for character in body[:10]:
        number = number << 5 | _ALPHABET.index(character)
    # Of these fifty bits the first is a flag, then come the account's forty, and nine that are none of it.
    return f"{number >> 9 & _ACCOUNT_BITS:012d}"
