"""A command that is typed when the keys are over waits for new ones, whatever else has to do with what is typed."""

from __future__ import annotations

import os
import re
import subprocess

import pytest
from hooks import INTERACTIVE, KEY, TYPED, exported, switched
from installed import TOOLS
from probes import only, version
from screen import CTRL_C, CTRL_Z, ENTER, Screen
from shelves import Shelf

# Records each call. The first renewal gets nothing, the next one puts the keys on the shelf; help waits for the first.
_RENEWS_WHEN_ASKED_AGAIN = """\
#!/bin/sh
cd {folder} || exit 99
case "$*" in
*--renew*) test ! -s calls || mv later run/ssoenv/dev.* ;;
*) until test -s calls; do sleep 0.02; done; echo helped ;;
esac
{{ printf '%s\\0' "$@"; echo; }} >>calls
"""


def a_shell_with_expired_keys(session, **environ):
    """Return the screen of one."""
    environ = {
        "TERM": "xterm",
        "NO_COLOR": "1",
        "AWS_SESSION_TOKEN": "old",
        **exported(switched(-1, SSOENV_RENEW="600")),
        **environ,
    }
    return Screen([session.program, *INTERACTIVE[session.probe.shell]], session.environ | environ, columns=160)


@pytest.fixture
def expired(start_session):
    """Return the screen of a shell whose keys are over, after *lines*, the wrapper and *then*; and its session."""

    def start(*lines, then=""):
        session = start_session(_RENEWS_WHEN_ASKED_AGAIN)
        kept = Shelf(session).put("dev", AWS_SESSION_TOKEN="renewed")
        kept.rename(session.folder / "later")
        kept.touch()  # not taken, as it is empty
        screen = a_shell_with_expired_keys(session)
        for line in (*lines, session.load_line + then, "ssouse --help"):
            screen.press(line, ENTER)
        screen.until("helped")
        return screen, session

    return start


SAYS = """sh -c 'echo "it is $AWS_SESSION_TOKEN${PS0+, with PS0}"'"""


def _tells_what_was_typed(probe):
    """Tell whether a shell waits for no keys where the line needs none: a bash before 5.1 that has PS0 can't."""
    return probe.shell != "bash" or _has_no_ps0(probe) or version(probe.find()) >= (5, 1)


def _has_no_ps0(probe):
    """Tell whether the shell is a bash that has no PS0, or one with which it may hang."""
    return version(probe.find()) < (4, 4, 12)


@only(lambda probe: probe.shell in ("bash", "zsh", "fish", "powershell"))
def test_a_command_waits_for_new_keys(expired):
    """A command typed with expired keys runs with new ones, without a word; `ssouse` and `ssoenv` wait for none."""
    screen, session = expired()
    screen.press(SAYS, ENTER)
    screen.until("it is renewed")
    screen.leave()
    renewal = ["use", "--shell", session.probe.shell, "--wrapper", "1", "--renew", "dev"]
    calls = [renewal, ["use", "--help"], renewal]
    assert session._calls() == (calls if _tells_what_was_typed(session.probe) else calls[::2] + calls[1:2])
    assert b"[1]" not in screen.sent  # what a shell says of a job


# A DEBUG trap that sees what runs, a history that does not get each line and shows when each ran, a PS0 that could be
# exported and is set anew.
_UNFRIENDLY = [
    "trap '[[ $BASH_COMMAND != *__ssoenv_wait_at* ]] || echo ours' DEBUG",
    "HISTCONTROL=ignoreboth HISTTIMEFORMAT='%F %T ' PROMPT_COMMAND='PS0='; set -a",
]
# What bash-preexec does in a bash without PS0.
_PREEXEC = """\
bash_preexec_imported=defined preexec_functions=() PROMPT_COMMAND=ready=yes
each() { for f in "${preexec_functions[@]}"; do "$f" "$(HISTTIMEFORMAT= history 1)"; done; }
told() { [[ -z $ready || $BASH_COMMAND == ready* || $BASH_COMMAND == __ssoenv* ]] || { ready=; each; }; }
trap told DEBUG
"""


