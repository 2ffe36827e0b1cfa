"""Option 3: the single values."""

from __future__ import annotations

from ssoenv.aws.roles import Credentials
from ssoenv.aws.times import format_time
from ssoenv.errors import UsageError
from ssoenv.targets import Target

NAMES = ("access-key-id", "secret-access-key", "session-token", "expiration", "account-id", "region")
"""What each value is called."""
OPEN = ("access-key-id", "expiration", "account-id", "region")
"""Those of them that are no secret."""


def of(target: Target, credentials: Credentials) -> dict[str, str | None]:
    """Return each value under its name of `NAMES`, None where there is none. The expiration is ISO 8601, in UTC."""
    expiration = format_time(credentials.expiration) if credentials.expiration else None
    values = (
        *(credentials.access_key_id, credentials.secret_access_key, credentials.session_token),
        *(expiration, target.account_id, target.region),
    )
    return dict(zip(NAMES, values, strict=True))


def one(name: str, target: Target, credentials: Credentials) -> str:
    """Return the line that is the value *name*, one of `NAMES`. Raise UsageError where there is none."""
    value = of(target, credentials)[name]
    if value is None:
        cure = "Give one: --region REGION" if name == "region" else "For what it has: ssoenv get NAME --option 3"
        raise UsageError(f"{target.name} has no {name}.", cure)
    return f"{value}\n"


def table(target: Target, credentials: Credentials) -> str:
    """Return a line for each value there is: its name, and the value below that of the line above."""
    width = max(map(len, NAMES)) + 2
    return "".join(f"{name:<{width}}{value}\n" for name, value in of(target, credentials).items() if value)
