"""Values for readers that agree on no quoting."""

import re

from ssoenv.errors import ConfigError

# No shell, .env reader or container engine sees anything but itself in one of these, quoted or not.
_PLAIN = re.compile(r"[A-Za-z0-9_.:/+=,@-]*")


def checked(name: str, value: str) -> str:
    """Return *value* if all its characters stand for themselves everywhere, as those of AWS's keys do.

    Raise ConfigError otherwise, with the *name* of the variable and without the value.
    """
    if not _PLAIN.fullmatch(value):
        raise ConfigError(
            f"{name} can't be written in this form: it holds a character that some reader would not take as it is.",
            "Use a form that quotes, such as --format json or the one of your shell: ssoenv get --help",
        )
    return value