@only(lambda probe: probe.shell == "bash")
@pytest.mark.parametrize(
    "line",
    [
        SAYS,
        f" {SAYS}",
        f"true && {SAYS}",
        f"ssoenv --help && {SAYS}",
        f"({SAYS})",
        f"for x in 1; do {SAYS}; done | cat",
    ],
)
def test_lines_that_bash_waits_before(expired, probe, line):
    """Every line waits, whoever has the DEBUG trap; without PS0 those of which bash-preexec tells."""
    is_old = _has_no_ps0(probe)
    if not _tells_what_was_typed(probe):
        pytest.skip("what needs no keys waits, too")
    if is_old and line.startswith(("(", "for")):
        pytest.skip("no trap is called before what runs in a child of the shell")
    screen, session = expired(*(_PREEXEC.splitlines() if is_old else _UNFRIENDLY))
    screen.press("ssoenv --help", ENTER)
    screen.until(lambda screen: screen.lines.count("helped") == 2)
    assert sum("--renew" in call for call in session._calls()) == 1
    screen.press(line, ENTER)
    screen.until("it is renewed")
    assert "ours" not in screen.lines
    screen.leave()


@only(lambda probe: probe.shell == "bash")
@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("""echo "it is $AWS_SESSION_TOKEN after $? ${PIPESTATUS[*]} $_" """, "it is renewed after 2 2 last"),
        ("""sleep 1000 & kill %1 && echo "it is $AWS_SESSION_TOKEN" """, "it is renewed"),
    ],
    ids=["how the last one ended", "jobs"],
)
def test_a_line_that_waits_sees_the_shell_as_it_was(expired, probe, line, shown):
    """The status, the statuses of a pipe, the last word; what was waited for is no job, and hangs behind none."""
    if _has_no_ps0(probe):
        pytest.skip("a trap that waits keeps the status alone, and is a job")
    screen, _ = expired()
    screen.press("ssouse - last", ENTER)
    screen.press(line, ENTER)
    screen.until(shown)
    screen.leave()


@only(lambda probe: probe.shell == "powershell")
@pytest.mark.parametrize(
    "line",
    [
        f"& {{ {SAYS} }}",
        f"1 | ForEach-Object {{ {SAYS} }}",
        f"$null = 1; {SAYS}",
        f"ssoenv --help; {SAYS}",
    ],
)
def test_lines_that_powershell_waits_before(expired, line):
    """Without PSReadLine, whatever stands before the first command; a line without any waits for none, nor a prompt."""
    screen, session = expired("function prompt { sh -c true; '> ' }")
    screen.press("1 + 1", ENTER)
    screen.until("2")
    assert sum("--renew" in call for call in session._calls()) == 1
    screen.press(line, ENTER)
    screen.until("it is renewed")
    screen.leave()


@only(lambda probe: probe.shell == "powershell")
def test_another_action_before_commands_are_looked_up_stays(expired):
    """One that calls ours, and was set in its place."""
    action = "$ExecutionContext.InvokeCommand.PreCommandLookupAction"
    ours = "[EventHandler[System.Management.Automation.CommandLookupEventArgs]] { $theirs.Invoke($args[0], $args[1]) }"
    screen, _ = expired(f"$ours = {ours}")
    screen.press(f"$theirs = {action}; {action} = $ours", ENTER, SAYS, ENTER)
    screen.until("it is renewed")
    screen.press(f'"kept: $({action} -eq $ours)"', ENTER)
    screen.until("kept: True")
    screen.leave()


@only(lambda probe: probe.shell == "powershell")
def test_what_is_asked_before_commands_are_looked_up_keeps_the_status(session):
    """Without PSReadLine, a function that is called then, as a prompt is, sees how the last command ended."""
    session.export(**exported(switched(3000, SSOENV_RENEW="600")))
    session.add("function seen { $? }")
    session.load()
    session.add("__ssoenv_hook", "$null -ne $ExecutionContext.InvokeCommand.PreCommandLookupAction")
    session.add("sh -c 'exit 3'; seen", "sh -c 'exit 0'; seen")
    assert session.run().stdout.decode().splitlines() == ["True", "False", "True"]


_RENEWS = """\
#!/bin/sh
cd {folder} || exit 99
mv later run/ssoenv/dev.*
{{ printf '%s\\0' "$@"; echo; }} >>calls
exit 5
"""


