"""The accounts and roles that the signed-in user has. Pure data, the same at each start."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256


@dataclass(frozen=True)
class Account:
    """An AWS account and the user's roles in it. The id is text: it may start with zeros."""

    account_id: str
    name: str
    email: str
    roles: tuple[str, ...]


@dataclass(frozen=True)
class Organisation:
    """What one portal serves: its start URL and region, who signs in there, and what that user is assigned."""

    accounts: tuple[Account, ...]
    start_url: str = "https://my-sso-portal.awsapps.com/start"
    sso_region: str = "eu-central-1"
    user: str = "ada.lovelace@example.com"

    def account(self, account_id: str) -> Account | None:
        """Return the account of that id, or None."""
        return next((account for account in self.accounts if account.account_id == account_id), None)

    @classmethod
    def sized(cls, accounts: int = 1000, roles: int = 3) -> Organisation:
        """Return an organisation with that many accounts, and that many roles in each."""
        names = tuple(f"Role{number}" for number in range(1, roles + 1))
        return cls(tuple(_account(f"account-{number:05}", names) for number in range(1, accounts + 1)))


def _account(name: str, roles: tuple[str, ...]) -> Account:
    """Return an account whose id and e-mail address follow from its name; one id in ten starts with 0."""
    number = int.from_bytes(sha256(name.encode()).digest()[:8]) % 10**12
    mailbox = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in name.lower())
    return Account(f"{number:012}", name, f"aws+{mailbox}@example.com", roles)


def _example() -> Iterator[Account]:
    yield Account("123456789011", "DeveloperAccount", "developer-account-admin@example.com", ("ReadOnly",))
    yield Account(
        "123456789022",
        "ProductionAccount",
        "production-account-admin@example.com",
        ("ReadOnly", "AdministratorAccess"),
    )
    # Names as people really give them: blanks, marks, letters outside ASCII; a role may hold `+`, `@`, `.`.
    yield _account("Log Archive", ("ReadOnly",))
    yield _account("Security & Audit", ("ReadOnly", "SecurityAudit"))
    yield _account("Büro Zürich", ("ReadOnly", "Billing"))
    yield _account("Shared Network (legacy)", ("ReadOnly", "NetworkAdministrator"))
    yield _account("O'Reilly training", ("ReadOnly", "trainer+guest@night.shift"))
    roles = {
        "dev": ("ReadOnly", "PowerUserAccess"),
        "staging": ("ReadOnly", "Deployment"),
        "prod": ("ReadOnly", "Deployment", "AdministratorAccess"),
        "sandbox": ("AdministratorAccess",),
    }
    for team in (
        "payments",
        "checkout",
        "search",
        "analytics",
        "identity",
        "logistics",
        "mobile",
        "web",
        "data",
    ):
        for stage, names in roles.items():
            yield _account(f"{team}-{stage}", names)


EXAMPLE = Organisation(tuple(_example()))
