"""What a form can hold: values that need no quotes, or one line."""

import re

from ssoenv.errors import ConfigError

# No shell, .env reader or container engine sees anything but itself in one of these, quoted or not.
_PLAIN = re.compile(r"[A-Za-z0-9_.:/+=,@-]*")


def unquoted(name: str, value: str) -> str:
    """Return *value* if all its characters stand for themselves everywhere, as those of AWS's keys do.

    Raise ConfigError otherwise, with the *name* of the variable and without the value.
    """
    if not _PLAIN.fullmatch(value):
        raise ConfigError(
            f"{name} can't be written in this form: it holds a character that some reader would not take as it is.",
            "Use a form that quotes, such as --format json or the one of your shell: ssoenv get --help",
        )
    return value


def one_line(name: str, value: str) -> str:
    """Return *value* if nothing in it ends a line or steers a terminal, for a form that quotes or needs no quotes.

    Raise ConfigError otherwise, with the *name* of the setting and without the value.
    """
    if not value.isprintable():
        raise ConfigError(f"{name} can't be written: it holds a control character.", "Renew it where it comes from.")
    return value