@only(lambda probe: probe.shell == "powershell")
def test_a_line_waits_for_new_keys(start_session):
    """A line that PSReadLine returns waits for new keys, and both see how the last command ended."""
    session = start_session(_RENEWS)
    kept = Shelf(session).put("dev", AWS_SESSION_TOKEN="renewed")
    kept.rename(session.folder / "later")
    kept.touch()  # not taken, as it is empty
    session.export(**exported(switched(-1, SSOENV_RENEW="600")))
    session.add("function global:PSConsoleHostReadLine { $global:saw = $?; $global:line }")
    session.load()
    session.load()
    lines = ["ssouse other", " ssoenv login", "", "ssoenv login; aws s3 ls", "aws s3 cp"]
    for line in lines:
        session.add(f"$global:line = '{line}'", "sh -c 'exit 3'", '"$(PSConsoleHostReadLine) $saw $LASTEXITCODE"')
        session.snapshot(line)
    run = session.run()
    assert run.stdout.decode().splitlines() == [f"{line} False 3" for line in lines]
    assert [run[line]["AWS_SESSION_TOKEN"] for line in lines] == [None] * 3 + ["renewed"] * 2
    assert run.calls == [["use", "--shell", "powershell", "--wrapper", "1", "--renew", "dev"]]


# Lets a line wait, though one has just waited.
MAY_WAIT = {
    "bash": "__ssoenv_wait_at=0 __ssoenv_wait_again_at=0",
    "zsh": "__ssoenv_wait_again_at=0",
    "fish": "set -g __ssoenv_wait_again_at 0",
    "powershell": "$global:__ssoenv_shown.WaitAgainAt = 0",
}


@pytest.fixture
def waiting(session):
    """Return a session in a shell whose keys are over, and whose renewals all fail."""
    Shelf(session).put("other")  # makes the folder
    session.answer("--renew", "", status=5)
    session.export(**exported(switched(-1, SSOENV_RENEW="600")))
    session.load()
    return session


def type_line(session, line, label):
    """Add a line as it is typed, behind a label that shows where the standard error of what waits begins."""
    session.add(session.probe.words("sh", "-c", 'echo "$1" >&2', "sh", label))
    session.add(TYPED[session.probe.shell].format(line=session.probe.quote(line)))


ASKED = "stand-in: --renew"


@only(lambda probe: probe.shell in TYPED)
def test_more_than_ssoenv_on_a_line_waits(waiting):
    """What stands behind it may need keys."""
    separators = {"blank": " ", "semicolon": "; ", "ampersand": " & ", "pipe": " | ", "newline": "\n"}
    for label, separator in separators.items():
        waiting.add(MAY_WAIT[waiting.probe.shell])
        type_line(waiting, f"ssoenv --help{separator}aws", label)
    blank, *others = separators
    said = waiting.run().stderr.decode().splitlines()
    assert said == [blank, *(line for label in others for line in (label, ASKED))]


@only(lambda probe: probe.shell in TYPED)
def test_lines_that_wait_for_nothing(waiting):
    """A line waits in the last minute of keys that are ours, that may be renewed, and whose login is good; and once."""
    session = waiting
    over = session.folder / "run" / "ssoenv" / "dev.over"
    over.touch()
    shell = session.probe.shell
    # The hook asks for nothing in the background, and lets bash know when a line is to wait.
    prompt = ["__ssoenv_read_clock; __ssoenv_asked=$__ssoenv_time", "__ssoenv_hook"] if shell == "bash" else []
    changes = {
        "the login is over": {},
        "other keys": {"AWS_ACCESS_KEY_ID": "ASIAQNZGKIQYOTHERKEY"},
        "no renewal": {"AWS_ACCESS_KEY_ID": KEY, "SSOENV_RENEW": "0"},
        "minutes left": {"SSOENV_RENEW": "600", "SSOENV_EXPIRATION": 500},
        "half a minute left": {"SSOENV_EXPIRATION": 30},
    }
    for label, change in changes.items():
        session.export(**exported(change))
        session.add(MAY_WAIT[shell], *prompt)
        type_line(session, "aws", label)
        session.add(session.probe.words("rm", "-f", over))
    session.add(*prompt)
    type_line(session, "aws", "again")
    assert session.run().stderr.decode().splitlines() == [*changes, ASKED, "again"]


@only(lambda probe: probe.shell in TYPED)
def test_a_line_behind_a_switch_waits(waiting):
    """That one has just waited for the keys of another profile does not count."""
    session = waiting
    shelf = session.folder / "run" / "ssoenv"
    # The hook asks for nothing in the background, and lets bash know when a line is to wait.
    prompt = ["__ssoenv_read_clock; __ssoenv_asked=$__ssoenv_time", "__ssoenv_hook"] * (session.probe.shell == "bash")
    session.add(*prompt)
    type_line(session, "aws", "first")
    session.add("ssouse other", session.probe.words("rm", *shelf.glob("other.*")))
    session.export(**exported({"SSOENV_EXPIRATION": 30}))
    session.add(*prompt)
    type_line(session, "aws", "second")
    run = session.run()
    assert run.stderr.decode().splitlines() == ["first", ASKED, "second", ASKED]
    assert [call[-1] for call in run.calls] == ["dev", "other"]


