"""`ssouse` with a stand-in for the program: what a switch, the way back and a failure do to a real shell."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from probes import Probe, only
from shell_session import Run, Session

from ssoenv.environment import Change
from ssoenv.shells import SHELLS, load_files, rc_files, snippet

# What a user may have had before. A name that no switch touches must stay, too.
BEFORE = {"AWS_PROFILE": "mine, with a 'quote'", "AWS_REGION": "", "AWS_PAGER": "less", "OTHER": "é"}
FIRST = {
    "AWS_PROFILE": None,
    "AWS_SECURITY_TOKEN": None,
    "AWS_ACCESS_KEY_ID": "ASIAFIRST",
    "AWS_SECRET_ACCESS_KEY": "it's/+* secret?[x]\\",
    "AWS_REGION": "eu-west-1",
    "AWS_SSO_PROFILE": "first",
    "SSOENV_SET": "AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_REGION AWS_SSO_PROFILE",
}
SECOND = {
    "AWS_SECURITY_TOKEN": None,
    "AWS_ACCESS_KEY_ID": "ASIASECOND",
    "AWS_SESSION_TOKEN": "second",
    "AWS_SSO_PROFILE": "second",
    "SSOENV_SET": "AWS_ACCESS_KEY_ID AWS_SESSION_TOKEN AWS_SSO_PROFILE",
}
# What a child shell inherits after the first.
INHERITED = {name: value for name, value in FIRST.items() if value is not None}
SECRET = "canary/of+a'secret"


def text(probe: Probe, variables: Mapping[str, str | None]) -> str:
    """Return the snippet that the program would print."""
    return snippet(Change(variables, 1795521600.0), SHELLS[probe.shell])


def after(environ: Mapping[bytes, bytes], variables: Mapping[str, str | None]) -> dict[bytes, bytes]:
    """Return what *environ* must be after a switch."""
    expected = dict(environ)
    for name, value in variables.items():
        expected.pop(name.encode(), None)
        if value is not None:
            expected[name.encode()] = value.encode()
    return expected


@pytest.fixture
def session(session: Session) -> Session:
    """Return a session whose stand-in knows two targets, `first` and `second`, and `failing`, which ends with 4."""
    session.answer("first", text(session.probe, FIRST))
    session.answer("second", text(session.probe, SECOND))
    session.answer("failing", "", status=4)
    return session


def prompt(session: Session) -> list[str]:
    """Return the line that runs before each prompt, where a shell has one."""
    return ["__ssoenv_hook"] if SHELLS[session.probe.shell].family else []


def wait(session: Session) -> list[str]:
    """Return the line that runs before one that is typed, where that is no part of the above."""
    return ["__ssoenv_await run"] if session.probe.shell == "bash" else []


def used(run: Run) -> list[list[str]]:
    """Return what `ssoenv use` was asked for, each time."""
    assert all(call[:2] == ["use", "--shell"] and call[3:5] == ["--wrapper", "1"] for call in run.calls)
    return [call[5:] for call in run.calls]


# --- a switch ---


def test_a_switch_reaches_child_processes(session: Session) -> None:
    """A child process sees the snippet's variables, and otherwise what it saw before."""
    session.export(**BEFORE)
    session.load()
    session.snapshot("before")
    session.run_line("ssouse first", "after")
    run = session.run()
    assert run["after"].status == 0
    assert run["after"].environ == after(run["before"].environ, FIRST)
    assert used(run) == [["first"]]
    assert run.calls[0][2] == session.probe.shell


def test_each_switch_starts_from_what_was_before_the_first(session: Session) -> None:
    """What the first switch set or removed and the second doesn't name goes back to its earlier value."""
    session.export(**BEFORE)
    session.load()
    session.snapshot("before")
    session.run_line("ssouse first", "first")
    session.run_line("ssouse second", "second")
    session.run_line("ssouse first", "again")
    run = session.run()
    assert run["second"].environ == after(run["before"].environ, SECOND)
    assert run["second"]["AWS_PROFILE"] == BEFORE["AWS_PROFILE"]
    assert run["second"]["AWS_REGION"] == ""
    assert run["again"].environ == run["first"].environ == after(run["before"].environ, FIRST)


def test_dash_goes_back_and_forth(session: Session) -> None:
    """`ssouse -` repeats the switch before the last one, with its options, as `cd -` does."""
    session.load()
    session.attempt("ssouse -", "nothing yet")
    session.add("ssouse first --region eu-west-3", "ssouse second")
    session.run_line("ssouse -", "back")
    session.run_line("ssouse -", "forth")
    run = session.run()
    assert run["nothing yet"].status == 2
    assert run["back"].status == run["forth"].status == 0
    assert run["back"]["AWS_SSO_PROFILE"] == "first"
    assert run["forth"]["AWS_SSO_PROFILE"] == "second"
    assert used(run) == [["first", "--region", "eu-west-3"], ["second"], ["first", "--region", "eu-west-3"], ["second"]]


