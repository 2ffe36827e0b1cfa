"""The dialog "Get credentials": a role's credentials in three environments, by three options, to copy.

Titles and order are those of AWS's own.
"""

from __future__ import annotations

from ssoenv.demo.portal import pages, sso, start, texts
from ssoenv.demo.portal.pages import Markup, markup
from ssoenv.demo.portal.state import RoleSession, State
from ssoenv.demo.portal.wire import Request, Response, Route

DIALOG = """{accounts}
<dialog open aria-labelledby="title">
<form method="dialog"><button aria-label="Close">×</button></form>
<h2 id="title">Get credentials for {role}</h2>
<p class="quiet">{name} · {account_id}</p>
<fieldset class="tabs">
<legend class="hidden">Environment</legend>
{environments}
</fieldset>
<p class="hidden" role="status"></p>
</dialog>"""

ENVIRONMENT = """<label><input type="radio" name="environment"{checked}>{environment}</label>
<section aria-label="{environment}">
<h3>AWS IAM Identity Center credentials (Recommended)</h3>
<p class="quiet">What <code>aws configure sso</code> and <code>ssoenv configure</code> ask for.</p>
{session}
<h3>Option 1: Set AWS environment variables</h3>
<p class="quiet">Paste these commands into your terminal.</p>
{variables}
<h3>Option 2: Add a profile to your AWS credentials file</h3>
<p class="quiet">Paste this text into your credentials file.</p>
{profile}
<h3>Option 3: Use individual values in your AWS service client</h3>
<p class="quiet">Paste these values where your code wants them.</p>
{values}
</section>"""

BLOCK = '<div class="copyable"><pre>{text}</pre>{button}</div>'
VALUE = '<dt>{name}</dt>\n<dd class="copyable"><code>{text}</code>{button}</dd>'
BUTTON = '<button type="button">Copy<span class="hidden"> {what}</span></button>'

SCRIPT = f"""{start.FIND}
const dialog = document.querySelector("dialog");
const said = dialog.querySelector("[role=status]");
const buttons = dialog.querySelectorAll(".copyable button");
for (const button of buttons) {{
  button.addEventListener("click", async () => {{
    const text = button.previousElementSibling;
    let outcome = "Copied";
    try {{
      await navigator.clipboard.writeText(text.textContent);
    }} catch {{
      // The browser does not allow it; the person's own keys can.
      getSelection().selectAllChildren(text);
      outcome = "Selected";
    }}
    for (const each of buttons) each.firstChild.data = "Copy";
    button.firstChild.data = outcome;
    said.textContent = button.textContent;
  }});
}}
dialog.addEventListener("close", () => location.assign("/start"));
// It was open for those without scripts; now it becomes modal.
dialog.open = false;
dialog.showModal();
"""


def show_dialog(state: State, request: Request) -> Response:
    """Mint credentials of a role, as each opening of the dialog does, and show them over the list of accounts."""
    account, role = sso.assigned(state, request)
    session = state.new_role_session(account.account_id, role)
    content = markup(
        DIALOG,
        accounts=start.accounts(state),
        role=role,
        name=account.name,
        account_id=account.account_id,
        environments=pages.join([_environment(state, session, environment) for environment in texts.LINES]),
    )
    return pages.page("AWS accounts", content, script=SCRIPT)


def _environment(state: State, session: RoleSession, environment: str) -> Markup:
    organisation = state.organisation
    return markup(
        ENVIRONMENT,
        environment=environment,
        checked=Markup(" checked autofocus" if environment == next(iter(texts.LINES)) else ""),
        session=_values({"SSO start URL": organisation.start_url, "SSO region": organisation.sso_region}),
        variables=_copyable(BLOCK, "Option 1", texts.variables(session, environment)),
        profile=_copyable(BLOCK, "Option 2", texts.profile(session)),
        values=_values(texts.values(session)),
    )


def _values(values: dict[str, str]) -> Markup:
    rows = pages.join([_copyable(VALUE, name, value) for name, value in values.items()])
    return markup("<dl>\n{rows}\n</dl>", rows=rows)


def _copyable(template: str, name: str, text: str) -> Markup:
    return markup(template, name=name, text=text, button=markup(BUTTON, what=name))


ROUTES = (Route("GET", "/start/credentials", "Dialog", show_dialog, start.refuse),)