@only(lambda probe: probe.shell == "bash")
def test_bash_waits_for_what_was_its_own_at_the_prompt(waiting):
    """A line starts no child where keys are others or not renewed, nor does it wait where they have become others."""
    session = waiting
    session.export(SSOENV_RENEW="0")
    session.run_line("__ssoenv_hook; ((SECONDS < __ssoenv_wait_at))", "no renewal")
    session.export(SSOENV_RENEW="600", AWS_ACCESS_KEY_ID="ASIAQNZGKIQYOTHERKEY")
    session.run_line("__ssoenv_hook; ((SECONDS < __ssoenv_wait_at))", "other keys")
    session.add(MAY_WAIT["bash"])
    type_line(session, "aws", "since the prompt")
    run = session.run()
    assert (run["no renewal"].status, run["other keys"].status) == (0, 0)
    assert run.stderr == b"since the prompt\n"


@only(lambda probe: probe.shell == "powershell")
def test_a_line_of_powershell_that_gets_no_new_keys(session):
    """A failure to renew is none of the line's, in strict modes neither, nor is an error in what waits."""
    Shelf(session).put("other")  # makes the folder
    session.answer("--renew", "", status=5)
    session.export(**exported(switched(-1, SSOENV_RENEW="600")))
    session.add("function global:PSConsoleHostReadLine { 'aws s3 ls' }")
    session.load()
    session.add("Set-StrictMode -Version Latest", "$PSNativeCommandUseErrorActionPreference = $true")
    session.add("PSConsoleHostReadLine", MAY_WAIT["powershell"])
    session.add("$global:__ssoenv_memory = $null", "PSConsoleHostReadLine")  # which is an error
    run = session.run()
    assert run.stdout.decode().splitlines() == ["aws s3 ls"] * 2
    assert run.stderr.decode().splitlines() == [ASKED]


def at_a_terminal(session):
    """Return the screen of a shell that has read the session's lines and switched."""
    Shelf(session).put("dev", SSOENV_RENEW="600")
    file = session.folder / "rc"
    file.write_text("\n".join([*session.lines, "PS1='> '", "ssouse dev", ""]))
    screen = Screen([session.program, "--noprofile", "--rcfile", str(file), "-i"], session.environ, columns=120)
    screen.until(lambda screen: screen.lines[-1] == ">")
    return screen


@only(lambda probe: probe.shell == "bash")
def test_the_trap_keeps_what_bash_tells(session):
    """With what waits set, a command sees how those before it ended, as does what PROMPT_COMMAND has behind it."""
    session.load()
    session.add('PROMPT_COMMAND="$PROMPT_COMMAND;seen=\\$?"')
    screen = at_a_terminal(session)
    screen.press('trap -p DEBUG; echo "$PS0"', ENTER)
    screen.until(lambda screen: any("__ssoenv_wait_at" in line for line in screen.lines))
    screen.press("(exit 3) | (exit 4); echo these: ${PIPESTATUS[*]}; (exit 5)", ENTER)
    screen.until("these: 3 4")
    screen.press("echo it was $? $seen", ENTER)
    screen.until("it was 5 5")
    screen.leave()


@only(lambda probe: probe.shell == "bash")
@pytest.mark.parametrize("before", ["trap 'mine=yes' DEBUG", "PROMPT_COMMAND=\"trap 'mine=yes' DEBUG\""])
def test_a_trap_of_the_user(session, before):
    """A DEBUG trap that is there, or comes with the first prompt, stays as it is."""
    session.add(before)
    session.load()
    screen = at_a_terminal(session)
    screen.press("trap -p DEBUG", ENTER)
    screen.until("trap -- 'mine=yes' DEBUG")
    screen.leave()


@only(lambda probe: probe.shell == "bash")
@pytest.mark.parametrize("theirs", ["unset PROMPT_COMMAND", "PROMPT_COMMAND='mine=yes'"])
def test_vs_code_finds_one_prompt_command(session, theirs):
    """It runs the first element by a function of its own, and would take what is behind it for a command line."""
    session.add("TERM_PROGRAM=vscode", theirs)
    session.load()
    screen = at_a_terminal(session)
    screen.press('echo "${#PROMPT_COMMAND[@]} element, ${SSOENV_PROMPT:+shown}"', ENTER)
    screen.until("1 element, shown")
    screen.leave()


