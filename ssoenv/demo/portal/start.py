"""The portal's start page: the accounts, the roles under each, and where a role leads."""

from __future__ import annotations

from urllib.parse import urlencode

from ssoenv.demo.portal import pages, signin, sso
from ssoenv.demo.portal.organisation import Account
from ssoenv.demo.portal.pages import Markup, markup
from ssoenv.demo.portal.state import State
from ssoenv.demo.portal.wire import Fault, Request, Response, Route

START = """<p class="quiet">Signed in as {user}. {count} accounts.</p>
<input type="search" aria-label="Find accounts by name, ID or email address" placeholder="Find accounts">
<div id="accounts">
{accounts}
</div>"""

ACCOUNT = """<details>
<summary>{name}</summary>
<p class="quiet">{account_id} · {email}</p>
<ul>
{roles}
</ul>
</details>"""

# AWS has renamed the second link; people know it by either name.
ROLE = """<li><b>{role}</b><br>
<a href="/start/console?{query}">Management console<span class="hidden"> for {role}</span></a><br>
<a href="/start/credentials?{query}">Access keys<span class="hidden"> for {role}</span></a>
<span class="quiet">(Command line or programmatic access)</span></li>"""

# Each word that was typed must be in what the account shows of itself.
FIND = """
const search = document.querySelector("[type=search]");
search.addEventListener("input", () => {
  const words = search.value.toLowerCase().split(/\\s+/);
  for (const account of document.querySelectorAll("#accounts > details")) {
    const shown = account.querySelector("summary").textContent + account.querySelector("p").textContent;
    account.hidden = !words.every((word) => shown.toLowerCase().includes(word));
  }
});
"""


def refuse(fault: Fault) -> Response:
    """Word *fault* for a person who looks around."""
    return pages.message(fault.message or fault.type, "Go back to the list of your accounts.", fault.status)


def show_start(state: State, _request: Request) -> Response:
    """List the accounts."""
    return pages.page("AWS accounts", accounts(state), script=FIND)


def accounts(state: State) -> Markup:
    """Return the list of accounts."""
    organisation = state.organisation
    rows = pages.join([_account(account) for account in organisation.accounts])
    return markup(START, user=organisation.user, count=str(len(organisation.accounts)), accounts=rows)


def _account(account: Account) -> Markup:
    roles = pages.join([_role(account, role) for role in account.roles])
    return markup(ACCOUNT, name=account.name, account_id=account.account_id, email=account.email, roles=roles)


def _role(account: Account, role: str) -> Markup:
    return markup(ROLE, role=role, query=urlencode({"account_id": account.account_id, "role_name": role}))


def show_console(state: State, request: Request) -> Response:
    """Stand for the web console in an account and role."""
    account, role = sso.assigned(state, request)
    return signin.console(account.account_id, role)


ROUTES = (
    Route("GET", "/start", "Start", show_start, refuse),
    Route("GET", "/start/console", "Console", show_console, refuse),
)
