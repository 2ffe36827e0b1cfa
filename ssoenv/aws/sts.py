"""STS: whose the credentials really are."""

from __future__ import annotations

from dataclasses import dataclass

from ssoenv.aws.clients import Keys, calling


@dataclass(frozen=True)
class Identity:
    """The caller as STS sees it."""

    account_id: str
    arn: str


def caller_identity(region: str, keys: Keys) -> Identity:
    """Ask STS (GetCallerIdentity) whose *keys* these are. Raise ServiceError."""
    with calling("Asking STS for the caller's identity", "sts", region, credentials=keys) as sts:
        answer = sts.get_caller_identity()
    return Identity(account_id=answer["Account"], arn=answer["Arn"])
