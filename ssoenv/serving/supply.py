"""Credentials in memory, renewed ahead of their expiry."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Lock, Thread

from ssoenv import credentials
from ssoenv.aws.roles import Credentials
from ssoenv.aws.times import format_time
from ssoenv.context import Context
from ssoenv.errors import ConfigError, ServiceError, SsoenvError
from ssoenv.targets import Target

# All in seconds. Under 15 minutes left botocore asks at each use, so what is handed out has more than that.
RENEW_AT = 20 * 60
_PAUSE = 5 * 60  # between two tries to renew what is good yet
_LEAST = 60  # what is handed out has at least, where it can be had: clocks differ, and requests take their time
_PAUSE_WHEN_OVER = 2  # a user who has just logged in must not wait
_TICK = 1  # between two looks at the clock
_PATIENCE = 5  # how long a request waits for the renewal that another one has begun


class Supply:
    """The credentials of *target*, of which *first* are there already. Any thread may ask.

    Nobody expects a login to begin because a program asks for credentials, so none is asked for.
    *failing_since* is when renewing began to fail (POSIX seconds, UTC), None while it works.
    """

    def __init__(self, target: Target, first: Credentials, context: Context) -> None:
        self.failing_since: float | None = None
        self._target = target
        self._credentials = first
        self._context = context.unattended
        self._failure: SsoenvError | None = None
        self._tried_at = 0.0
        self._lock = Lock()

    def answer(self) -> dict[str, str]:
        """Return credentials that are good now, in the form of ECS's (botocore: ``ContainerMetadataFetcher``).

        Raise what renewing them raises, ServiceError while that takes long.
        """
        self._renew(_LEAST, _PAUSE_WHEN_OVER)
        found = self._credentials
        if found.left(self._context.now()) <= 0:
            raise self._failure or ServiceError("The credentials are being renewed.", "Try again in a moment.")
        answer = {
            "AccessKeyId": found.access_key_id,
            "SecretAccessKey": found.secret_access_key,
            "Token": found.session_token or "",
            "Expiration": format_time(found.expiration or 0),
        }
        account = self._target.account_id or found.account_id
        return {**answer, "AccountId": account} if account else answer

    def keep(self, until: float | None, stop: Event, is_over: Callable[[], bool] = lambda: False) -> None:
        """Renew ahead of expiry, up to the time *until* (POSIX seconds, UTC), until *stop* is set or *is_over*."""
        while not stop.wait(_TICK) and not is_over() and (until is None or self._context.now() < until):
            if self._is_due(RENEW_AT, _PAUSE) and not self._lock.locked():
                # In a thread of its own, as it may take long and an end must not wait for it.
                Thread(target=self._renew, args=(RENEW_AT, _PAUSE), daemon=True, name="renewal").start()

    def _is_due(self, margin: float, pause: float) -> bool:
        now = self._context.now()
        # A clock that was set back must not stop renewals.
        return self._credentials.left(now) <= margin and not 0 <= now - self._tried_at < pause

    def _renew(self, margin: float, pause: float) -> None:
        """Renew credentials that have no more than *margin* left, if that was not tried in the last *pause* seconds."""
        if not self._is_due(margin, pause) or not self._lock.acquire(timeout=_PATIENCE):
            return
        try:
            if self._is_due(margin, pause):  # whoever held the lock before may have done it
                self._try_to_renew()
        finally:
            self._lock.release()

    def _try_to_renew(self) -> None:
        try:
            fresh = credentials.obtain(self._target, self._context, RENEW_AT)
            check(self._target, fresh)
            self._credentials = fresh
            self._note(None)
        except SsoenvError as error:
            self._note(error)
        except Exception as error:  # whatever it is, what is good yet is served on
            self._note(ServiceError(f"Renewing the credentials failed: {type(error).__name__}."))
        self._tried_at = self._context.now()

    def _note(self, failure: SsoenvError | None) -> None:
        now = self._context.now()
        if failure and not self._failure:
            self.failing_since = now
            self._context.say(f"ssoenv: the credentials of {self._target.name} can't be renewed. {failure}")
        elif self._failure and not failure:
            self.failing_since = None
            self._context.say(f"The credentials of {self._target.name} are renewed again.")
        self._failure = failure


def check(target: Target, found: Credentials) -> None:
    """Raise ConfigError for credentials that have no end: an endpoint can't serve them, and need not."""
    if found.expiration is None:
        raise ConfigError(
            f"The credentials of {target.name} do not expire, so there is nothing to renew.",
            "Use them as they are: ssouse NAME",
        )
