"""The inventory: listed from the embedded portal in spite of throttling, faults, crashes and ill-meant names."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import pytest
from contexts import CORP, Clock, World

from ssoenv import inventory
from ssoenv.aws.portal import Pace
from ssoenv.demo.portal import Account, Organisation, Portal
from ssoenv.demo.portal.wire import Fault, Response
from ssoenv.errors import NotLoggedIn, ServiceError, UsageError

FAST = 2000  # requests a second: no limit, where the limit is not what a test is about


@pytest.fixture
def world(tmp_path):
    return World(tmp_path / "home", terminal=True)


@pytest.fixture
def start(world, lead_to, request):
    """Start a portal of a number of accounts with three roles each, and log in there."""

    def start(accounts=20, roles=3, *, kind=Portal, **settings):
        organisation = Organisation.sized(accounts, roles)
        portal = kind(**{"organisation": organisation, "auto_approve": True, "now": world.clock.now, **settings})
        portal.start()
        request.addfinalizer(portal.stop)
        lead_to(portal)
        world.log_in()
        portal.calls.clear()
        return portal

    return start


def missing(portal, found):
    """Return the roles of the portal's organisation that are not in *found*, and those that should not be there."""
    expected = Counter((account.account_id, role) for account in portal.organisation.accounts for role in account.roles)
    there = Counter((role.account.account_id, role.role_name) for role in found.roles)
    return (expected - there) + (there - expected)


def test_background_listing_of_who_has_listed_nothing(world, start, monkeypatch):
    """It is started although there is no folder for it yet, and then not again for a while."""
    world.clock.time = time.time() + 60  # by which files are dated, however long this takes
    start()
    started = []
    monkeypatch.setattr("ssoenv.background.start", lambda words, _context: bool(started.append(words)) or True)
    assert inventory.refresh_in_background(CORP, world.context)
    assert not inventory.refresh_in_background(CORP, world.context)
    assert started == [["accounts", "--refresh", "--session=corp"]]


def refresh(world, progress=None, rate=FAST):
    return inventory.refresh(CORP, world.context, progress, rate=rate)


def file_of(world, suffix):
    (path,) = world.context.cache_dir.glob(f"inventory/*{suffix}")
    return path


def test_all_pages(world, start):
    """Accounts and roles that take several pages are all there, in as few requests as there are pages."""
    portal = start(organisation=Organisation((*Organisation.sized(201, 1).accounts, *_account_of(150))))
    found = refresh(world)
    assert not missing(portal, found)
    assert len(found.accounts) == 202
    assert portal.calls == {"ListAccounts": 3, "ListAccountRoles": 203}


def _account_of(roles):
    return [Account("999999999999", "many", "many@example.com", tuple(f"r{number}" for number in range(roles)))]


def test_order(world, start):
    """Rows are ordered by account name without case, then id, then role."""
    rows = [("3", "beta", ("Z", "A")), ("2", "Alpha", ("R",)), ("1", "alpha", ("R",)), ("0", "", ())]
    start(organisation=Organisation(tuple(Account(key, name, "", roles) for key, name, roles in rows)))
    found = refresh(world)
    assert [(role.account.account_id, role.role_name) for role in found.roles] == [
        *(("1", "R"), ("2", "R")),
        *(("3", "A"), ("3", "Z")),
    ]
    assert [account.account_id for account in found.accounts] == ["0", "1", "2", "3"]


def test_kept_on_disk(world, start):
    """What was listed is read back the same, from a file that only its owner can read; the partial file is gone."""
    start()
    assert inventory.read(CORP, world.context) is None
    found = refresh(world)
    assert inventory.read(CORP, world.context) == found
    assert file_of(world, ".json").stat().st_mode & 0o777 == 0o600
    assert not list(world.context.cache_dir.glob("inventory/*.partial"))
    world.clock.time += 90
    assert found.age(world.clock.now()) == 90


@pytest.mark.parametrize("place", ["", "inventory"])
def test_nothing_can_be_kept(world, start, place):
    """Where nothing can be written, as in a container whose home is read-only, all is listed, and listed again."""
    portal = start()
    path = world.context.cache_dir / place
    path.rename(path.with_suffix(".old")) if path.exists() else path.parent.mkdir(exist_ok=True)
    path.touch()
    assert not missing(portal, refresh(world))
    assert not missing(portal, refresh(world))
    assert portal.calls["ListAccounts"] == 2
    assert "What was listed can't be kept" in world.said[-1]