def test_dash_returns_to_the_switch_before(session: Session) -> None:
    """What is no switch from one place to another leaves `-` as it was; `--off` is undone by it."""
    cases = {
        "off": ["ssouse --off"],
        "off-and-another-switch": ["ssouse --off", "ssouse second"],
        "twice-to-the-same-place": ["ssouse second", "ssouse second"],
    }
    session.load()
    for name, later in cases.items():
        session.answer(name, text(session.probe, {**FIRST, "AWS_SSO_PROFILE": name}))
        session.add(f"ssouse {name}", *later)
        session.run_line("ssouse -", name)
    run = session.run()
    assert {name: run[name]["AWS_SSO_PROFILE"] for name in cases} == {name: name for name in cases}


def test_dash_knows_what_a_parent_shell_switched_to(session: Session) -> None:
    """A child shell's first `-` goes back to the profile that it inherited."""
    session.load()
    session.add("ssouse second")
    session.run_line("ssouse -", "back")
    run = session.run(environ={"AWS_SSO_PROFILE": "first"})
    assert run["back"]["AWS_SSO_PROFILE"] == "first"


def test_a_switch_inside_a_function_lasts(session: Session) -> None:
    """A user's own function may wrap `ssouse`."""
    session.load()
    session.snapshot("before")
    session.add(session.probe.in_function.format(line="ssouse first"))
    session.snapshot("after")
    run = session.run()
    assert run["after"].environ == after(run["before"].environ, FIRST)


def test_arguments_arrive_as_typed(session: Session) -> None:
    """Blanks, quotes, empty words and dashes reach the program unharmed."""
    words = ["first", *[""] * session.probe.empty_words, "a b", "it's", "*", "--x=1", "-v", "é"]
    session.load()
    session.run_line("ssouse " + " ".join(session.probe.quote(word) for word in words), "after")
    run = session.run()
    assert run["after"].status == 0
    assert used(run) == [words]


def test_forget_passes_through(session: Session) -> None:
    """`ssouse --forget` is the program's to do, and switches nothing."""
    session.answer("--forget", "")
    session.load()
    session.snapshot("before")
    session.run_line("ssouse --forget first", "after")
    run = session.run()
    assert run["after"].status == 0
    assert run["after"].environ == run["before"].environ
    assert run.calls == [["use", "--forget", "first"]]


def test_help_passes_through(session: Session) -> None:
    """Help is shown, not checked, and changes nothing."""
    session.answer("--help", "This is the help.\n")
    asked = ["-h", "--help", "first --help"]
    session.load()
    session.snapshot("before")
    for words in asked:
        session.run_line(f"ssouse {words}", words)
    run = session.run()
    assert run.stdout.splitlines() == [b"This is the help."] * 3
    assert run.calls == [["use", "--help"]] * 3
    assert [run[words].status for words in asked] == [0, 0, 0]
    assert all(run[words].environ == run["before"].environ for words in asked)


_TELLS_ITS_LOCALE = """\
#!/bin/sh
echo "${{LC_ALL-none}}" >>{folder}/locales
exit 1
"""


def test_the_program_has_the_locale_of_the_user(start_session: Callable[[str], Session]) -> None:
    """What a wrapper needs for itself is no business of the program's."""
    session = start_session(_TELLS_ITS_LOCALE)
    session.load()
    lines = ("ssouse first", "ssouse --forget first", "ssouse --help")
    for line in lines:
        session.attempt(line, "set")
    session.add(session.probe.unset.format(name="LC_ALL"))
    for line in lines:
        session.attempt(line, "unset")
    session.run()
    assert (session.folder / "locales").read_text().split() == ["C.UTF-8"] * 3 + ["none"] * 3


# --- off ---


def test_off_brings_back_what_was_before_the_first_switch(session: Session) -> None:
    """Set, empty and absent variables come back exactly, after any number of switches; another `--off` does nothing."""
    session.export(**BEFORE)
    session.load()
    session.snapshot("before")
    session.add("ssouse first", "ssouse second")
    session.run_line("ssouse --off", "off")
    session.run_line("ssouse --off", "off again")
    session.add("ssouse second")
    session.run_line("ssouse --off", "off at last")
    run = session.run()
    assert run["off"].status == run["off again"].status == run["off at last"].status == 0
    assert run["off"].environ == run["off again"].environ == run["off at last"].environ == run["before"].environ
    assert b"this shell has not been switched." in run.stderr


