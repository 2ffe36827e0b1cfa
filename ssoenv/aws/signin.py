"""The sign-in page of the web console: credentials of a role in, a token for a link out (getSigninToken).

Source: AWS's documentation, "Enabling custom identity broker access to the AWS console".
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import quote

from ssoenv.aws.console_links import Partition
from ssoenv.aws.roles import Credentials
from ssoenv.errors import ServiceError, UsageError
from ssoenv.text import checked_ascii


def address(partition: Partition, environ: Mapping[str, str]) -> str:
    """Return the address of the *partition*'s sign-in page, without a final slash, or what stands in for it."""
    return environ.get("AWS_ENDPOINT_URL_SIGNIN", "").rstrip("/") or f"https://{partition.signin}"


def token(signin: str, keys: Credentials) -> str:
    """Return a token for `console_links.login_link`; the console's session ends with the *keys*.

    Raise UsageError for keys that are not a role's, ServiceError when the network or AWS fails.
    """
    import botocore.exceptions

    from ssoenv.aws import clients

    if not keys.session_token:
        raise UsageError(
            "A user's own keys can't sign in to the console, only a role's can.", "Name a profile of a role."
        )
    session = {
        "sessionId": keys.access_key_id,
        "sessionKey": keys.secret_access_key,
        "sessionToken": keys.session_token,
    }
    # No SessionDuration: the service refuses it for a role that was assumed by another one.
    url = f"{signin}/federation?Action=getSigninToken&Session={quote(json.dumps(session), safe='')}"
    try:
        answer = clients.get(url)  # follows no redirect, which would take the keys along
    except ValueError:
        raise ServiceError(f"{signin} is no address.", "Look at AWS_ENDPOINT_URL_SIGNIN.") from None
    except botocore.exceptions.BotoCoreError as error:
        raise ServiceError(
            f"Asking {signin} for a sign-in failed: {type(error).__name__}.",
            "Look at the network and the proxy variables.",
        ) from None  # the error may quote the address, and the keys in it
    if answer.status_code != 200:
        raise ServiceError(
            f"{signin} refuses the credentials (HTTP {answer.status_code}).",
            "Have they expired? Then switch again, or log in again.",
        )
    try:
        return checked_ascii(json.loads(answer.content)["SigninToken"])
    except (ValueError, LookupError, TypeError, RecursionError):
        raise ServiceError(
            f"{signin} gave no sign-in token.", "Is a proxy, or the sign-in page of a network, in between?"
        ) from None