def test_a_list_of_the_future_is_listed_anew(world, start):
    """What was listed while the clock was ahead is no list that another process has just made."""
    portal = start(1)
    refresh(world)
    world.clock.time -= 1000
    refresh(world)
    assert portal.calls["ListAccounts"] == 2


def test_broken_file_is_none(world, start):
    """A file that is broken, of another version or of another portal is as good as no file."""
    start(1)
    refresh(world)
    path = file_of(world, ".json")
    good = json.loads(path.read_text())
    (account,) = good["accounts"]
    for bad in (
        *("", "{", "[]", "{}"),
        {**good, "start_url": "https://elsewhere.awsapps.com/start"},
        {**good, "fetched_at": "never"},
        {**good, "accounts": [1]},
        {**good, "accounts": {"1": account}},
        {**good, "accounts": [{**account, "name": 7}]},
        {**good, "accounts": [{**account, "roles": [7]}]},
        {**good, "accounts": [{**account, "roles": "Admin"}]},
        {**good, "accounts": [{"account_id": "1", "roles": []}]},
    ):
        path.write_text(bad if isinstance(bad, str) else json.dumps(bad))
        assert inventory.read(CORP, world.context) is None, bad
    path.write_text(json.dumps(good))
    assert inventory.read(CORP, world.context)


class Faulty(Portal):
    """A portal that answers one request in ten with 429 and one in twenty with 500, wherever they fall."""

    def __init__(self, **settings):
        super().__init__(**settings)
        self.chance = random.Random(4)
        self.faults = Counter()

    def planned(self, operation):
        status = self.chance.choices((None, 429, 500), (85, 10, 5))[0]
        if status is None or not operation.startswith("ListAccount"):
            return None
        self.faults[status] += 1
        return Fault("TooManyRequestsException" if status == 429 else "InternalFailure", status=status)


def test_random_faults_lose_nothing(world, start):
    """With 429 and 500 at random positions everything is there in the end, and nothing is asked for without need."""
    portal = start(60, kind=Faulty)
    found = refresh(world)
    assert not missing(portal, found)
    assert portal.faults[429] and portal.faults[500]
    assert portal.calls.total() == 61 + portal.faults.total()


def test_throttled_portal_loses_nothing(world, start):
    """A portal slower than expected is worked off, and who watches learns that AWS refuses requests."""
    portal = start(60, rate=20, now=time.time)
    seen = []
    found = refresh(world, lambda *count: seen.append(count), rate=200)
    assert not missing(portal, found)
    assert seen[0] == (0, 60, 0)
    assert seen[-1][:2] == (60, 60)
    assert seen[-1][2] > 0
    assert [done for done, _, _ in seen] == list(range(61))


class Stop(BaseException):
    """What Ctrl-C raises, as far as a listing is concerned."""


def interrupt_at(count):
    def progress(done, _total, _refused):
        if done == count:
            raise Stop

    return progress


def test_interrupted_run_goes_on(world, start):
    """After an interruption at 60 % the next run asks for the other 40 % alone."""
    portal = start(50)
    with pytest.raises(Stop):
        refresh(world, interrupt_at(30))
    assert file_of(world, ".partial").stat().st_mode & 0o777 == 0o600
    assert inventory.read(CORP, world.context) is None
    portal.calls.clear()
    seen = []
    found = refresh(world, lambda *count: seen.append(count))
    assert seen[0][:2] == (30, 50)
    assert not missing(portal, found)
    # Threads of the first run that were under way may have sent their request after the count was cleared.
    resumed = {
        account for call in portal.requests for account in [call.request.parameters.get("account_id")] if account
    }
    assert len(resumed) == 50
    assert portal.calls["ListAccounts"] == 0
    assert 20 <= portal.calls["ListAccountRoles"] <= 20 + 4


def test_torn_line_is_dropped(world, start):
    """The account of a line that a crash has torn is asked for again; whole lines are believed."""
    portal = start(10)
    with pytest.raises(Stop):
        refresh(world, interrupt_at(6))
    path = file_of(world, ".partial")
    whole = path.read_bytes()
    path.write_bytes(whole[:-9] + b"\n" + b"[" * 100_000)
    assert len(whole.splitlines()) == 7
    seen = []
    found = refresh(world, lambda *count: seen.append(count))
    assert seen[0][:2] == (5, 10)
    assert not missing(portal, found)


