"""``ssoenv accounts``: the accounts that a login grants."""

from __future__ import annotations

from ssoenv.cli import listing, messages, options, tables


def accounts(
    session: options.SessionOption = None,
    as_json: options.Json = False,
    refresh: options.Refresh = False,
) -> None:
    """List the AWS accounts that your login grants."""
    found = listing.find(session, messages.context(), refresh=refresh).accounts
    if as_json:
        tables.show_json(
            {"account_id": account.account_id, "account_name": account.name, "email": account.email}
            for account in found
        )
    else:
        rows = ((account.account_id, account.name, account.email) for account in found)
        tables.show(("ACCOUNT", "NAME", "E-MAIL"), rows)
