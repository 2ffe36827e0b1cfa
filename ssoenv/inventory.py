"""Session -> Inventory: the accounts and roles that a login grants, kept on disk.

Listing a large organisation takes a minute, as AWS allows some twenty requests a second. What has come is kept as it
comes, so that a run that is cut short costs the next one nothing. Where nothing can be kept, as in a container whose
home is read-only, each run lists anew.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from ssoenv import background, files, login
from ssoenv.aws import cache_names, tokens
from ssoenv.aws.config import Session
from ssoenv.context import Context
from ssoenv.errors import Cancelled, ConfigError, ServiceError, UsageError
from ssoenv.inventory_file import file_of
from ssoenv.targets import Grant
from ssoenv.text import first_few, fold

if TYPE_CHECKING:
    from ssoenv.aws.portal import Listing  # it is loaded when a listing is due

# An inventory older than this (seconds) is listed anew in the background.
OLD_AFTER = 24 * 3600
# What an interrupted run has read counts this long (seconds): later it might tell of roles that are gone.
_PARTIAL_LIFETIME = 3600
# With one login a background listing is started this often (seconds) at most, whatever becomes of it.
_BACKGROUND_GAP = 600
# Enough for any latency at the rate that AWS allows: four answers of 200 ms make twenty a second.
_WORKERS = 4

# Called with the accounts read, how many there are, and how many requests AWS has refused for their rate.
Progress = Callable[[int, int, int], None]


@dataclass(frozen=True)
class Account:
    """An AWS account. *name* and *email* are as others typed them: show them by `text.printable` alone."""

    account_id: str
    name: str
    email: str


@dataclass(frozen=True)
class Role:
    """A role that the login grants in *account*; its name is as untrusted as the account's."""

    account: Account
    role_name: str


@dataclass(frozen=True)
class Inventory:
    """The accounts and roles of a session, by account name, id and role; *fetched_at* in POSIX seconds.

    An account in which the user has no role is in *accounts* alone.
    """

    accounts: tuple[Account, ...]
    roles: tuple[Role, ...]
    fetched_at: float

    def age(self, now: float) -> float:
        """Return the seconds since it was listed; none where the clock was set back since."""
        return max(0.0, now - self.fetched_at)

    def grants(self, session: Session) -> list[Grant]:
        """Return the roles as what *session*, whose inventory this is, grants."""
        return [
            Grant(session, role.account.account_id, role.account.name, role.account.email, role.role_name)
            for role in self.roles
        ]


def find_account(accounts: Iterable[Account], text: str) -> Account:
    """Return the one of *accounts* that *text* means: its id, its name, or a part of name or e-mail that no other has.

    Raise UsageError, with the candidates, when none or several fit.
    """
    wanted = fold(text)
    for fits in (
        lambda account: account.account_id == text,
        lambda account: account.name.casefold() == text.casefold(),
        lambda account: fold(account.name) == wanted,
        lambda account: wanted in fold(account.name) or wanted in fold(account.email),
    ):
        found = [account for account in accounts if fits(account)]
        if len(found) == 1:
            return found[0]
        if found:
            several = first_few([f"{each.name} ({each.account_id}, {each.email})" for each in found])
            raise UsageError(f"Several accounts fit {text}: {several}.", "Name one by its id.")
    raise UsageError(f"No account fits {text}.", "A new one shows after a listing: ssoenv accounts --refresh")


def read(session: Session, context: Context) -> Inventory | None:
    """Return the inventory of *session* as it was last listed, or None if there is none that can be read."""
    content = files.read_json(file_of(session, context), context)
    try:
        if content is None or content["start_url"] != session.start_url:
            return None
        roles = {entry["account_id"]: _texts(entry["roles"]) for entry in content["accounts"]}
        return _inventory(map(_account, content["accounts"]), roles, float(content["fetched_at"]))
    except (LookupError, TypeError, ValueError, OverflowError):  # the file of another version, or broken
        return None


def refresh(
    session: Session, context: Context, progress: Progress | None = None, *, rate: float | None = None
) -> Inventory:
    """List the accounts and roles of *session* anew, keep and return them; *rate* is in requests a second.

    It goes on where a run of the last hour was cut short, and takes what another process has listed while this one
    waited for it. Raise NotLoggedIn (see :func:`ssoenv.login.token`), ServiceError when the network or AWS fails, and
    Cancelled at Ctrl-C.
    """

    def ask(bearer: str) -> _Partial:
        try:
            return _list(session, bearer, context, progress, rate)
        except KeyboardInterrupt:
            raise Cancelled("Cancelled. The next listing goes on from here.") from None

    asked_at = context.now()
    name = f"inventory-{file_of(session, context).stem}"
    with files.lock_if_possible(context, name, "Waiting for another ssoenv that lists the accounts …"):
        found = read(session, context)
        if found and asked_at <= found.fetched_at <= context.now():
            return found
        partial = login.with_token(session, context, ask)
        inventory = _inventory(partial.accounts, partial.roles, context.now())
        try:
            _write(inventory, partial.roles, session, context)
        except ConfigError as error:
            context.say(f"What was listed can't be kept, so the next run lists it again: {error.sentence}")
    return inventory


def refresh_in_background(session: Session, context: Context) -> bool:
    """Start a process of its own that lists *session* anew and says nothing; return whether one was started.

    There must be a login: that process has no terminal, so it never asks for one.
    """
    if not tokens.is_logged_in(context, session):
        return False
    started = file_of(session, context, ".started")
    with suppress(OSError):
        # One before the present login may have failed for that alone.
        last, logged_in = (file.stat().st_mtime for file in (started, cache_names.token_path(context, session)))
        if logged_in <= last and 0 <= context.now() - last < _BACKGROUND_GAP:
            return False
    try:
        files.make_folder(started.parent)
        started.touch(mode=0o600)
    except OSError:
        return False  # the old one does
    return background.start(["accounts", "--refresh", f"--session={session.key}"], context)