@pytest.mark.parametrize("change", ["an hour", "another portal", "no head", "too deep"])
def test_partial_file_that_does_not_count(world, start, change):
    """What an interrupted run left is not believed after an hour, for another portal, or without its first line."""
    portal = start(10)
    with pytest.raises(Stop):
        refresh(world, interrupt_at(6))
    path = file_of(world, ".partial")
    head, *lines = path.read_text().splitlines(keepends=True)
    content = json.loads(head)
    if change == "an hour":
        content["started_at"] -= 3601
    elif change == "another portal":
        content["start_url"] += "-2"
    path.write_text("".join(lines) if change == "no head" else json.dumps(content) + "\n" + "".join(lines))
    if change == "too deep":
        path.write_text("[" * 100_000)
    seen = []
    assert not missing(portal, refresh(world, lambda *count: seen.append(count)))
    assert seen[0][:2] == (0, 10)


def test_network_that_fails_half_way(world, start, monkeypatch):
    """A fault that stays ends the run, says how far it came, and the next one goes on; AWS_MAX_ATTEMPTS counts."""
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "2")
    portal = start(20)

    def break_at_12(done, _total, _refused):
        if done == 12:
            portal.fail("ListAccountRoles", type="InternalFailure", status=500, times=1000)

    with pytest.raises(ServiceError, match=r"HTTP 500.*1\d/20 accounts are read; the same command goes on"):
        refresh(world, break_at_12)
    failed = 1000 - len(portal._planned.pop("ListAccountRoles"))
    assert 2 <= failed <= 2 * (20 - 12)
    kept = len(file_of(world, ".partial").read_bytes().splitlines()) - 1
    assert 12 <= kept < 20
    seen = []
    assert not missing(portal, refresh(world, lambda *count: seen.append(count)))
    assert seen[0][:2] == (kept, 20)


def test_login_that_ends_half_way(world, start):
    """When the portal ends the session meanwhile, there is one new login, and the listing goes on where it was."""
    portal = start(20)
    seen = []

    def revoke_at_12(done, _total, _refused):
        seen.append(done)
        if done == 12 and len(seen) == 13:
            portal.revoke_sessions()

    assert not missing(portal, refresh(world, revoke_at_12))
    assert portal.calls["StartDeviceAuthorization"] == 1
    assert portal.calls["ListAccounts"] == 1
    assert set(seen) == set(range(21))
    assert all(before <= after for before, after in pairwise(seen))


def test_login_is_needed_and_nobody_there(world, start):
    """Without a login and a terminal it fails, and says what to type."""
    portal = start(5)
    portal.revoke_sessions()
    world.change(terminal=False)
    with pytest.raises(NotLoggedIn, match="ssoenv login corp"):
        refresh(world)
    assert portal.calls["StartDeviceAuthorization"] == 0


def test_account_without_access(world, start):
    """An account that was taken away since the accounts were listed has no roles, and costs nobody the rest."""
    portal = start(5)
    portal.fail("ListAccountRoles", type="ForbiddenException", message="No access", status=403)
    found = refresh(world)
    assert len(found.accounts) == 5
    assert len(found.roles) == 12


def test_two_at_once_list_once(world, start):
    """Of several that want a new inventory one lists it; the others wait and take the same."""
    portal = start(30)
    with ThreadPoolExecutor(3) as pool:
        first, *others = pool.map(lambda _: refresh(world), range(3))
    assert not missing(portal, first)
    assert others == [first, first]
    assert portal.calls == {"ListAccounts": 1, "ListAccountRoles": 30}


class Gate(Portal):
    """A portal that serves the roles of so many accounts as are *left*, and then lets everybody wait until released."""

    def __init__(self, **settings):
        super().__init__(**settings)
        self.left = 0
        self.reached = threading.Event()
        self.released = threading.Event()

    def answer(self, request):
        if request.path == "/assignment/roles" and not self.released.is_set():
            with self.lock:
                self.left -= 1
                served = self.left >= 0
            if not served:
                self.reached.set()
                self.released.wait(60)
                return Response(500)
        return super().answer(request)


_LIST = """
import sys
from pathlib import Path
sys.path.insert(0, {support!r})
from contexts import CORP, World
from ssoenv import inventory
world = World(Path({home!r}), terminal=False)
print(len(inventory.refresh(CORP, world.context, rate=2000).roles))
"""


