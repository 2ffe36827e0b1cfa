"""``ssoenv roles``: the roles that a login grants."""

from __future__ import annotations

from typing import Annotated

import typer

from ssoenv import inventory
from ssoenv.cli import listing, messages, options, tables


def roles(
    account: Annotated[
        str | None, typer.Argument(help="An account: its id, or a part of its name or e-mail address; all if left out.")
    ] = None,
    session: options.SessionOption = None,
    as_json: options.Json = False,
    refresh: options.Refresh = False,
) -> None:
    """List the roles that your login grants. In ACCOUNT, or in all accounts."""
    listed = listing.find(session, messages.context(), refresh=refresh)
    only = None if account is None else inventory.find_account(listed.accounts, account)
    found = [role for role in listed.roles if only in (None, role.account)]
    if as_json:
        tables.show_json(
            {"account_id": role.account.account_id, "account_name": role.account.name, "role_name": role.role_name}
            for role in found
        )
    else:
        rows = ((role.account.account_id, role.account.name, role.role_name) for role in found)
        tables.show(("ACCOUNT", "NAME", "ROLE"), rows)
