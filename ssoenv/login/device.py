"""A login by device code: the user compares a code in a browser, on any machine (RFC 8628)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ssoenv.aws import oidc, start_urls
from ssoenv.aws.config import Session
from ssoenv.aws.tokens import Registration, Token
from ssoenv.browser import is_openable
from ssoenv.context import Context
from ssoenv.errors import ServiceError
from ssoenv.login import registrations
from ssoenv.login.waiting import countdown

if TYPE_CHECKING:
    from ssoenv.login import Way

# RFC 8628, 3.5: each slow_down adds five seconds to the interval for good. So does each try without an answer, until
# there is one.
_SLOW_DOWN = 5


def log_in(session: Session, context: Context, way: Way) -> Token:
    """Show a code and where to approve it, and return the token when the user has. Raise OAuthError or ServiceError.

    *way* may show or copy the link, too.
    """
    start_url = start_urls.resolve(session.start_url)
    registration = registrations.obtain(session, context)
    try:
        started = oidc.start_device_authorization(session, registration, start_url)
    except oidc.OAuthError as error:
        if error.code not in registrations.STALE:
            raise
        registration = registrations.obtain(session, context, renew=True)
        started = oidc.start_device_authorization(session, registration, start_url)
    link = started.verification_uri_complete
    _show(started, session, context)
    if way.draw:
        way.draw(link, started.user_code)
    if way.copy:
        way.copy(link)
    if way.browser and not context.open_browser(link):
        context.say("No browser was opened here: open the link on any device.")
    return _poll(started, registration, session, context)


def _show(started: oidc.DeviceAuthorization, session: Session, context: Context) -> None:
    link = started.verification_uri_complete
    if not is_openable(link):
        raise ServiceError(f"AWS handed out a link that is not https: {link}", "Don't open it; try again.")
    context.say(f"To log in to {session.key}, open this page and approve the code {started.user_code}:")
    context.say(f"  {link}")
    minutes = round(started.expires_in / 60)
    context.say(f"Approve only if you started this and the code matches, within {minutes} minutes.")


def _poll(started: oidc.DeviceAuthorization, registration: Registration, session: Session, context: Context) -> Token:
    interval, faults = started.interval, 0
    deadline = context.now() + started.expires_in
    with oidc.polling(session, registration, started.device_code) as ask, countdown(context, deadline) as sleep:
        while context.now() < deadline:
            sleep(interval + faults * _SLOW_DOWN)
            try:
                return ask(context.now())
            except oidc.OAuthError as error:
                faults = faults + 1 if error.code == "unanswered" else 0
                if error.code == "slow_down":
                    interval += _SLOW_DOWN
                elif error.code not in ("authorization_pending", "unanswered"):
                    raise
    raise oidc.OAuthError("expired_token", "")