def test_off_remembers_anew_after_off(session: Session) -> None:
    """What a user sets between `--off` and the next switch is what the next `--off` brings back."""
    session.export(AWS_REGION="old")
    session.load()
    session.add("ssouse first", "ssouse --off")
    session.export(AWS_REGION="new")
    session.add("ssouse first")
    session.run_line("ssouse --off", "off")
    run = session.run()
    assert run["off"]["AWS_REGION"] == "new"


@only(lambda probe: probe.assign)
def test_off_brings_back_unexported_variables_unexported(session: Session) -> None:
    """A variable that no child saw before is again one that no child sees, with its value."""
    session.add(session.probe.assign.format(name="AWS_REGION", value=session.probe.quote("it's mine")))
    session.load()
    session.snapshot("before")
    session.run_line("ssouse first", "first")
    session.run_line("ssouse --off", "off")
    session.value("AWS_REGION", "value")
    run = session.run()
    assert run["first"]["AWS_REGION"] == "eu-west-1"
    assert run["off"].environ == run["before"].environ
    assert run["off"]["AWS_REGION"] is None
    assert run["value"].words == ["it's mine"]


def test_memory_is_not_exported(session: Session) -> None:
    """Nothing of what was before reaches a child process by another name."""
    session.export(AWS_SECRET_ACCESS_KEY=SECRET)
    session.load()
    session.run_line("ssouse first", "after")
    run = session.run()
    assert not any(SECRET.encode() in value for value in run["after"].environ.values())


@only(lambda probe: probe.assign)
def test_the_prompt_is_not_exported(session: Session) -> None:
    """What a child process has no use for is not exported, though a parent shell has exported it."""
    session.load()
    for label in ("not switched", "switched"):
        session.export(SSOENV_PROMPT="a parent's")
        session.run_line("__ssoenv_hook", label)
        session.add("ssouse first")
    run = session.run()
    assert (run["not switched"]["SSOENV_PROMPT"], run["switched"]["SSOENV_PROMPT"]) == (None, None)


def test_a_child_shell_removes_what_its_parent_set(session: Session) -> None:
    """Without memory `--off` removes the variables that the switch had set, and says so."""
    session.load()
    session.run_line("ssouse --off", "off")
    run = session.run(environ={**INHERITED, "AWS_PAGER": "less"})
    assert run["off"].status == 0
    assert [name for name in run["off"].environ if name.startswith((b"AWS_", b"SSOENV_"))] == [b"AWS_PAGER"]
    assert b"did not make the switch" in run.stderr


def test_a_child_shell_is_first_what_its_parent_was(session: Session) -> None:
    """`--off` after a switch of its own brings back the parent's, and says how to end that."""
    session.load()
    session.add("ssouse second")
    session.run_line("ssouse --off", "off")
    session.run_line("ssouse --off", "off again")
    run = session.run(environ=INHERITED)
    assert {name: run["off"][name] for name in INHERITED} == INHERITED
    assert run["off"].status == 0
    assert [name for name in run["off again"].environ if name.startswith((b"AWS_", b"SSOENV_"))] == []
    back, removed = (line for line in run.stderr.splitlines() if b" parent " in line or b"did not make" in line)
    assert back.endswith(b"once more: ssouse --off")
    assert removed.endswith(b"nothing restored.")


def test_a_child_shell_removes_nothing_else(session: Session) -> None:
    """A list that holds anything else than names of AWS_* and SSOENV_* variables is refused."""
    lists = ["AWS_REGION PATH", "AWS_REGION[$(touch${IFS}canary)]", "AWS_REGION;touch canary", "AWS_", "aws_region"]
    lists += ["PATH AWS_REGION", "-f", "AWS_REGION -f", "*", "AWS_REGION\nPATH"]
    session.export(AWS_REGION="eu-west-1")
    session.load()
    for number, names in enumerate(lists):
        session.export(SSOENV_SET=names)
        session.snapshot(f"before {number}")
        session.attempt("ssouse --off", f"after {number}")
    run = session.run()
    for number in range(len(lists)):
        assert run[f"after {number}"].status == 7
        assert run[f"after {number}"].environ == run[f"before {number}"].environ
    assert not (session.home / "canary").exists()


# --- a failure ---


