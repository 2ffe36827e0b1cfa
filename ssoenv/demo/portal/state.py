"""What the portal remembers, and what a test may set or ask of it while it runs."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from threading import RLock
from typing import Literal

from ssoenv.demo.portal import mint
from ssoenv.demo.portal.organisation import EXAMPLE, Organisation
from ssoenv.demo.portal.wire import Fault, Request, Response


@dataclass(frozen=True)
class Client:
    """A program that registered itself."""

    client_id: str
    secret: str
    name: str
    scopes: tuple[str, ...]
    grant_types: tuple[str, ...]
    redirect_uris: tuple[str, ...]
    expires_at: float


class Decision(Enum):
    """What the user said to a request for access."""

    PENDING = "pending"
    APPROVED = "approved"
    DENIED = "denied"


@dataclass
class DeviceAuthorization:
    """A client that waits for the user to approve *user_code*; it may ask again after *interval* seconds."""

    user_code: str
    client: Client
    expires_at: float
    interval: float
    decision: Decision = Decision.PENDING
    polled_at: float | None = None


@dataclass(frozen=True)
class AuthorizationCode:
    """An approved request of the authorization-code flow; *challenge* is the PKCE one."""

    client: Client
    redirect_uri: str
    challenge: str
    expires_at: float


@dataclass
class Login:
    """A user's session at the portal; its tokens are worth nothing once it has ended."""

    expires_at: float
    ended: bool = False


@dataclass(frozen=True)
class AccessToken:
    """A bearer token of a login."""

    login: Login
    expires_at: float


@dataclass(frozen=True)
class RefreshToken:
    """What brings the next access token of a login, to the client that it was given to."""

    login: Login
    client: Client


@dataclass(frozen=True)
class RoleSession:
    """Credentials that were given out, for a role as a rule.

    *arn* is whose they are; None is the user who signed in, in a role of Identity Center. A user's own keys have no
    *session_token*.
    """

    account_id: str
    role_name: str
    access_key_id: str
    secret_access_key: str
    session_token: str
    expires_at: float
    arn: str | None = None


@dataclass(frozen=True)
class Trust:
    """What AssumeRole wants from whoever asks for a role: nothing, or what a test has set.

    *web_identity* is the token that AssumeRoleWithWebIdentity takes, for a role that AssumeRole then refuses.
    """

    external_id: str | None = None
    mfa_serial: str | None = None
    mfa_code: str | None = None
    web_identity: str | None = None


@dataclass(frozen=True)
class Call:
    """A request that came in, and the operation that it was for."""

    operation: str
    request: Request