_WAITS = """\
#!/bin/sh
case "$*" in
*--renew*)
    test -t 2 || exit 5 # nobody waits for it
    {at_ctrl_c}
    echo now it waits >&2
    while :; do sleep 1; done
    ;;
esac
"""


@only(lambda probe: probe.shell in ("bash", "zsh"))
@pytest.mark.parametrize("at_ctrl_c", ["trap 'exit 130' INT", ""], ids=["it ends", "it is killed"])
def test_ctrl_c_ends_the_wait(start_session, probe, at_ctrl_c):
    """It drops the command that waited, and the shell is as its user has made it; the next one does not wait again.

    Minutes later one does. So it is where the program has not come so far as to heed the key.
    """
    session = start_session(_WAITS.replace("{at_ctrl_c}", at_ctrl_c))
    Shelf(session).put("other")  # makes the folder
    screen = a_shell_with_expired_keys(session, PS1="> ")
    screen.press("setopt no_case_match" if probe.shell == "zsh" else "set -u; shopt -s nocasematch", ENTER)
    screen.press(f"flags=$-; {session.load_line}", ENTER)
    screen.press("echo it ran >&2", ENTER)
    screen.until("now it waits")
    screen.press(CTRL_C)
    screen.until(lambda screen: _broken_off(screen) == 1)
    matches = "A =~ a" if probe.shell == "zsh" else "A == a"
    screen.press(f'[[ $- == "$flags" && {matches} && $(echo /et*) == /etc ]] && echo as it was', ENTER)
    screen.until("as it was")
    screen.press("__ssoenv_wait_at=0 __ssoenv_wait_again_at=0", ENTER, "echo it ran >&2", ENTER)
    screen.until(lambda screen: screen.lines.count("now it waits") == 2)
    screen.press(CTRL_C)
    screen.until(lambda screen: _broken_off(screen) == 2)
    screen.leave()
    assert "it ran" not in screen.lines


def _broken_off(screen):
    """Return how many lines show where Ctrl-C was pressed."""
    return sum(line.startswith("^C") for line in screen.lines)


_WAITS_FOR_A_FILE = """\
#!/bin/sh
case "$*" in
*--renew*)
    test -t 2 || exit 5 # nobody waits for it
    echo now it waits >&2
    until test -e {folder}/go; do sleep 0.02; done
    ;;
esac
"""


@only(lambda probe: probe.shell in ("bash", "zsh"))  # fish takes the key for its own
def test_ctrl_z_stops_no_wait(start_session, probe):
    """A renewal that is stopped would keep the lock that others wait for; nor does the command run meanwhile."""
    if probe.shell == "bash" and _has_no_ps0(probe):
        pytest.skip("there it stops it")
    session = start_session(_WAITS_FOR_A_FILE)
    Shelf(session).put("other")  # makes the folder
    screen = a_shell_with_expired_keys(session)
    screen.press(session.load_line, ENTER, "sh -c 'echo it ran'", ENTER)
    screen.until("now it waits")
    screen.press(CTRL_Z)
    (session.folder / "go").touch()
    screen.until(lambda screen: screen.lines[-2].endswith("it ran") and screen.lines[-1][-1:] in "#$%>")
    screen.leave()
    assert not re.search(rb"(?i)stopped|suspended", screen.sent)


_UNTIL_THERE = 'until test -e "$1"; do sleep 0.02; done'
_SAYS_WHEN_IT_ENDS = """\
#!/bin/sh
cd {folder} || exit 99
touch began
until test -e go; do sleep 0.02; done
touch ended
"""


@only(lambda probe: probe.shell in INTERACTIVE)
def test_ctrl_c_ends_no_renewal_in_the_background(start_session, probe):
    """It is for what is in front, and is heard by that alone, also where nothing is a job of its own."""
    session = start_session(_SAYS_WHEN_IT_ENDS)
    Shelf(session).put("other")  # makes the folder
    screen = a_shell_with_expired_keys(session, **exported({"SSOENV_EXPIRATION": 90}))
    began, ended = session.folder / "began", session.folder / "ended"
    line = f"{_UNTIL_THERE}; echo it has begun; exec sleep 1000"
    screen.press(*["set +m", ENTER] * (session.probe.shell in ("bash", "zsh")))
    screen.press(session.load_line, ENTER, session.probe.words("sh", "-c", line, "sh", began), ENTER)
    screen.until("it has begun")
    screen.press(CTRL_C)
    screen.until(lambda screen: any("^C" in line for line in screen.lines))
    (session.folder / "go").touch()
    subprocess.run(["sh", "-c", _UNTIL_THERE, "sh", ended], timeout=60, check=True)
    screen.hang_up()