def test_killed_run_goes_on(world, start, tmp_path):
    """A process killed at 60 % leaves what it has read: the next one asks for the rest, and nothing is missing."""
    portal = start(50, kind=Gate)
    portal.left = 30
    script = _LIST.format(support=str(Path(__file__).parent / "support"), home=str(world.context.home))
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as victim:
        assert portal.reached.wait(60)
        victim.send_signal(signal.SIGKILL)
        victim.wait(60)
    assert victim.returncode == -signal.SIGKILL
    portal.released.set()
    kept = len(file_of(world, ".partial").read_bytes().splitlines()) - 1
    assert 30 - 8 <= kept <= 30  # what the threads had in their hands when the process died is lost
    portal.calls.clear()

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.stdout == "150\n", done.stderr
    assert portal.calls.keys() == {"ListAccountRoles"}
    # What the four threads of the killed process still had waiting at the portal may be counted here, too.
    assert 50 - kept <= portal.calls["ListAccountRoles"] <= 50 - kept + 4
    assert not missing(portal, inventory.read(CORP, world.context))


HOSTILE = [
    "\x1b]0;owned\x07\x1b[2J",
    "line\nbreak\ttab\r",
    "\u202egpj.exe",
    "lone \ud800 surrogate",
    "$(touch /tmp/x)`id`';\"",
    "../../../etc/passwd",
    "",
    "n" * 5000,
    "日本語 \U0001f600 e\u0301",
]


def test_hostile_names_are_kept_as_they_are(world, start):
    """Names are data: whatever their characters, they come back from the portal and from the disk as they are."""
    accounts = tuple(Account(f"{n:012}", name, name, (name or "r",)) for n, name in enumerate(HOSTILE))
    start(organisation=Organisation(accounts))
    found = refresh(world)
    assert {account.name for account in found.accounts} == set(HOSTILE)
    assert {account.email for account in found.accounts} == set(HOSTILE)
    assert {role.role_name for role in found.roles} == {name or "r" for name in HOSTILE}
    assert inventory.read(CORP, world.context) == found
    assert {path.parent.name for path in world.context.cache_dir.rglob("*") if path.is_file()} == {"inventory", "locks"}


def test_account_by_part_of_its_name(world):
    """An account is meant by its id, its name, or a part of name or e-mail that is its alone."""
    rows = [
        ("1", "dev", "a@x"),
        ("2", "dev-tools", "b@x"),
        ("3", "Prod", "ops@y"),
        ("4", "twin", ""),
        ("5", "twin", ""),
    ]
    accounts = [inventory.Account(*row) for row in rows]
    for text, account_id in [("1", "1"), ("dev", "1"), ("TOOLS", "2"), ("prod", "3"), ("ops@", "3"), ("5", "5")]:
        assert inventory.find_account(accounts, text).account_id == account_id
    with pytest.raises(UsageError, match=r"Several accounts fit ev: dev \(1, a@x\), dev-tools \(2, b@x\)\."):
        inventory.find_account(accounts, "ev")
    with pytest.raises(UsageError, match=r"Several accounts fit twin"):
        inventory.find_account(accounts, "twin")
    with pytest.raises(UsageError, match=r"No account fits nothing"):
        inventory.find_account(accounts, "nothing")


def test_pace_is_even():
    """Slots are one gap apart, and time that nobody used is not made up for."""
    clock = Clock()
    start = clock.time
    pace = Pace(20, clock.now, clock.sleep)
    times = []
    for pause in (0, 0, 0, 5, 0):
        clock.time += pause
        pace.wait()
        times.append(round(clock.time - start, 3))
    assert times == [0, 0.05, 0.1, 5.1, 5.15]


@pytest.mark.parametrize(
    ("header", "seconds"),
    [({}, 0.25), ({"Retry-After": "2"}, 2), ({"Retry-After": "86400"}, 30), ({"Retry-After": "Wed"}, 0.25)],
)
def test_pace_after_a_refusal(header, seconds):
    """A 429 holds all up, as long as the answer says; several at a time lower the rate once, and answers raise it."""
    clock = Clock()
    start = clock.time
    pace = Pace(20, clock.now, clock.sleep)
    pace.wait()
    for _ in range(3):
        assert pace.heed(response_dict={"status_code": 429, "headers": header}, context={}) is None
    assert pace.refused == 3
    assert pace.rate == pytest.approx(19)
    assert pace.wait() is None
    assert clock.time - start == pytest.approx(seconds)
    for _ in range(100):
        pace.heed(response_dict={"status_code": 200, "headers": {}}, context={})
    assert pace.rate == 20
    pace.heed(response_dict=None)
