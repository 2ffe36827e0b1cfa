"""What a shell is by its environment, and what is known of its keys and its login."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ssoenv import environment, finding
from ssoenv.aws import tokens
from ssoenv.aws.config import Session
from ssoenv.aws.keys import account_of
from ssoenv.aws.tokens import Token
from ssoenv.context import Context
from ssoenv.environment import Active
from ssoenv.targets import Target

if TYPE_CHECKING:
    from ssoenv.aws.sts import Identity

# A server on this machine takes a connection within so many seconds.
_LISTENS_WITHIN = 0.3


@dataclass(frozen=True)
class Status:
    """What the environment says, and what is known of its keys and its login."""

    active: Active
    key_account: str | None
    session: Session | None
    token: Token | None
    profile: Target | None
    """The one that AWS_PROFILE names, where no keys go before it."""
    name_in_files: str | None = None
    """What the profile is called there, which the shell may have an alias of."""
    endpoint_ended: bool = False
    """Nobody listens any more where a switch with --serve lets SDKs ask for keys."""

    @property
    def account_id(self) -> str | None:
        """The account by its label, or by the profile."""
        return self.active.account_id or (self.profile.account_id if self.profile else None)

    @property
    def role_name(self) -> str | None:
        """The role by its label, or by the profile."""
        return self.active.role_name or (self.profile.role_name if self.profile else None)

    @property
    def region(self) -> str | None:
        """The region of the environment, or that of the profile."""
        return self.active.region or (self.profile.region if self.profile else None)

    @property
    def is_user_key(self) -> bool:
        """Whether the access key is one of a user's own, which no role has."""
        return (self.active.access_key_id or "").startswith("AKIA")

    @property
    def is_no_key(self) -> bool:
        """Whether what stands for an access key has not the form of one, such as the ``test`` of an emulator."""
        key = self.active.access_key_id or ""
        return key != "" and not environment.odd_key(self.active) and not re.fullmatch("[A-Z0-9]{16,128}", key)

    @property
    def has_other_keys(self) -> bool:
        """Whether the end beside the keys is not that of the switch, so that they aren't either."""
        ends, switched_until = self.active.expiration, self.active.switched_until
        if not self.active.access_key_id or ends is None or not switched_until:
            return False
        return str(int(ends)) != switched_until  # as a switch has it

    @property
    def hiding_profile(self) -> str | None:
        """The profile that AWS_PROFILE names, where that is another than the label: some SDKs take it before keys."""
        beside = self.active.sdk_profile
        return beside if self.active.profile and beside not in (self.active.profile, self.name_in_files) else None

    def agrees(self, identity: Identity | None) -> bool | None:
        """Tell whether the keys are of the account that the label beside them says, None if one of them is unknown.

        *identity* is what AWS says, which goes before what the key tells by itself, and of the role as well.
        """
        role = self.active.role_name
        if role and (self.is_user_key or self.is_no_key or (identity and not identity.may_be(role))):
            return False
        account = identity.account_id if identity else self.key_account
        label = self.active.account_id
        return account == label if account and label else None

    def contradicts(self, identity: Identity | None) -> bool:
        """Tell whether the keys are not those of the label. Of one role there can be several, which AWS can tell."""
        return self.agrees(identity) is False or (identity is None and self.has_other_keys)


def find(context: Context) -> Status:
    """Return what the shell is that this process was called from; AWS is not asked."""
    active = environment.active(context.environ)
    target = finding.known(active.name, context) if active.name else None
    session = finding.login_of(target, context) if target else None
    token = tokens.read_token(context, session) if session else None
    by_profile = active.sdk_profile and not active.profile and not active.access_key_id
    served_by = active.endpoint if active.profile and not active.access_key_id else None
    return Status(
        active,
        account_of(active.access_key_id or ""),
        session,
        token,
        target if by_profile else None,
        target.profile if target else None,
        endpoint_ended=served_by is not None and _has_ended(served_by),
    )


def lasts(found: Status, seconds: float, context: Context) -> bool:
    """Tell whether SDKs in that shell have credentials for more than so many *seconds* yet, as far as files tell."""
    now = context.now()
    if found.hiding_profile:
        return False
    if found.active.access_key_id:
        # Where others have set the keys, the end beside them is not theirs.
        ends = found.active.expiration or (math.inf if found.is_user_key else 0)
        return found.agrees(None) is not False and ends - now > seconds
    if found.endpoint_ended:
        return False
    if found.session is None:  # of another kind: all that is known is that a profile is there, or that a server listens
        by_profile = found.profile is not None and finding.is_complete(found.profile, context)
        return by_profile or bool(found.active.endpoint and found.active.profile)
    # By profile or endpoint, SDKs get new keys as long as the login lasts.
    if found.token is None:
        return False
    return found.token.can_refresh(now) or found.token.expires_at - now > seconds


def _has_ended(endpoint: str) -> bool:
    """Tell whether nobody listens at the *endpoint*, a URL; one that is not on 127.0.0.1 is not asked."""
    import socket
    from urllib.parse import urlsplit

    try:
        address = urlsplit(endpoint)
        place = address.hostname, address.port or 80
    except ValueError:
        return False
    if place[0] != "127.0.0.1":
        return False
    try:
        socket.create_connection(place, _LISTENS_WITHIN).close()
    except OSError:
        return True
    return False