@only(lambda probe: probe.shell == "bash")
def test_a_line_waits_for_no_signal_that_is_not_heard(expired, probe):
    """Where somebody else traps SIGURG, the shell would not learn of the keys, and would wait for each line."""
    if _has_no_ps0(probe) or version(probe.find()) >= (5, 3):
        pytest.skip("no signal is sent")
    screen, session = expired("PROMPT_COMMAND='trap mine=yes URG'")
    screen.press(SAYS, ENTER)
    screen.until("it is old")
    assert sum("--renew" in call for call in session._calls()) == 1
    screen.leave()


@only(lambda probe: probe.shell in INTERACTIVE)
def test_a_line_that_waits_for_keys_of_another_account(expired):
    """It runs with the old ones, and why is told once."""
    screen, session = expired()
    later = session.folder / "later"
    later.write_text(later.read_text().replace("029608264753", "123456789022"))
    screen.press(SAYS, ENTER)
    screen.until("it is old")
    assert "\n".join(screen.lines).count("another account or role") == 1
    screen.leave()


@only(lambda probe: probe.shell == "bash")
def test_a_signal_behind_ctrl_c(session):
    """A handler called before the prompt, after one that was broken off, takes none of our options for the user's."""
    session.export(**exported(switched(-1, SSOENV_RENEW="600")))
    session.load()
    session.add("shopt -s nocasematch; broken() { ((BASH_VERSINFO[0] < 5)) || local -; __ssoenv_hush; }")
    session.add("broken; __ssoenv_await take; __ssoenv_hook; shopt -q nocasematch")
    session.snapshot("at the next prompt")
    assert session.run()["at the next prompt"].status == 0


# --- VS Code, and the PSReadLine that it brings along: the real files ---

# A line of an rc file, and the file that VS Code has loaded after it.
_STARTS = {
    "bash": ("HISTCONTROL=ignoreboth TERM_PROGRAM=vscode", "; . {}/shellIntegration-bash.sh"),
    "zsh": ("TERM_PROGRAM=vscode", "; . {}/shellIntegration-rc.zsh"),
    "fish": ("set -g TERM_PROGRAM vscode", "; source {}/shellIntegration.fish"),
}


@pytest.fixture
def files():
    """Return the folder that has them."""
    folder = TOOLS / "vscode"
    if not folder.exists():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"the files of VS Code are not in {folder}")
    return folder


def _marked(sent):
    """Return the lines that VS Code is told of, and the statuses with which they ended, in turn."""
    return [line or status for line, status in re.findall(rb"\x1b\]633;(?:E;([^;\a]+)|D;(\d+))", sent)]


@only(lambda probe: probe.shell in _STARTS)
def test_vs_code_is_told_of_a_line_that_waits(expired, probe, files):
    """It is told of what was typed, and of how that ended; so it is of the line after."""
    before, then = _STARTS[probe.shell]
    if probe.shell == "bash" and _has_no_ps0(probe):
        pytest.skip("VS Code has the one trap that is there")
    screen, _ = expired(before, then=then.format(files))
    screen.press(SAYS, ENTER)
    screen.until("it is renewed")
    screen.press("sh -c 'exit 3'", ENTER)
    screen.leave()
    line, last = SAYS.encode(), b"sh -c 'exit 3'"
    marked = _marked(screen.sent)
    assert marked[marked.index(line) :][:4] == [line, b"0", last, b"3"]


@only(lambda probe: probe.shell == "powershell")
def test_a_line_of_psreadline_waits(expired, probe, files):
    """The reader of lines that PowerShell has by default, here in a loop as the host has one."""
    file = str(files / "psreadline" / "PSReadLine.psd1")
    screen, session = expired(f"Import-Module {probe.quote(file)}")
    screen.press("while ($true) { prompt; Invoke-Expression (PSConsoleHostReadLine) }", ENTER)
    screen.until(lambda screen: b"\x1b[6n" in screen.sent)  # which asks where the cursor is
    screen.press(SAYS, ENTER)
    screen.until("it is renewed")
    assert session._calls()[1:] == [["use", "--help"], session._calls()[0]]
    screen.leave()