def test_a_failed_switch_changes_nothing(session: Session) -> None:
    """The program's own status is returned, and the environment is what it was, switched or not."""
    statuses = [1, 2, 3, 4, 5, 6, 130]
    session.export(**BEFORE)
    session.load()
    session.snapshot("before")
    for status in statuses:
        session.answer(f"failing-{status}", "", status)
        session.attempt(f"ssouse failing-{status}", f"unswitched {status}")
    session.run_line("ssouse first", "first")
    for status in statuses:
        session.attempt(f"ssouse failing-{status}", f"switched {status}")
    session.run_line("ssouse --off", "off")
    run = session.run()
    for status in statuses:
        assert run[f"unswitched {status}"].status == run[f"switched {status}"].status == status
        assert run[f"unswitched {status}"].environ == run["before"].environ
        assert run[f"switched {status}"].environ == run["first"].environ
    assert run["off"].environ == run["before"].environ
    assert b"stand-in: failing" in run.stderr  # what the program says is shown


def test_a_failure_with_output_changes_nothing(session: Session) -> None:
    """A whole snippet counts for nothing when the program then fails."""
    session.answer("failing", text(session.probe, FIRST), status=5)
    session.load()
    session.snapshot("before")
    session.attempt("ssouse failing", "failed")
    run = session.run()
    assert run["failed"].status == 5
    assert run["failed"].environ == run["before"].environ


def test_without_the_program_the_status_is_127(session: Session) -> None:
    """A missing program is a failed switch like any other, with the shell's own status for it."""
    (session.folder / "bin" / "ssoenv").unlink()
    session.load()
    session.snapshot("before")
    session.attempt("ssouse first", "failed")
    run = session.run(environ={"PATH": str(session.folder / "bin")})
    assert run["failed"].status == 127
    assert run["failed"].environ == run["before"].environ
    # tcsh has no way to look; env says it there.
    said = b"ssoenv" if session.probe.shell == "tcsh" else b"there is no program ssoenv on PATH"
    assert said in run.stderr


def test_the_program_moves(session: Session) -> None:
    """A shell that has run the program finds it in its new place, as after another way to install it."""
    old, new = session.folder / "bin" / "ssoenv", session.folder / "ssoenv"
    session.answer("first", text(session.probe, FIRST))
    session.answer("list", "")
    session.load()
    words = session.probe.words
    session.add(words("ssoenv", "list"), words("mv", old, new))
    session.run_line("ssouse first", "first")
    run = session.run(environ={"PATH": f"{session.folder}/bin:{session.folder}:{session.environ['PATH']}"})
    assert run["first"]["AWS_SSO_PROFILE"] == "first"


@only(lambda probe: probe.read_only)
@pytest.mark.parametrize(
    "lines",
    [["ssouse first", "ssouse second"], ["ssouse first", "ssouse --off"], ["ssouse --off"]],
    ids=["switch", "off", "off in a child shell"],
)
def test_a_read_only_variable_refuses_the_whole(session: Session, lines: list[str]) -> None:
    """A variable that can't be changed is named, and no other is changed."""
    *earlier, last = lines
    session.load()
    session.add(*earlier)
    session.snapshot("before")
    session.add(session.probe.read_only.format(name="AWS_REGION"))
    session.attempt(last, "after")
    run = session.run(environ={} if earlier else INHERITED)
    assert run["after"].status == 7
    assert run["after"].environ == run["before"].environ
    assert run.stderr.count(b"AWS_REGION is read-only") == 1


@only(lambda probe: probe.shell == "tcsh")
@pytest.mark.parametrize(
    ("value", "line"), [("a\nb", ":"), ("theirs", "set AWS_REGION = mine")], ids=["a line break", "hidden"]
)
def test_what_tcsh_can_not_bring_back_refuses_the_whole(session: Session, value: str, line: str) -> None:
    """A variable whose value `--off` could not set again is named, and nothing is changed."""
    session.load()
    session.add(line)
    session.snapshot("before")
    session.run_line("ssouse first", "after")
    run = session.run(environ={"AWS_REGION": value})
    assert run["before"]["AWS_REGION"] == value
    assert run["after"].status == 7
    assert run["after"].environ == run["before"].environ
    assert b"AWS_REGION holds a line break, or is hidden" in run.stderr


@only(lambda probe: probe.name in ("bash", "bash-5.3"))
def test_references_of_bash(session: Session) -> None:
    """A variable that refers to another is made a plain one, and the other is not touched."""
    session.load()
    session.add("export IMPORTANT=kept", "declare -n AWS_REGION=IMPORTANT")
    session.run_line("ssouse first", "first")
    session.add("unset AWS_SSO_PROFILE; declare -n AWS_SSO_PROFILE=IMPORTANT")
    session.run_line("ssouse first", "again")
    session.add("unset AWS_PROFILE; declare -n AWS_PROFILE=IMPORTANT")
    session.run_line("ssouse second", "second")
    session.run_line("ssouse --off", "off")
    run = session.run()
    assert [run[label]["IMPORTANT"] for label in ("first", "again", "second", "off")] == ["kept"] * 4
    assert (run["first"]["AWS_REGION"], run["again"]["AWS_SSO_PROFILE"]) == ("eu-west-1", "first")


