"""The SSO portal: the accounts and roles of a login, and their credentials.

The bearer token goes to the host that botocore's endpoint rules produce, and botocore follows no redirect.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ssoenv.aws.clients import calling, error_of
from ssoenv.aws.roles import Credentials


class Unauthorized(Exception):
    """The portal does not take the token (any more): the session may have been ended before its time."""


class Forbidden(Exception):
    """The role is not assigned to the user in that account."""


def role_credentials(region: str, access_token: str, account_id: str, role_name: str, profile: str) -> Credentials:
    """Return new credentials of the role. Raise Unauthorized, Forbidden or ServiceError."""
    with _calling("Getting the credentials", region, profile) as portal:
        answer = portal.get_role_credentials(roleName=role_name, accountId=account_id, accessToken=access_token)
    values = answer["roleCredentials"]
    return Credentials(
        access_key_id=values["accessKeyId"],
        secret_access_key=values["secretAccessKey"],
        session_token=values["sessionToken"],
        expiration=values["expiration"] / 1000,  # the portal counts milliseconds
        account_id=account_id,
    )


def role_names(region: str, access_token: str, account_id: str, profile: str) -> list[str]:
    """Return the roles that the user has in the account. Raise Unauthorized, Forbidden or ServiceError."""
    with _calling("Listing the roles", region, profile) as portal:
        pages = portal.get_paginator("list_account_roles").paginate(accountId=account_id, accessToken=access_token)
        return [role["roleName"] for page in pages for role in page["roleList"]]


def logout(region: str, access_token: str) -> None:
    """End the session at the portal. Raise Unauthorized (it is over already) or ServiceError."""
    with _calling("Logging out", region, None) as portal:
        portal.logout(accessToken=access_token)


@contextmanager
def _calling(doing: str, region: str, profile: str | None) -> Iterator[Any]:
    import botocore.exceptions

    with calling(doing, "sso", region, profile=profile) as portal:
        try:
            yield portal
        except botocore.exceptions.ClientError as error:
            code, message = error_of(error)
            if code == "UnauthorizedException":
                raise Unauthorized(message) from None
            if code in ("ForbiddenException", "ResourceNotFoundException"):
                raise Forbidden(message) from None
            raise
