"""The inventory of a large organisation, from a portal that answers 429 above 20 requests a second."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from contexts import context_of
from measuring import Against, Figure, NotMeasured, Row, Target
from world import World

from ssoenv import inventory, login
from ssoenv.aws.config import Session
from ssoenv.context import Context
from ssoenv.demo.portal import Organisation, Portal

TITLE = "The inventory of 1,000 accounts"
ABOUT = """All accounts and roles, once, from a portal that takes 50 ms for an answer and refuses more than 20 requests
a second. The ideal is one request for each account and each page of accounts, at that rate."""

_ACCOUNTS = 1000
_ROLES = 3
_RATE = 20  # requests a second
_LATENCY = 0.05  # seconds


def measure(world: World) -> Iterator[Row | str]:
    """Yield one row: the ideal is calculated, so there is nothing to take turns with."""
    organisation = Organisation.sized(_ACCOUNTS, _ROLES)
    session = Session("corp", organisation.start_url, "eu-central-1", None)
    refused = 0

    def progress(done: int, total: int, count: int) -> None:
        nonlocal refused
        refused = count

    with Portal(organisation, auto_approve=True, latency=_LATENCY, rate=_RATE) as portal:
        environ = {**world.environ, **portal.environment()}
        with _environment(environ):  # which botocore reads
            context = _context(environ, world)
            login.log_in(session, context, force=True, way=login.Way(browser=False))
            started = time.monotonic()
            found = inventory.refresh(session, context, progress)
            taken = (time.monotonic() - started) * 1000
    expected = {(account.account_id, role) for account in organisation.accounts for role in account.roles}
    if lost := expected - {(role.account.account_id, role.role_name) for role in found.roles}:
        raise NotMeasured(f"{len(lost)} roles of {len(expected)} are missing.")
    ideal = (_ACCOUNTS + -(-_ACCOUNTS // 100)) / _RATE * 1000
    against = Against("the ideal", Figure(ideal), Figure(taken / ideal), Figure(taken - ideal), Target(1.15, "×"))
    yield Row(f"{_ACCOUNTS:,} accounts, {len(found.roles):,} roles", Figure(taken), (against,))
    yield f"Answers 429: {refused}."


@contextmanager
def _environment(environ: dict[str, str]) -> Iterator[None]:
    """Let this process have *environ* for a while."""
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(environ)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _context(environ: dict[str, str], world: World) -> Context:
    home = world.folder / "inventory"
    return context_of(home, environ=environ, terminal=True)
