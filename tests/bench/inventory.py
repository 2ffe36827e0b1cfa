"""List a large organisation from a portal that answers 429 above 20 requests a second, and compare with the ideal.

    python tests/bench/inventory.py [ACCOUNTS]

The ideal is one request for each account and each page of accounts, at the rate that the portal allows. Exits with 1
when anything is missing or the time is above 1.15 of the ideal.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from ssoenv import inventory, login
from ssoenv.aws.config import Session
from ssoenv.context import Context
from ssoenv.demo.portal import Organisation, Portal

RATE = 20  # requests a second
LATENCY = 0.05  # seconds
ROLES = 3
TARGET = 1.15


def main(accounts: int) -> int:
    """List *accounts* accounts, print what came of it and return the exit code."""
    organisation = Organisation.sized(accounts, ROLES)
    session = Session("corp", organisation.start_url, "eu-central-1", None)
    ideal = (accounts + -(-accounts // 100)) / RATE
    with _home() as home, Portal(organisation, auto_approve=True, latency=LATENCY, rate=RATE) as portal:
        os.environ.update(portal.environment())
        context = _context(home)
        login.log_in(session, context, force=True, browser=False)
        portal.calls.clear()
        refused = 0

        def progress(done: int, total: int, count: int) -> None:
            nonlocal refused
            refused = count
            if sys.stderr.isatty():
                print(f"\r{done}/{total}", end="", file=sys.stderr, flush=True)

        started = time.monotonic()
        found = inventory.refresh(session, context, progress)
        seconds = time.monotonic() - started
    expected = {(account.account_id, role) for account in organisation.accounts for role in account.roles}
    lost = expected - {(role.account.account_id, role.role_name) for role in found.roles}
    print(f"{accounts} accounts, {len(found.roles)} roles, {portal.calls.total()} requests in {seconds:.1f} s")
    print(f"ratio to the ideal {ideal:.1f} s: {seconds / ideal:.3f} (target {TARGET})")
    print(f"answers 429: {refused}; missing: {len(lost)}")
    return int(bool(lost) or seconds > TARGET * ideal)


@contextmanager
def _home():
    """Lend a home without AWS settings."""
    for name in list(os.environ):
        if name.startswith("AWS_"):
            del os.environ[name]
    with tempfile.TemporaryDirectory() as folder:
        os.environ["HOME"] = os.environ["USERPROFILE"] = folder
        yield Path(folder)


def _context(home: Path) -> Context:
    return Context(
        environ=os.environ,
        home=home,
        cache_dir=home / "cache",
        settings_file=home / "none",
        terminal=True,
        now=time.time,
        sleep=time.sleep,
        say=lambda _line: None,
        open_browser=lambda _url: False,
    )


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000))