@only(lambda probe: probe.shell == "bash")
@pytest.mark.parametrize("name", ["first", "broken"])
@pytest.mark.parametrize("option", ["-f", "-E"])
def test_a_switch_keeps_the_options_of_bash(session: Session, name: str, option: str) -> None:
    """Whatever was set stays set, also by one that fails, and where patterns ignore case, in which alone E differs."""
    session.answer("broken", "", status=4)
    session.load()
    session.add(f"shopt -s nocasematch; set {option}; options=$- settings=$(shopt)", f"ssouse {name}")
    session.add('[[ "$options $settings" == "$- $(shopt)" ]]')
    session.snapshot("after")
    assert session.run()["after"].status == 0


@only(lambda probe: probe.shell == "bash")
def test_options_with_which_bash_can_set_nothing(session: Session) -> None:
    """With set -k no builtin sees an assignment: nothing is changed, said or shown that should not be."""
    session.load()
    session.run_line("ssouse first", "first")
    session.add("set -ek", "AWS_PROFILE=other; __ssoenv_hook 1; echo [$SSOENV_PROMPT]; set +e")
    session.run_line("ssouse second", "refused")
    run = session.run()
    assert run.stdout == b"[]\n"
    assert run["refused"].status == 7
    assert run["refused"]["AWS_SSO_PROFILE"] == "first"
    assert b"Type: set +k" in run.stderr


@only(lambda probe: probe.shell == "bash")
def test_ctrl_c_in_the_midst_of_a_switch_in_bash(session: Session) -> None:
    """What is left of a switch that was broken off keeps no later one from bringing all back."""
    session.load()
    session.export(**BEFORE)
    session.snapshot("before")
    session.add("shopt -s nocasematch; options=$- settings=$(shopt)")
    session.add("broken() { ((BASH_VERSINFO[0] < 5)) || local -; __ssoenv_base_values=(x=half); __ssoenv_hush; }")
    session.add('broken; __ssoenv_hook; [[ "$options $settings" == "$- $(shopt)" ]]')
    session.snapshot("at the next prompt")
    session.run_line("ssouse first", "first")
    session.run_line("ssouse --off", "off")
    run = session.run()
    assert run["at the next prompt"].status == 0
    assert run["first"]["AWS_SSO_PROFILE"] == "first"
    assert run["off"].environ == run["before"].environ


# --- a shell less friendly ---


def test_loading_is_silent_and_may_be_repeated(session: Session) -> None:
    """Sourcing says nothing, under strict modes neither; sourcing again keeps the memory."""
    session.add(*session.probe.strict)
    session.export(**BEFORE)
    session.snapshot("before")
    session.load()
    session.load()
    session.snapshot("loaded")
    run = session.run()
    assert (run.stdout, run.stderr) == (b"", b"")
    assert run["loaded"].environ == run["before"].environ


@only(lambda probe: probe.reloads)
def test_loading_again_keeps_the_memory(session: Session) -> None:
    """A reloaded rc file does not forget what was before the first switch."""
    session.export(**BEFORE)
    session.load()
    session.snapshot("before")
    session.add("ssouse first", "ssouse second")
    session.load()
    session.run_line("ssouse -", "back")
    session.run_line("ssouse --off", "off")
    run = session.run()
    assert run["back"]["AWS_SSO_PROFILE"] == "first"
    assert run["off"].environ == run["before"].environ


def everything(session: Session) -> None:
    """Add each thing that `ssouse` does, for `check_everything`."""
    session.environ.update(SSOENV_SET="AWS_OLD", AWS_OLD="set by a parent shell")
    session.run_line("ssouse --off", "before")
    session.run_line("ssouse first", "first")
    session.add(*prompt(session))
    session.run_line("ssouse second", "second")
    session.attempt("ssouse failing", "failed")
    session.attempt("ssouse broken", "refused")
    session.run_line("ssouse first --help", "help")
    session.run_line("ssouse -", "back")
    session.run_line("ssouse --off", "off")
    session.run_line("ssouse --off", "off again")
    session.answer("broken", "export AWS_REGION=x\n")
    session.answer("--help", "This is the help.\n")


def check_everything(run: Run) -> None:
    """Assert that each did what it does."""
    before = run["before"].environ
    assert run["before"]["AWS_OLD"] is None
    assert run["first"].environ == after(before, FIRST)
    assert run["second"].environ == run["failed"].environ == run["refused"].environ == after(before, SECOND)
    assert run["help"].environ == after(before, SECOND)
    assert ["use", "--help"] in run.calls
    assert run["back"].environ == after(before, FIRST)
    assert run["off"].environ == run["off again"].environ == before
    statuses = {label: run[label].status for label in ("before", "first", "second", "failed", "refused", "back", "off")}
    assert statuses == {"before": 0, "first": 0, "second": 0, "failed": 4, "refused": 7, "back": 0, "off": 0}


