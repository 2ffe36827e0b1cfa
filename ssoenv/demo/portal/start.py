"""The portal's start page: the accounts, and the roles under each."""

from __future__ import annotations

from ssoenv.demo.portal import pages
from ssoenv.demo.portal.organisation import Account
from ssoenv.demo.portal.pages import Markup, markup
from ssoenv.demo.portal.state import State
from ssoenv.demo.portal.wire import Request, Response, Route

START = """<p class="quiet">Signed in as {user}. {count} accounts.</p>
{accounts}"""

ACCOUNT = """<details>
<summary>{name}</summary>
<p class="quiet">{account_id} · {email}</p>
<ul>
{roles}
</ul>
</details>"""


def show_start(state: State, _request: Request) -> Response:
    """List the accounts."""
    organisation = state.organisation
    accounts = pages.join([_account(account) for account in organisation.accounts])
    count = str(len(organisation.accounts))
    return pages.page("AWS accounts", markup(START, user=organisation.user, count=count, accounts=accounts))


def _account(account: Account) -> Markup:
    roles = pages.join([markup("<li>{role}</li>", role=role) for role in account.roles])
    return markup(ACCOUNT, name=account.name, account_id=account.account_id, email=account.email, roles=roles)


ROUTES = (Route("GET", "/start", "Start", show_start, pages.refuse),)
