"""What the access portal's own dialog gives, character for character, and what ssoenv knows beyond it.

Option 1 and 2 of "Get credentials"; the portal gives neither region nor expiration.
"""

from __future__ import annotations

from ssoenv import environment
from ssoenv.aws.roles import Credentials
from ssoenv.formats import checks
from ssoenv.targets import Target

# How each environment of the dialog sets a variable; and removes one, which the portal never has to.
_LINES = {
    "macos-linux": ('export {name}="{value}"', "unset {name}"),
    "windows": ("SET {name}={value}", "SET {name}="),
    "powershell": ('$Env:{name}="{value}"', "$Env:{name}=$null"),
}
SYSTEMS = tuple(_LINES)
"""The environments of the dialog."""
_OF_SHELL = {"powershell": "powershell", "cmd": "windows", **dict.fromkeys(("sh", "bash", "zsh"), "macos-linux")}


def system_of(shell: str) -> str | None:
    """Return the environment of the dialog that fits the *shell* of that name, None where none does."""
    return _OF_SHELL.get(shell)


def variables(system: str, target: Target, credentials: Credentials, *, exact: bool) -> str:
    """Return Option 1 for an environment of `SYSTEMS`: a line a variable, the portal's three first.

    Unless it has to be *exact*, the expiration follows, and the region if there is one. An expiration that other keys
    have left behind would make SDKs refuse these.
    """
    assign, remove = _LINES[system]
    values = environment.key_variables(credentials, target.region)
    names = environment.PORTAL_NAMES if exact else values
    lines = []
    for name in names:
        value = values[name]
        line = remove if value is None else assign
        lines.append(line.format(name=name, value=checks.unquoted(name, value or "")))
    return "".join(f"{line}\n" for line in lines)


def block(name: str | None, target: Target, credentials: Credentials, *, exact: bool) -> str:
    """Return Option 2: a block of the credentials file, called *name* or else as `block_name` says.

    Unless it has to be *exact*, with the region if there is one.
    """
    from ssoenv.aws import shared_credentials

    header = shared_credentials.checked_name(block_name(target) if name is None else name)
    settings = shared_credentials.settings(credentials, None if exact else target.region)
    return "".join(f"{line}\n" for line in [f"[{header}]", *(f"{key}={value}" for key, value in settings.items())])


def block_name(target: Target) -> str:
    """Return what the portal calls the block: ``ACCOUNT_ROLE``; the name of *target* where it has no role."""
    return f"{target.account_id}_{target.role_name}" if target.account_id and target.role_name else target.name
