"""The SSO portal: the accounts and roles of a login, and their credentials.

The bearer token goes to the host that botocore's endpoint rules produce, and botocore follows no redirect.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http import HTTPStatus
from typing import Any

from ssoenv.aws import without_botocore
from ssoenv.aws.clients import MALFORMED, calling, error_of
from ssoenv.aws.config import Session, SsoRole
from ssoenv.aws.roles import Credentials
from ssoenv.aws.times import checked
from ssoenv.aws.without_botocore import Answer
from ssoenv.errors import NoAccess
from ssoenv.text import checked_ascii

# Requests a second. AWS publishes 20 for the Identity Center APIs; evenly spaced at exactly 20, a sliding window still
# refuses some for their jitter, and each refusal costs more than these 2.5 %.
RATE = 19.5
# The most that one page of a listing can hold, by the service's model.
_PAGE_SIZE = 100
# How often one call of a listing is tried: it is one of a thousand, and one that fails ends them all.
_LISTING_ATTEMPTS = 10


class Unauthorized(Exception):
    """The portal does not take the token (any more): the session may have been ended before its time."""


class Forbidden(Exception):
    """The role is not assigned to the user in that account."""


class Pace:
    """One rate for the requests of all threads: a slot each 1/*rate* seconds, and slower after a refusal (429).

    The service's real rate is unknown. A refusal holds every thread up, for the ``Retry-After`` of the answer or a
    quarter of a second, and lowers the rate; each answer after that raises it a little, up to *rate*. *refused* counts
    the refusals. *now* returns seconds of a clock that is never set back.
    """

    _LOWERED = 0.95
    _RAISED = 0.03  # requests a second
    _PAUSE = 0.25
    _LONGEST_PAUSE = 30.0

    def __init__(
        self, rate: float = RATE, now: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self.refused = 0
        self.rate = rate
        self._top = rate
        self._now = now
        self._sleep = sleep
        self._next = self._paused_until = now()
        self._lock = threading.Lock()

    def wait(self, **_event: Any) -> None:
        """Sleep until the next free slot. It runs before every attempt, botocore's retries too."""
        with self._lock:
            now = self._now()
            slot = max(self._next, now)
            self._next = slot + 1 / self.rate
        if slot > now:
            self._sleep(slot - now)

    def heed(self, response_dict: dict[str, Any] | None, **_event: Any) -> None:
        """Learn from an answer; there is none where the network failed."""
        if response_dict is None:
            return
        with self._lock:
            if response_dict["status_code"] != 429:
                self.rate = min(self._top, self.rate + self._RAISED)
                return
            self.refused += 1
            now = self._now()
            if now >= self._paused_until:  # those refused together are one sign
                self.rate *= self._LOWERED
            after = str(response_dict["headers"].get("Retry-After", ""))
            pause = min(float(after), self._LONGEST_PAUSE) if after.isdecimal() else self._PAUSE
            self._paused_until = max(self._paused_until, now + pause)
            self._next = max(self._next, self._paused_until)


# Of all credentials that this process asks for: with `ssoenv exec --parallel`, threads do so for many roles at once.
_pace = Pace()


def _keep(pace: Pace, client: Any) -> None:
    """Let all calls by *client* keep to *pace*."""
    client.meta.events.register("before-send.sso", pace.wait)
    client.meta.events.register("response-received.sso", pace.heed)


class Listing:
    """The accounts and roles of a login, asked for page by page. Threads may share it."""

    def __init__(self, client: Any, access_token: str) -> None:
        self._client = client
        self._access_token = access_token

    def accounts(self) -> Iterator[tuple[str, str, str]]:
        """Yield id, name and e-mail address of each account. Raise Unauthorized, or NoAccess to any list of them."""
        try:
            for entry in self._entries("list_accounts", "accountList"):
                yield str(entry["accountId"]), str(entry.get("accountName") or ""), str(entry.get("emailAddress") or "")
        except Forbidden as error:
            raise NoAccess(
                f"The login works, but the portal refuses to list accounts{f': {error}' if str(error) else ''}.",
                "Is sso:account:access among its sso_registration_scopes?",
            ) from None

    def role_names(self, account_id: str) -> list[str]:
        """Return the roles of the account, none where the user has no access (any more). Raise Unauthorized."""
        try:
            return [str(entry["roleName"]) for entry in self._entries("list_account_roles", "roleList", account_id)]
        except Forbidden:
            return []

    def _entries(self, operation: str, key: str, account_id: str | None = None) -> Iterator[dict[str, Any]]:
        parameters = {"accessToken": self._access_token, "PaginationConfig": {"PageSize": _PAGE_SIZE}}
        if account_id is not None:
            parameters["accountId"] = account_id
        with _refusals():
            for page in self._client.get_paginator(operation).paginate(**parameters):
                yield from page[key]


@contextmanager
def listing(session: Session, access_token: str, pace: Pace) -> Iterator[Listing]:
    """Hand out a `Listing` that keeps to *pace*. Raise ServiceError for what fails in it after ten attempts."""
    doing = "Listing the accounts and roles"
    with calling(doing, "sso", session.region, profile=session.profile, attempts=_LISTING_ATTEMPTS) as client:
        _keep(pace, client)
        yield Listing(client, access_token)


def role_credentials(role: SsoRole, access_token: str, settings: Mapping[str, str]) -> tuple[Credentials, float | None]:
    """Return new credentials of the role, and when AWS answered by its own clock (POSIX seconds), if it says so.

    Raise Unauthorized, Forbidden or ServiceError. *settings* are those of its session's profile or, without one, of
    ``default``, as they stand in the user's files.
    """
    _pace.wait()
    outcome = without_botocore.role_credentials(role, access_token, settings)
    if isinstance(outcome, Answer) and outcome.status == HTTPStatus.OK:
        with suppress(*MALFORMED):
            found = _credentials(json.loads(outcome.body), role.account_id)
            _pace.heed({"status_code": outcome.status})
            return found, _date(outcome.headers)
    with _calling("Getting the credentials", role.session) as portal:
        if outcome:
            without_botocore.hand_over(portal, outcome)
        _keep(_pace, portal)
        answer = portal.get_role_credentials(
            roleName=role.role_name, accountId=role.account_id, accessToken=access_token
        )
        return _credentials(answer, role.account_id), _date(answer["ResponseMetadata"]["HTTPHeaders"])


def _date(headers: Mapping[str, str]) -> float | None:
    from datetime import UTC
    from email.utils import parsedate_to_datetime

    with suppress(LookupError, ValueError, TypeError, OverflowError):
        date = parsedate_to_datetime({name.lower(): value for name, value in headers.items()}["date"])
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()  # without a zone it is HTTP's own
    return None


def _credentials(answer: Any, account_id: str) -> Credentials:
    """Take *answer* apart. Raise LookupError, TypeError or ValueError where it is none of the portal's."""
    values = answer["roleCredentials"]
    return Credentials(
        access_key_id=checked_ascii(values["accessKeyId"]),
        secret_access_key=checked_ascii(values["secretAccessKey"]),
        session_token=checked_ascii(values["sessionToken"]),
        expiration=checked(values["expiration"] / 1000),  # the portal counts milliseconds
        account_id=account_id,
    )


def role_names(session: Session, access_token: str, account_id: str) -> list[str]:
    """Return the roles that the user has in the account, as `Listing` does. Raise Unauthorized or ServiceError."""
    with _calling("Listing the roles", session) as portal:
        return Listing(portal, access_token).role_names(account_id)


def any_role(session: Session, access_token: str) -> SsoRole | None:
    """Return one of the user's roles: the first of the first account, None if it has none.

    Raise Unauthorized, NoAccess or ServiceError.
    """
    with _calling("Listing the roles", session) as portal:
        listing = Listing(portal, access_token)
        account_id = next((account_id for account_id, _name, _email in listing.accounts()), None)
        names = listing.role_names(account_id) if account_id else []
        return SsoRole(session, account_id, names[0]) if account_id and names else None


def logout(session: Session, access_token: str) -> None:
    """End the session at the portal. Raise Unauthorized (it is over already) or ServiceError."""
    with _calling("Logging out", session) as portal:
        portal.logout(accessToken=access_token)


@contextmanager
def _calling(doing: str, session: Session) -> Iterator[Any]:
    with calling(doing, "sso", session.region, profile=session.profile) as portal, _refusals():
        yield portal


@contextmanager
def _refusals() -> Iterator[None]:
    """Raise what the portal's refusals mean here, in place of botocore's error."""
    import botocore.exceptions

    try:
        yield
    except botocore.exceptions.ClientError as error:
        code, message, status = error_of(error)
        if code == "UnauthorizedException" or status == 401:  # whose body may be empty
            raise Unauthorized(message) from None
        if code in ("ForbiddenException", "ResourceNotFoundException"):
            raise Forbidden(message) from None
        raise