@dataclass
class _Partial:
    """A listing as far as it has come: the accounts, and the roles of those that were asked for (by account id)."""

    started_at: float
    accounts: list[Account]
    roles: dict[str, list[str]] = field(default_factory=dict)

    def lines(self, session: Session) -> Iterator[bytes]:
        """Yield the lines of its file: the accounts, then the roles of each."""
        accounts = [asdict(account) for account in self.accounts]
        yield _line({"start_url": session.start_url, "started_at": self.started_at, "accounts": accounts})
        for account_id, names in self.roles.items():
            yield _line({"account_id": account_id, "roles": names})


def _list(session: Session, bearer: str, context: Context, progress: Progress | None, rate: float | None) -> _Partial:
    from ssoenv.aws import portal

    pace = portal.Pace(rate or portal.RATE)
    path = file_of(session, context, ".partial")
    partial = _read_partial(path, session, context)
    try:
        with portal.listing(session, bearer, pace) as listing:
            if partial is None:
                # A listing that grows while it is read can bring an account twice.
                rows = {row[0]: row for row in listing.accounts()}
                partial = _Partial(context.now(), [Account(*row) for row in rows.values()])
            left = [account.account_id for account in partial.accounts if account.account_id not in partial.roles]
            with _journal(path, partial, session) as note, closing(_roles_of(listing, left)) as coming:
                _report(progress, partial, pace.refused)
                for account_id, names in coming:
                    note(account_id, names)
                    partial.roles[account_id] = names
                    _report(progress, partial, pace.refused)
    except ServiceError as error:
        if partial is None:
            raise
        cure = f"{len(partial.roles)}/{len(partial.accounts)} accounts are read; the same command goes on from there."
        raise ServiceError(error.sentence, cure) from error
    return partial


def _report(progress: Progress | None, partial: _Partial, refused: int) -> None:
    if progress:
        progress(len(partial.roles), len(partial.accounts), refused)


@contextmanager
def _journal(path: Path, partial: _Partial, session: Session) -> Iterator[Callable[[str, list[str]], None]]:
    """Write *partial* to the file *path*, and yield what adds an account's roles to it, as far as they can be kept."""
    with ExitStack() as held:
        file = None
        with suppress(ConfigError, OSError):
            files.write_private(path, b"".join(partial.lines(session)))
            file = held.enter_context(path.open("ab", buffering=0))

        def note(account_id: str, names: list[str]) -> None:
            with suppress(OSError):  # a line that is torn is asked for again
                if file:
                    file.write(_line({"account_id": account_id, "roles": names}))

        yield note


def _roles_of(listing: Listing, account_ids: Sequence[str]) -> Generator[tuple[str, list[str]], None, None]:
    """Yield each account's id and roles in the order they come; several threads ask for them."""
    from threading import Thread

    todo = deque(account_ids)
    done: SimpleQueue[tuple[str, list[str]] | Exception] = SimpleQueue()

    def work() -> None:
        while True:
            try:
                account_id = todo.popleft()
            except IndexError:
                return
            try:
                done.put((account_id, listing.role_names(account_id)))
            except Exception as error:  # raised again below, where the caller is
                done.put(error)

    for _ in range(_WORKERS):
        # Daemons, so that Ctrl-C need not wait for answers that nobody wants any more.
        Thread(target=work, daemon=True, name="inventory").start()
    try:
        for _ in account_ids:
            outcome = done.get()
            if isinstance(outcome, Exception):
                raise outcome
            yield outcome
    finally:
        todo.clear()


def _read_partial(path: Path, session: Session, context: Context) -> _Partial | None:
    """Return what the last run has left, or None if it is not this session's, too old, or not there."""
    try:
        head, *lines = (files.read(path) or b"").splitlines()
        content = json.loads(head)
        accounts = [_account(entry) for entry in content["accounts"]]
        partial = _Partial(float(content["started_at"]), accounts)
        if content["start_url"] != session.start_url:
            return None
    except (ConfigError, LookupError, TypeError, ValueError, OverflowError, RecursionError):
        return None
    if not 0 <= context.now() - partial.started_at < _PARTIAL_LIFETIME:
        return None
    for line in lines:
        with suppress(LookupError, TypeError, ValueError, RecursionError):  # torn by a crash: asked for again
            entry = json.loads(line)
            partial.roles[entry["account_id"]] = _texts(entry["roles"])
    return partial


def _write(inventory: Inventory, roles: Mapping[str, list[str]], session: Session, context: Context) -> None:
    accounts = [{**asdict(account), "roles": roles[account.account_id]} for account in inventory.accounts]
    content = {"start_url": session.start_url, "fetched_at": inventory.fetched_at, "accounts": accounts}
    files.write_json(file_of(session, context), content)
    files.delete(file_of(session, context, ".partial"))


def _inventory(accounts: Iterable[Account], roles: Mapping[str, Iterable[str]], fetched_at: float) -> Inventory:
    ordered = tuple(sorted(accounts, key=lambda account: (account.name.casefold(), account.account_id)))
    granted = (Role(account, name) for account in ordered for name in sorted(set(roles[account.account_id])))
    return Inventory(ordered, tuple(granted), fetched_at)


def _account(entry: Mapping[str, Any]) -> Account:
    return Account(*_texts([entry["account_id"], entry["name"], entry["email"]]))


def _texts(values: Any) -> list[str]:
    """Return *values* if they are a list of texts; raise TypeError otherwise."""
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise TypeError(values)
    return values


def _line(entry: Mapping[str, Any]) -> bytes:
    return json.dumps(entry).encode() + b"\n"