@dataclass(eq=False, repr=False)
class State:
    """The portal's memory and its behaviour.

    The fields up to *now* may be given at the start and changed while it runs. Lifetimes, *latency* and
    *poll_interval* are in seconds; *now* returns POSIX seconds (UTC).

    *auto_approve* plays a user who approves each login at once. *rate* is the requests a second that the SSO
    portal serves before it answers 429. With *strict_rotation* a refresh token works once. *wrong_region*
    plays the portal of another region: one learns it from the browser's page, while polling goes on, or from
    an invalid request. *trusts* names, by ARN, the roles that may be assumed.

    *calls* counts the requests by operation and *requests* keeps them. *lock* is held while one is answered.
    """

    organisation: Organisation = EXAMPLE
    auto_approve: bool = False
    latency: float = 0
    rate: int | None = None
    access_token_lifetime: float = 3600
    session_lifetime: float = 8 * 3600
    role_session_lifetime: float = 3600
    device_code_lifetime: float = 600
    registration_lifetime: float = 90 * 24 * 3600
    poll_interval: int = 1
    strict_rotation: bool = True
    wrong_region: Literal["page", "request"] | None = None
    trusts: dict[str, Trust] = field(default_factory=dict)
    now: Callable[[], float] = time.time

    lock: RLock = field(default_factory=RLock, init=False)
    calls: Counter[str] = field(default_factory=Counter, init=False)
    requests: list[Call] = field(default_factory=list, init=False)

    clients: dict[str, Client] = field(default_factory=dict, init=False)
    device_authorizations: dict[str, DeviceAuthorization] = field(default_factory=dict, init=False)
    authorization_codes: dict[str, AuthorizationCode] = field(default_factory=dict, init=False)
    access_tokens: dict[str, AccessToken] = field(default_factory=dict, init=False)
    refresh_tokens: dict[str, RefreshToken] = field(default_factory=dict, init=False)
    role_sessions: dict[str, RoleSession] = field(default_factory=dict, init=False)
    signin_tokens: dict[str, tuple[RoleSession, float]] = field(default_factory=dict, init=False)

    _planned: dict[str, deque[Fault | Response]] = field(default_factory=dict, init=False)
    _served: deque[float] = field(default_factory=deque, init=False)

    def fail(
        self,
        operation: str,
        *,
        type: str,  # noqa: A002 - the wire's own word
        message: str = "",
        status: int = 400,
        times: int = 1,
    ) -> None:
        """Answer the next *times* calls of *operation* with that error, worded as its service does."""
        self._plan(operation, Fault(type, message, status=status), times)

    def redirect(self, operation: str, location: str) -> None:
        """Answer the next call of *operation* with a 302 to *location*."""
        self._plan(operation, Response.redirect(location, status=302))

    def _plan(self, operation: str, outcome: Fault | Response, times: int = 1) -> None:
        with self.lock:
            self._planned.setdefault(operation, deque()).extend([outcome] * times)

    def planned(self, operation: str) -> Fault | Response | None:
        """Take the next outcome that was planned for *operation*."""
        queue = self._planned.get(operation)
        return queue.popleft() if queue else None

    def approve(self, user_code: str) -> None:
        """Approve, as the user would in the browser. Raises LookupError when nobody waits under that code."""
        self._decide(user_code, Decision.APPROVED)

    def deny(self, user_code: str) -> None:
        """Deny, as the user would in the browser. Raises LookupError when nobody waits under that code."""
        self._decide(user_code, Decision.DENIED)

    def _decide(self, user_code: str, decision: Decision) -> None:
        with self.lock:
            waiting = self.waiting(user_code)
            if waiting is None:
                raise LookupError(user_code)
            waiting.decision = decision

    def waiting(self, user_code: str) -> DeviceAuthorization | None:
        """Return the request that waits for a decision under *user_code*, or None."""
        wanted = user_code.strip().upper()
        for authorization in self.device_authorizations.values():
            if authorization.user_code == wanted and authorization.decision is Decision.PENDING:
                return authorization if self.now() < authorization.expires_at else None
        return None

    def revoke_sessions(self) -> None:
        """End each login on the server's side: its tokens get a 401 whatever their expiry says."""
        with self.lock:
            for token in self.access_tokens.values():
                token.login.ended = True

    def alive(self, login: Login) -> bool:
        """Tell whether *login* still holds."""
        return not login.ended and self.now() < login.expires_at

    def throttle(self) -> bool:
        """Count one request of the last second; tell whether it is above *rate*. A refused one does not count."""
        if self.rate is None:
            return False
        now = self.now()
        while self._served and self._served[0] <= now - 1:
            self._served.popleft()
        if len(self._served) >= self.rate:
            return True
        self._served.append(now)
        return False

    def new_role_session(
        self, account_id: str, role_name: str, arn: str | None = None, lifetime: float | None = None
    ) -> RoleSession:
        """Mint and remember credentials of a role; for *arn* see RoleSession, *lifetime* is in seconds."""
        session = RoleSession(
            account_id=account_id,
            role_name=role_name,
            access_key_id=mint.access_key_id(account_id),
            secret_access_key=mint.secret_access_key(),
            session_token=mint.session_token(),
            expires_at=self.now() + (lifetime or self.role_session_lifetime),
            arn=arn,
        )
        self.role_sessions[session.access_key_id] = session
        return session
