"""A shell that was switched, by its variables, and what runs in it before a prompt and before a line."""

from __future__ import annotations

import time

# The account that is written into this key id.
KEY, ACCOUNT = "ASIAQNZGKIQY56JQ7WML", "029608264753"
# How each shell is started at a terminal.
INTERACTIVE = {
    "bash": ("--norc", "--noprofile", "-i"),
    "zsh": ("-f", "-i"),
    "fish": ("--no-config", "--features=no-query-term", "-i"),
    "powershell": ("-NoProfile",),
}
# How ``{line}``, a quoted word, is handed over before it runs.
TYPED = {
    "bash": "__ssoenv_preexec {line}",
    "zsh": "__ssoenv_hook {line}",
    "fish": "__ssoenv_hook {line}",
    "powershell": "$typed = {line}; __ssoenv_await",
}
# Those that turn or hide what stands around them, and the controls that a terminal acts on.
MARKS = "".join(
    map(chr, [0x061C, *range(0x200B, 0x2010), *range(0x2028, 0x202F), 0x2060, *range(0x2066, 0x206A), 0xFEFF])
) + "".join(map(chr, range(0x80, 0xA0)))


def switched(life, **others):
    """Return the variables after a switch to keys with so many seconds to live; see `exported`."""
    return {
        "AWS_SSO_PROFILE": "dev",
        "AWS_SSO_ACCOUNT_ID": ACCOUNT,
        "AWS_ACCESS_KEY_ID": KEY,
        "SSOENV_EXPIRATION": life,
        "SSOENV_KIND": None,
        "AWS_PROFILE": None,
        **others,
    }


def exported(values):
    """Return *values* as variables; lives are seconds from now, which is not when the tests were collected."""
    return {
        name: str(int(time.time() + value)) if isinstance(value, int) else value
        for name, value in values.items()
        if value is not None
    }


def seconds_left(seconds, probe):
    """Return the line that lets the keys have so many seconds left by the shell's own clock, which may lag behind."""
    if probe.shell == "fish":
        return (
            f"__ssoenv_read_clock /; set -gx SSOENV_EXPIRATION (math $__ssoenv_ages[1] + $__ssoenv_ages[2] + {seconds})"
        )
    if probe.shell == "powershell":
        return f"$env:SSOENV_EXPIRATION = [DateTimeOffset]::UtcNow.ToUnixTimeSeconds() + {seconds}"
    return f"__ssoenv_read_clock; export SSOENV_EXPIRATION=$((__ssoenv_time + {seconds}))"
