"""``ssoenv accounts``: the accounts that a login grants."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from ssoenv.cli import listing, messages, tables


def accounts(
    session: Annotated[
        str | None, typer.Option("--session", metavar="SESSION", help="An [sso-session], a profile or a start URL.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    refresh: Annotated[bool, typer.Option("--refresh", help="List anew, and not from the cache.")] = False,
) -> None:
    """List the AWS accounts that your login grants."""
    found = listing.find(session, messages.context(), refresh=refresh).accounts
    if as_json:
        tables.show_json(asdict(account) for account in found)
    else:
        rows = ((account.account_id, account.name, account.email) for account in found)
        tables.show(("ACCOUNT", "NAME", "E-MAIL"), rows)
