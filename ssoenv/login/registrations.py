"""The client that ssoenv is to SSO OIDC: registered once, then known from the AWS CLI's cache."""

from __future__ import annotations

from ssoenv.aws import oidc, tokens
from ssoenv.aws.config import ACCOUNT_ACCESS, Session
from ssoenv.aws.tokens import Registration
from ssoenv.context import Context
from ssoenv.login.waiting import patience

# The service does not know the client (any more), or not for this flow.
STALE = ("invalid_client", "unauthorized_client")


def obtain(session: Session, context: Context, *, issuer_url: str | None = None, renew: bool = False) -> Registration:
    """Return the registration of *session*: with *issuer_url* for authorization codes, else for device codes.

    With *renew* the cached one does not count. Raise OAuthError or ServiceError.
    """
    # A legacy session asks for no scope, as in the AWS CLI: SDKs can't refresh its token, so it must last by itself.
    scopes = (session.scopes or ACCOUNT_ACCESS) if session.name else ()
    found = None if renew else tokens.read_registration(context, session, scopes, for_codes=issuer_url is not None)
    if found:
        return found
    with patience(context):
        fresh = oidc.register(session, f"ssoenv-{session.name or 'legacy'}", scopes, issuer_url=issuer_url)
    tokens.write_registration(context, session, fresh)
    return fresh
