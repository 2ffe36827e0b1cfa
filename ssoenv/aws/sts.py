"""STS: whose the credentials really are."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ssoenv.aws.clients import calling, error_of
from ssoenv.aws.roles import Credentials
from ssoenv.errors import ServiceError
from ssoenv.text import checked_ascii

# What STS answers to keys or tokens that it does not take.
BAD_KEYS = (
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidClientTokenId",
    "InvalidIdentityToken",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
)


class Rejected(ServiceError):
    """AWS does not accept the keys; *code* says why."""

    def __init__(self, code: str) -> None:
        super().__init__(f"AWS does not accept the keys ({code}).", "Get new ones.")
        self.code = code


@dataclass(frozen=True)
class Identity:
    """The caller as STS sees it."""

    account_id: str
    arn: str

    def may_be(self, role: str) -> bool:
        """Tell whether this is *role*, plainly or by SSO; of what is no assumed role nothing is known."""
        found = re.search(":assumed-role/([^/]+)/", self.arn)
        named = re.escape(role)
        by_sso = f"AWSReservedSSO_{named}_[0-9a-f]{{16}}"
        return found is None or re.fullmatch(f"{named}|{by_sso}", found[1], re.IGNORECASE) is not None


def caller_identity(region: str, keys: Credentials) -> Identity:
    """Ask STS (GetCallerIdentity) whose *keys* these are. Raise Rejected or ServiceError."""
    from botocore.exceptions import ClientError

    with calling("Asking STS for the caller's identity", "sts", region, credentials=keys) as sts:
        try:
            answer = sts.get_caller_identity()
        except ClientError as error:
            code, *_ = error_of(error)
            if code in BAD_KEYS:
                raise Rejected(code) from error
            raise
        return Identity(account_id=checked_ascii(answer["Account"]), arn=checked_ascii(answer["Arn"]))