def test_strict_modes(session: Session) -> None:
    """`ssouse` works where unset variables, failures and overwriting are errors."""
    session.add(*session.probe.strict)
    session.export(**BEFORE)
    session.load()
    everything(session)
    check_everything(session.run())


@only(lambda probe: probe.hijack)
def test_hijacked_names(session: Session) -> None:
    """Functions and aliases with the names of builtins, made before or after loading, are not called."""
    canary = session.home / "hijacked"
    hijack = [line.format(canary=session.probe.quote(str(canary))) for line in session.probe.hijack]
    session.export(**BEFORE)
    session.add(*hijack)
    session.load()
    session.add(*hijack)
    everything(session)
    run = session.run()
    check_everything(run)
    assert not canary.exists()


@only(lambda probe: probe.hijack)
def test_the_hijack_is_one(session: Session) -> None:
    """The functions and aliases of the test above are called where nothing is done against it."""
    canary = session.home / "hijacked"
    session.add(*(line.format(canary=session.probe.quote(str(canary))) for line in session.probe.hijack))
    session.attempt("ssoenv use", "called")
    session.run()
    assert canary.exists()


@only(lambda probe: probe.trace)
def test_no_secret_is_traced(session: Session) -> None:
    """With all tracing on, no value shows: not the new one, and not the one that was there before."""
    old = "old-" + SECRET
    session.answer("first", text(session.probe, {**FIRST, "AWS_SECRET_ACCESS_KEY": SECRET}))
    session.load()
    session.add(*session.probe.trace)
    session.snapshot("before")
    session.run_line("ssouse first", "first")
    session.add(*prompt(session), *wait(session))
    session.run_line("ssouse second", "second")
    session.run_line("ssouse -", "back")
    session.run_line("ssouse --off", "off")
    run = session.run(environ={"AWS_SECRET_ACCESS_KEY": old})
    assert run["back"]["AWS_SECRET_ACCESS_KEY"] == SECRET
    assert run["off"]["AWS_SECRET_ACCESS_KEY"] == old
    assert b"canary" not in run.stdout + run.stderr
    assert (
        FIRST["AWS_ACCESS_KEY_ID"].encode() not in run.stdout + run.stderr
    )  # which is no secret, and what a prompt looks at
    for part in (b"__ssoenv_apply", b"trap - ERR"):  # nor anything else of how it is done
        assert part not in run.stdout + run.stderr
    # The control: the lines themselves are shown, and tracing is on again after each.
    assert b"ssouse second" in run.stdout + run.stderr
    assert b"ssouse --off" in run.stdout + run.stderr


@only(lambda probe: probe.trace)
def test_tracing_goes_on_afterwards(session: Session) -> None:
    """A user's own tracing is as it was after a switch, a failure, a prompt, and a line that waits."""
    session.load()
    session.add(*session.probe.trace)
    session.export(OTHER="seen-before")
    session.add("ssouse first")
    session.export(OTHER="seen-after-a-switch")
    session.attempt("ssouse failing", "failed")
    session.export(OTHER="seen-after-a-failure")
    session.add(*prompt(session))
    session.export(OTHER="seen-after-a-prompt")
    session.add(*wait(session))
    session.export(OTHER="seen-after-a-wait")
    run = session.run()
    shown = run.stdout + run.stderr
    for after in (b"switch", b"failure", b"prompt", b"wait"):
        assert shown.count(b"seen-after-a-" + after) == shown.count(b"seen-before") > 0


@pytest.mark.parametrize("strict", [False, True])
def test_the_documented_line_loads_the_wrapper(session: Session, strict: bool) -> None:
    """The line of the README loads what the program prints, even over an old alias named ssouse."""
    session.answer(session.probe.shell, session.probe.wrapper.read_bytes())
    session.export(**BEFORE)
    session.add(*session.probe.alias, *(session.probe.strict if strict else ()))
    session.load_as_documented()
    everything(session)
    check_everything(session.run())


def test_the_installed_line_loads_the_wrapper(session: Session) -> None:
    """The line of `ssoenv init --install` reads the wrapper and the completion, without the program."""
    shell = SHELLS[session.probe.shell]
    session.add(rc_files.with_line("", shell.load_line(*load_files(shell))))
    session.run_line("ssouse first", "first")
    run = session.run()
    assert run["first"]["AWS_SSO_PROFILE"] == "first"
    assert used(run) == [["first"]]
    assert run.stderr == b"stand-in: first\n"


