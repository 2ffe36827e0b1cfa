"""The names that the AWS CLI gives to the files of its caches."""

from importlib import import_module

# What hashlib is made of, without OpenSSL, whose loading takes a thirtieth of a switch. Some Python may not have it.
try:
    _sha1 = import_module("_sha1").sha1
except ImportError:
    from hashlib import sha1 as _sha1


def digest(text: str) -> str:
    """Return the name of the file for *text*, less its ending: its SHA-1, in hexadecimal digits."""
    return str(_sha1(text.encode(), usedforsecurity=False).hexdigest())
