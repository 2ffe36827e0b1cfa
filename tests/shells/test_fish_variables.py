"""What only fish has: universal variables, variables of a block, and lists."""

from __future__ import annotations

from dataclasses import replace

import pytest
from conftest import Session
from probes import only

from ssoenv.environment import Change
from ssoenv.shells import SHELLS, snippet

pytestmark = only(lambda probe: probe.shell == "fish")


@pytest.fixture
def session(session: Session) -> Session:
    """Return a session with the wrapper loaded, whose stand-in knows the target `first`."""
    session.answer("first", snippet(Change({"AWS_PROFILE": None, "AWS_REGION": "first"}, None), SHELLS["fish"]))
    session.load()
    return session


def test_an_exported_universal_refuses_the_whole(session: Session) -> None:
    """It would show through where the switch removes, so it is named with what removes it, and nothing is changed."""
    session.probe = replace(session.probe, options=())  # without its configuration fish has no universals
    session.add("set -Ux AWS_PROFILE universal")
    session.snapshot("before")
    session.run_line("ssouse first", "after")
    session.add("set -eU AWS_PROFILE")
    session.run_line("ssouse first", "without")
    run = session.run()
    assert run["before"]["AWS_PROFILE"] == "universal"
    assert run["after"].status == 7
    assert run["after"].environ == run["before"].environ
    assert b"set -eU AWS_PROFILE" in run.stderr
    assert run["without"]["AWS_REGION"] == "first"


@pytest.mark.parametrize("flags", ["-l", "-lx"])
def test_a_local_variable_refuses_the_whole(session: Session, flags: str) -> None:
    """It would hide the switch from the child processes of its block, so it is named, and nothing is changed."""
    session.add("function wrapped", f"set {flags} AWS_REGION mine", "ssouse first", "end")
    session.snapshot("before")
    session.run_line("wrapped", "after")
    session.run_line("ssouse first", "outside")
    run = session.run()
    assert run["after"].status == 7
    assert run["after"].environ == run["before"].environ
    assert b"AWS_REGION is a local variable" in run.stderr
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