@only(lambda probe: probe.shell != "nushell")  # which reads what it sources before it can run a program
def test_the_installed_line_after_an_update(session: Session) -> None:
    """Where the files are gone, the line asks the program for them."""
    shell = SHELLS[session.probe.shell]
    session.answer(shell.name, session.probe.wrapper.read_bytes())
    session.add(rc_files.with_line("", shell.load_line(Path("/no/wrapper"), Path("/no/completion"))))
    session.run_line("ssouse first", "first")
    run = session.run()
    assert run["first"]["AWS_SSO_PROFILE"] == "first"
    assert run.calls[0] == ["init", shell.name]


@pytest.mark.parametrize("is_strict", [False, True], ids=["", "strict"])
def test_the_installed_line_where_ssoenv_is_not(session: Session, is_strict: bool) -> None:
    """On a machine that shares rc files and has no ssoenv, a shell starts silently; `ssouse` is no command there."""
    shell = SHELLS[session.probe.shell]
    (session.folder / "bin" / "ssoenv").unlink()
    session.add(*(session.probe.strict if is_strict else ()))
    session.add(rc_files.with_line("", shell.load_line(Path("/no/wrapper"), Path("/no/completion"))))
    run = session.run(environ={"PATH": "/usr/bin:/bin"})
    assert (run.stdout, run.stderr) == (b"", b"")
    session.attempt("ssouse prod-admin", "tried")
    run = session.run(environ={"PATH": "/usr/bin:/bin"})
    assert run["tried"].words not in (["0"], ["0", "True"])


@only(lambda probe: probe.shell == "nushell")
def test_nushell_says_that_the_program_has_moved(session: Session) -> None:
    """What can't ask the program says what to type, each time."""
    session.add(SHELLS["nushell"].load_line(Path("/no/wrapper"), Path("/no/completion")))
    assert session.run().stderr == b"ssoenv has moved. Type: ssoenv init nushell --install\n"


@only(lambda probe: probe.alias)
def test_an_old_alias_gives_way(session: Session) -> None:
    """Loading the file replaces an alias named ssouse, as an older set-up may have left one."""
    session.add(*session.probe.alias)
    session.load()
    everything(session)
    check_everything(session.run())


BASH_SETTINGS = (
    "IFS=A_",
    "IFS=",
    "shopt -s nocasematch",
    "shopt -s extglob",
    "shopt -s failglob nullglob",
    "set -o posix",
    "set -a",
    "set +h",
    "set -E; trap 'exit 9' ERR",
)
ZSH_SETTINGS = (
    "IFS=A_",
    "setopt ksharrays",
    "setopt shwordsplit",
    "setopt globsubst",
    "setopt allexport",
    "emulate sh",
    "emulate ksh",
    "TRAPZERR() { exit 9 }",
    "trap 'exit 9' ERR",
)


@only(lambda probe: probe.shell == "bash")
@pytest.mark.parametrize("setting", BASH_SETTINGS)
def test_bash_settings(session: Session, setting: str) -> None:
    """What a user's rc file may set in bash makes no difference."""
    check_setting(session, setting)


@only(lambda probe: probe.shell == "zsh")
@pytest.mark.parametrize("setting", ZSH_SETTINGS)
def test_zsh_settings(session: Session, setting: str) -> None:
    """What a user's rc file may set in zsh makes no difference."""
    check_setting(session, setting)


@only(lambda probe: probe.shell in ("bash", "zsh"))
def test_a_local_variable_leaves_no_half_of_a_switch(session: Session) -> None:
    """In a function that has a local variable of such a name, a switch is made for the whole shell, or refused."""
    session.export(**BEFORE)
    session.load()
    session.snapshot("before")
    session.add("f() { local AWS_REGION=mine; ssouse first; }")
    session.run_line("f", "after")
    run = session.run()
    made = session.probe.shell == "bash"
    assert run["after"].status == (0 if made else 7)
    assert run["after"].environ == after(run["before"].environ, FIRST if made else {})


@only(lambda probe: probe.shell in ("bash", "zsh"))
def test_a_failure_ends_a_script_that_ends_at_failures(session: Session) -> None:
    """With `set -e`, nothing that comes after a failed switch runs in the account from before; a trap is told, too."""
    session.load()
    session.run_line(
        "(set -e; ssouse failing || ssouse --forget failing || true; ssouse -; echo went on)", "after handled"
    )
    session.run_line("(set -e; ssouse failing; echo went on)", "failing")
    session.run_line("(trap 'exit 42' ERR; ssouse failing; echo went on)", "trap")
    session.run_line("(set -e; trap 'exit 43' ERR; ssouse --forget failing; echo went on)", "forget")
    run = session.run()
    assert [run[label].status for label in ("after handled", "failing", "trap", "forget")] == [2, 4, 42, 43]
    assert b"went on" not in run.stdout


