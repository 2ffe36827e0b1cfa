"""Credentials as the dialog words them: a text for each environment and option, ready to paste.

As AWS's own dialog does, it gives neither a region nor the expiration, and quotes nothing: no key holds a character
that one of these shells would take for its own.
"""

from __future__ import annotations

from ssoenv.demo.portal.state import RoleSession

# Environment: how a line of it sets a variable.
LINES = {
    "macOS and Linux": 'export {name}="{value}"',
    "Windows": "SET {name}={value}",
    "PowerShell": '$Env:{name}="{value}"',
}


def variables(session: RoleSession, environment: str) -> str:
    """Return Option 1: lines that set variables in a shell of *environment*, a key of `LINES`."""
    return "\n".join(
        LINES[environment].format(name=name.upper(), value=value) for name, value in _settings(session).items()
    )


def profile(session: RoleSession) -> str:
    """Return Option 2: a section of the credentials file, named for account and role."""
    lines = (f"{name}={value}" for name, value in _settings(session).items())
    return "\n".join([f"[{session.account_id}_{session.role_name}]", *lines])


def values(session: RoleSession) -> dict[str, str]:
    """Return Option 3: each value, under its name in words."""
    return {
        "AWS access key ID": session.access_key_id,
        "AWS secret access key": session.secret_access_key,
        "AWS session token": session.session_token,
    }


def _settings(session: RoleSession) -> dict[str, str]:
    """Return each value under its name in the credentials file; that of the variable is the same in capitals."""
    return {name.lower().replace(" ", "_"): value for name, value in values(session).items()}
