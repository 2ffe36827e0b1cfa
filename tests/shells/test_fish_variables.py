"""What only fish has: universal variables, variables of a block, and lists."""

from __future__ import annotations

from dataclasses import replace

import pytest
from probes import only
from shell_session import Run, Session

from ssoenv.environment import Change
from ssoenv.shells import SHELLS, snippet

pytestmark = only(lambda probe: probe.shell == "fish")


@pytest.fixture
def session(session: Session) -> Session:
    """Return a session with the wrapper loaded, as a child of one that was switched; its stand-in knows two targets."""
    for name, values in (
        ("first", {"AWS_PROFILE": None, "AWS_REGION": "first"}),
        ("other", {"AWS_SSO_PROFILE": "other"}),
    ):
        session.answer(name, snippet(Change(values, None), SHELLS["fish"]))
    session.load()
    session.export(SSOENV_SET="AWS_PROFILE AWS_REGION")
    return session


# What would touch the variables: the child of a shell that was switched, and a shell that was switched itself.
each_touch = pytest.mark.parametrize(
    ("earlier", "lines"),
    [([], ["ssouse first", "ssouse --off"]), (["ssouse first"], ["ssouse first", "ssouse other", "ssouse --off"])],
    ids=["child", "switched"],
)


def attempt_each(session: Session, form: str, lines: list[str]) -> None:
    """Add *form* with each line."""
    session.snapshot("before")
    for line in lines:
        session.run_line(form.format(line), line)


def check_refused(run: Run, lines: list[str], message: bytes) -> None:
    """Assert that each was refused with *message*, and changed nothing."""
    for line in lines:
        assert (run[line].status, run[line].environ) == (7, run["before"].environ), line
    assert run.stderr.count(message) == len(lines)


def test_nothing_of_a_switch_stays_in_a_variable(session: Session) -> None:
    """The text that holds the keys, and what it was taken apart into, are gone after a switch, and after `-`."""
    session.add("ssouse first", "ssouse other", "ssouse -", "set --names | string match '__ssoenv_*'")
    left = session.run().stdout.decode().split()
    assert "__ssoenv_now" in left
    gone = ("text", "content", "file", "names", "words", "expiration", "summary", "for", "needs", "newer", "ages")
    assert not {f"__ssoenv_{name}" for name in gone} & set(left)


@each_touch
def test_an_exported_universal_refuses_the_whole(session: Session, earlier: list[str], lines: list[str]) -> None:
    """It would show through where the switch removes, so it is named with what removes it, and nothing is changed."""
    session.probe = replace(session.probe, options=())  # without its configuration fish has no universals
    session.add(*earlier, "set -Ux AWS_PROFILE universal")
    attempt_each(session, "{}", lines)
    session.add("set -eU AWS_PROFILE")
    session.run_line("ssouse first", "without")
    run = session.run()
    assert run["before"]["AWS_PROFILE"] == "universal"
    check_refused(run, lines, b"Remove it: set -eU AWS_PROFILE")
    assert run["without"]["AWS_REGION"] == "first"


@each_touch
@pytest.mark.parametrize("flags", ["-l", "-lx"])
def test_a_local_variable_refuses_the_whole(session: Session, flags: str, earlier: list[str], lines: list[str]) -> None:
    """It would hide the switch from the child processes of its block, so it is named, and nothing is changed."""
    session.add(*earlier)
    attempt_each(session, f"begin; set {flags} AWS_REGION mine; {{}}; end", lines)
    session.run_line("ssouse first", "outside")
    run = session.run()
    check_refused(run, lines, b"AWS_REGION is a local variable")
    assert run["outside"]["AWS_REGION"] == "first"


@pytest.mark.parametrize("value", ["", "''", "a 'b c'", "a ''"])
@pytest.mark.parametrize("flags", ["-gx", "-gu"])
def test_off_brings_back_lists(session: Session, flags: str, value: str) -> None:
    """No element, one that is empty, and several come back as they were, exported or not."""
    show = "set --show AWS_REGION; echo ="
    session.add(f"set {flags} AWS_REGION {value}", show, "ssouse first", show, "ssouse --off", show)
    run = session.run()
    before, switched, after, _ = run.stdout.split(b"=\n")
    assert before == after != switched
    assert b"AWS_REGION" in before