@only(lambda probe: probe.shell == "tcsh")
@pytest.mark.parametrize("option", ["backslash_quote", "noglob"])
def test_tcsh_settings(session: Session, option: str) -> None:
    """What changes how tcsh reads a line makes no difference, and stays as the user has set it."""
    session.export(**BEFORE)
    session.load()
    session.add(f"set {option}")
    everything(session)
    session.add(f"if ($?{option}) echo it is still set")
    run = session.run()
    check_everything(run)
    assert run.stdout.splitlines()[-1] == b"it is still set"


@only(lambda probe: probe.shell == "tcsh")
def test_one_command_of_a_line_in_tcsh(session: Session) -> None:
    """`&&`, `||` and redirections are those of the whole switch, and what did not run leaves nothing behind."""
    session.load()
    session.add("ssouse first", "false && ssouse second && echo ran", "true || ssouse second")
    session.snapshot("as before")
    session.run_line("ssouse second >& /dev/null", "redirected")
    run = session.run()
    assert run["as before"]["AWS_SSO_PROFILE"] == "first"
    assert run["redirected"]["AWS_SSO_PROFILE"] == "second"
    assert b"ran" not in run.stdout
    assert used(run) == [["first"], ["second"]]


@pytest.mark.parametrize("locale", ["C", "en_US.UTF-8", "tr_TR.UTF-8", "ja_JP.SJIS"])
def test_locales(session: Session, locale: str) -> None:
    """No locale changes what is a letter, and what a byte."""
    known = subprocess.run(["locale", "-a"], capture_output=True, text=True, check=False).stdout
    if locale.lower().replace("-", "") not in known.lower().replace("-", "").split():
        pytest.skip(f"this machine has no locale {locale}")
    session.load()
    everything(session)
    check_everything(session.run(environ={"LC_ALL": locale}))


@only(lambda probe: probe.shell == "bash")
def test_a_locale_that_is_not_there(session: Session) -> None:
    """It is complained of where it is set, and no more at a switch."""
    session.load()
    session.add("{ export LC_ALL=xx_XX; } 2>/dev/null")
    everything(session)
    run = session.run()
    check_everything(run)
    assert b"setlocale" not in run.stderr


def check_setting(session: Session, line: str) -> None:
    """Assert that with *line* in the user's rc file all works."""
    session.export(**BEFORE)
    session.add("AWS_SESSION_TOKEN=unexported", line)
    session.load()
    everything(session)
    session.value("AWS_SESSION_TOKEN", "value")
    run = session.run()
    check_everything(run)
    assert run["value"].words == ["unexported"]


def test_back_and_off_take_nothing_else(session: Session) -> None:
    """`-` and `--off` beside other words are refused, and the program is not asked."""
    lines = ["ssouse - --quiet", "ssouse --off -q", "ssouse first -"]
    session.load()
    session.snapshot("before")
    for line in lines:
        session.run_line(line, line)
    run = session.run()
    assert [run[line].status for line in lines] == [2] * len(lines)
    assert all(run[line].environ == run["before"].environ for line in lines)
    assert run.calls == []
    assert run.stderr.count(b"take nothing else") == len(lines)


@only(lambda probe: probe.shell != "powershell")  # whose memory no environment reaches
def test_memory_is_not_taken_from_the_environment(session: Session) -> None:
    """Variables named as the wrapper's memory, set by whoever starts the shell, run nothing and remove nothing."""
    canary = session.folder / "canary"
    session.load()
    session.run_line("ssouse --off", "off")
    run = session.run(
        environ={
            "__ssoenv_base_names": "PATH",
            "__ssoenv_base_values": "=x",
            "__ssoenv_base_PATH": "x",
            "__ssoenv_base_name": f"AWS_X[$(touch '{canary}')]",
        }
    )
    assert run["off"]["PATH"]
    assert not canary.exists()


@only(lambda probe: probe.shell == "bash")
def test_memory_with_code_in_it_runs_nothing(session: Session) -> None:
    """A name in the memory that holds code is refused."""
    canary = session.folder / "canary"
    session.answer("first", snippet(Change({"AWS_REGION": "first"}, None), SHELLS["bash"]))
    session.load()
    session.run_line("ssouse first", "after")
    run = session.run(environ={"__ssoenv_base_names": f"AWS_X[$(touch '{canary}')]", "__ssoenv_base_values": "=x"})
    assert run["after"].status == 7
    assert not canary.exists()
