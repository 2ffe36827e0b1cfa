"""The hook before each prompt: what the segment says, and how keys are renewed before they expire."""

from __future__ import annotations

import time

import pytest
from probes import only, version
from screen import CTRL_C, ENTER, Screen
from test_shelf import SHELVING, Shelf

# The account that is written into this key id.
KEY, ACCOUNT = "ASIAQNZGKIQY56JQ7WML", "029608264753"
HOSTILE = "$(touch canary)`touch canary`%n%~\\u\\w!!\u202e\x1b]0;x\x07"


def switched(life, **others):
    return {
        "AWS_SSO_PROFILE": "dev",
        "AWS_SSO_ACCOUNT_ID": ACCOUNT,
        "AWS_ACCESS_KEY_ID": KEY,
        "SSOENV_EXPIRATION": life,
        "SSOENV_KIND": None,
        "AWS_PROFILE": None,
        **others,
    }


SEGMENTS = [
    pytest.param({}, "", id="not switched"),
    pytest.param(switched(3030), f"dev {ACCOUNT} 50m", id="switched"),
    pytest.param(switched(7530), f"dev {ACCOUNT} 2h5m", id="hours"),
    pytest.param(switched(-1), f"dev {ACCOUNT} expired", id="expired"),
    pytest.param(switched(3000, AWS_SSO_ACCOUNT_ID="123456789011"), f"dev {ACCOUNT} keys ≠ label", id="other keys"),
    pytest.param(switched(3000, AWS_ACCESS_KEY_ID=None), "dev keys ≠ label", id="no keys"),
    pytest.param(switched(3030, AWS_ACCESS_KEY_ID="ASIAOLDKEYOFSOMEBODY"), f"dev {ACCOUNT} 50m", id="an old key"),
    pytest.param({"AWS_PROFILE": "mine"}, "mine", id="by profile"),
    pytest.param({"AWS_ACCESS_KEY_ID": KEY}, f"keys {ACCOUNT}", id="keys alone"),
    pytest.param({"AWS_PROFILE": "mine", "AWS_ACCESS_KEY_ID": KEY}, f"mine {ACCOUNT}", id="of another tool"),
    pytest.param(
        {"AWS_PROFILE": "dev", "AWS_ACCESS_KEY_ID": KEY, "SSOENV_SET": "AWS_PROFILE SSOENV_SET"},
        f"dev {ACCOUNT} keys ≠ label",
        id="keys beside a switch to a profile",
    ),
    pytest.param(
        switched(3030, AWS_SSO_PROFILE=HOSTILE), "$(touch canary)`touch canary`%n%~\\u\\w!!]0;x", id="a hostile name"
    ),
]


def exported(values):
    """Return *values* as variables; lives are seconds from now, which is not when the tests were collected."""
    return {
        name: str(int(time.time() + value)) if isinstance(value, int) else value
        for name, value in values.items()
        if value is not None
    }


@pytest.fixture(params=SHELVING, ids=str)
def probe(request):
    """Each shell that has a shelf, in turn."""
    return request.param


@pytest.fixture
def wrapped(session):
    """Return a session of a user who wants no colours, in a locale with all characters."""
    session.environ.update(NO_COLOR="1", LC_ALL="C.UTF-8")
    session.load()
    return session


def test_segment(wrapped):
    """The segment says profile, account and time left, and shouts where the keys are not what the label says."""
    probe = wrapped.probe
    names = sorted({name for case in SEGMENTS for name in case.values[0]})
    for case in SEGMENTS:
        wrapped.add(*(probe.unset.format(name=name) for name in names))
        wrapped.export(**exported(case.values[0]))
        wrapped.add("__ssoenv_hook", "ssoenv_prompt", probe.words("echo", "-=-"))
    run = wrapped.run()
    said = run.stdout.decode().replace("\n", "").split("-=-")[:-1]
    # zsh reads a percent sign in a prompt as the start of an escape, and two as one.
    said = [text.replace("%%", "%") for text in said] if probe.shell == "zsh" else said
    expected = [case.values[1] for case in SEGMENTS]
    assert said[:-1] == expected[:-1]
    assert said[-1].startswith(expected[-1])
    assert said[-1].endswith(f" {ACCOUNT} 50m")
    assert "\x1b" not in run.stdout.decode()
    assert run.calls == []
    assert not (wrapped.home / "canary").exists()
    assert run["end"]["SSOENV_PROMPT"] is None


def test_keys_that_somebody_else_sets(wrapped):
    """The label is of the keys that came with it; others are none of its, whatever account they are of."""
    session = wrapped
    session.export(**exported(switched(3040)))
    session.add("__ssoenv_hook")
    session.export(**exported(switched(3030)))  # within the same minute
    for key in (KEY, KEY[:-1] + "Q", "AKIAIOSFODNN7EXAMPLE", KEY):
        session.export(AWS_ACCESS_KEY_ID=key)
        session.add("__ssoenv_hook", "ssoenv_prompt", session.probe.words("echo", "-=-"))
    said = session.run().stdout.decode().replace("\n", "").split("-=-")
    assert ["keys ≠ label" in text for text in said[:-1]] == [False, True, True, False]


@only(lambda probe: probe.shell in ("zsh", "powershell"))
def test_a_segment_that_was_touched_is_mended(wrapped):
    """The next prompt shows what is so."""
    session = wrapped
    session.add(*session.probe.strict)
    session.export(**exported(switched(3030)))
    session.add("__ssoenv_hook")
    session.add(
        "$ExecutionContext.SessionState.PSVariable.Remove('global:SSOENV_PROMPT')"
        if session.probe.shell == "powershell"
        else "SSOENV_PROMPT=x"
    )
    session.add("__ssoenv_hook", "ssoenv_prompt")
    assert session.run().stdout.decode().strip() == f"dev {ACCOUNT} 50m"


def _seconds_left(seconds):
    return f"export SSOENV_EXPIRATION=$(($(date +%s) + {seconds}))"


@only(lambda probe: probe.shell in ("bash", "zsh"))
def test_the_minute_goes_on(wrapped):
    """In a shell in which nothing else changes, the segment shows the next minute when that begins."""
    wrapped.export(**exported(switched(62)))
    again = 'until [ "$SSOENV_PROMPT" != "$was" ]; do __ssoenv_hook; done; ssoenv_prompt'
    wrapped.add(_seconds_left(62), "__ssoenv_hook", "was=$SSOENV_PROMPT; ssoenv_prompt", again)
    assert wrapped.run().stdout.decode() == f"dev {ACCOUNT} 1mdev {ACCOUNT} 0m"


@only(lambda probe: probe.shell in ("bash", "zsh"))
def test_the_time_to_renew_comes(session):
    """In a shell in which nothing else changes, renewal begins when it is time."""
    session.export(**exported(switched(602, SSOENV_RENEW="600")))
    session.load()
    session.answer("dev", "")
    Shelf(session).put("other")  # makes the folder
    calls = session.probe.quote(str(session.folder / "calls"))
    session.add(_seconds_left(602), "__ssoenv_hook", f"[ ! -s {calls} ] || echo early")
    session.add(f"until [ -s {calls} ]; do __ssoenv_hook; done")
    run = session.run()
    assert run.stdout == b""
    assert run.calls == [["use", "--shell", session.probe.shell, "--wrapper", "1", "--renew", "dev"]]


@only(lambda probe: probe.shell == "bash")
def test_the_last_minute_ends_no_shell(session):
    """With set -e, too, a shell goes on when less than a minute is left, and when nothing is."""
    session.load()
    session.add("set -e")
    for life in (59, 1, 0, -1):
        session.export(**exported(switched(life)))
        session.add("__ssoenv_hook")
    session.snapshot("all")
    assert session.run()["all"].status == 0


@only(lambda probe: probe.shell == "powershell")
def test_the_one_prompt_of_powershell(session):
    """A prompt from before the wrapper sees how the last command ended; one from after it shows what is so now."""
    session.environ.update(NO_COLOR="1")
    session.add('function global:prompt { "$? $LASTEXITCODE $(ssoenv_prompt)" }')
    session.load()
    session.load()
    session.export(AWS_PROFILE="mine")
    session.add("sh -c 'exit 3'", "prompt")
    session.add('function global:prompt { "later $(ssoenv_prompt)" }')
    session.export(AWS_PROFILE="other")
    session.add("prompt")
    assert session.run().stdout.decode().splitlines() == ["False 3 mine", "later other"]


@pytest.fixture
def expiring(session):
    """Return the shelf of a session in a shell that has inherited keys for one minute and a half."""
    shelf = Shelf(session)
    session.export(**exported(switched(90, SSOENV_RENEW="600")), NO_COLOR="1")
    session.load()
    session.answer("dev", "")
    return shelf


def test_takes_what_another_shell_has_renewed(expiring):
    """Newer keys on the shelf are this shell's at the next prompt, without a word and without a process."""
    expiring.put("dev", AWS_SSO_ACCOUNT_ID=ACCOUNT, summary="dev")
    session = expiring.session
    session.run_line("__ssoenv_hook", "after")
    run = session.run()
    assert int(run["after"]["SSOENV_EXPIRATION"]) > time.time() + 2000
    assert run.calls == []
    assert run.stdout + run.stderr == b""


def test_the_segment_is_of_what_was_renewed(expiring):
    """What the newer keys are called is shown at once."""
    expiring.put("dev", value="renamed")
    expiring.session.add("__ssoenv_hook", "__ssoenv_hook", "ssoenv_prompt")
    assert expiring.session.run().stdout.decode().startswith("renamed ")


def test_renews_in_the_background(expiring):
    """Without such the program is asked, once in a minute however many prompts come, and the prompt does not wait."""
    session = expiring.session
    session.add("__ssoenv_hook", "__ssoenv_hook", _wait_for_call(session), "__ssoenv_hook")
    run = session.run()
    shell = session.probe.shell
    assert run.calls == [["use", "--shell", shell, "--wrapper", "1", "--renew", "dev"]]
    assert run["end"]["AWS_SSO_PROFILE"] == "dev"
    assert run.stdout + run.stderr == b""


def test_renews_what_it_has_switched_to(session):
    """The keys of a switch are renewed by the words of that switch, whatever these hold."""
    words = 'it\'s "a" \\"b\\ %PATH% $(touch canary) \\'
    Shelf(session).put(words, life=400, SSOENV_RENEW="600")
    session.load()
    session.add(f"ssouse {session.probe.quote(words)}", "__ssoenv_hook", _wait_for_call(session))
    run = session.run()
    assert [call[-2:] for call in run.calls] == [["--renew", words]]
    assert not (session.home / "canary").exists()


def test_renews_hours_before(expiring):
    """The setting may ask for a renewal as early as it likes."""
    expiring.put("dev", life=10000)
    session = expiring.session
    session.export(**exported({"SSOENV_RENEW": "7200", "SSOENV_EXPIRATION": 5000}))
    session.run_line("__ssoenv_hook", "after")
    assert int(session.run()["after"]["SSOENV_EXPIRATION"]) > time.time() + 7200


def _wait_for_call(session):
    script = 'i=0; until test -s "$1" || test $i -gt 1000; do sleep 0.02; i=$((i + 1)); done'
    return session.probe.words("sh", "-c", script, "sh", session.folder / "calls")


@pytest.mark.parametrize(
    "change",
    [
        {"SSOENV_RENEW": "0"},
        {"SSOENV_RENEW": "0", "SSOENV_EXPIRATION": -5},
        {"SSOENV_EXPIRATION": 700},
        {"AWS_ACCESS_KEY_ID": "ASIAQNZGKIQYOTHERKEY"},
    ],
    ids=["off", "off and expired", "long good", "other keys"],
)
def test_leaves_alone(expiring, change):
    """Nothing is renewed that is good yet, that is not ssouse's own, or where it is switched off."""
    expiring.put("dev", life=800)
    session = expiring.session
    session.export(**exported(change))
    session.snapshot("before")
    session.run_line("__ssoenv_hook", "after")
    run = session.run()
    assert run["after"].environ == run["before"].environ
    assert run.calls == []


def test_login_is_over(expiring):
    """When the login is over, too, the segment says so once."""
    session = expiring.session
    expiring.put("other")  # makes the folder
    (expiring.folder / "dev.over").touch()
    session.add("__ssoenv_hook", _wait_for_call(session))
    for _ in range(3):
        session.add("__ssoenv_hook", "ssoenv_prompt", session.probe.words("echo", "-=-"))
    said = session.run().stdout.decode().replace("\n", "").split("-=-")
    assert ["login over: ssoenv login" in text for text in said[:3]] == [True, False, False]


# --- at a terminal ---

INTERACTIVE = {
    "bash": ("--norc", "--noprofile", "-i"),
    "zsh": ("-f", "-i"),
    "fish": ("--no-config", "--features=no-query-term", "-i"),
    "powershell": ("-NoProfile",),
}


def test_there_is_a_login_again(expiring):
    """After a login the next prompt asks at once."""
    session = expiring.session
    expiring.put("other")
    over = expiring.folder / "dev.over"
    over.touch()
    session.add("__ssoenv_hook", _wait_for_call(session), "__ssoenv_hook")
    session.add(session.probe.words("rm", over, session.folder / "calls"), "__ssoenv_hook", _wait_for_call(session))
    assert len(session.run().calls) == 1


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


@pytest.fixture
def expired(start_session):
    """Return the screen of a shell whose keys are over, after *lines*, the wrapper and *then*; and its session."""

    def start(*lines, then=""):
        session = start_session(_RENEWS_WHEN_ASKED_AGAIN)
        kept = Shelf(session).put("dev", value="renewed")
        kept.rename(session.folder / "later")
        kept.touch()  # not taken, as it is empty
        environ = {**session.environ, "NO_COLOR": "1", **exported(switched(-1, SSOENV_RENEW="600"))}
        screen = Screen([session.program, *INTERACTIVE[session.probe.shell]], environ, columns=120)
        for line in (*lines, session.load_line + then, "ssouse --help"):
            screen.press(line, ENTER)
        screen.until("helped")
        return screen, session

    return start


SAYS = """sh -c 'echo "it is $AWS_SSO_PROFILE${PS0+, with PS0}"'"""


@only(lambda probe: probe.shell in ("bash", "zsh", "fish"))
def test_a_command_waits_for_new_keys(expired):
    """A command typed with expired keys runs with new ones, without a word; `ssouse` and `ssoenv` wait for none."""
    screen, session = expired()
    screen.press(SAYS, ENTER)
    screen.until("it is renewed")
    screen.press("exit", ENTER)
    screen.finish()
    renewal = ["use", "--shell", session.probe.shell, "--wrapper", "1", "--renew", "dev"]
    assert session._calls() == [renewal, ["use", "--help"], renewal]
    assert b"[1]" not in screen.sent  # what a shell says of a job


# What bash-preexec does in a bash before 5.3.
_PREEXEC = """\
bash_preexec_imported=defined preexec_functions=() PROMPT_COMMAND=ready=yes
each() { for f in "${preexec_functions[@]}"; do "$f" "$(HISTTIMEFORMAT= history 1)"; done; }
told() { [[ -z $ready || $BASH_COMMAND == @(ready|__ssoenv)* ]] || { ready=; each; }; }
trap told DEBUG
"""
# A DEBUG trap that sees what runs, a history that does not get each line, a PS0 that could be exported and is set anew.
_UNFRIENDLY = [
    "trap '[[ $BASH_COMMAND != *__ssoenv_wait_at* ]] || echo ours' DEBUG",
    "HISTCONTROL=ignoreboth PROMPT_COMMAND='PS0='; set -a",
]
_LINES = [
    SAYS,
    f" {SAYS}",
    f"true && {SAYS}",
    f"ssoenv --help && {SAYS}",
    f"({SAYS})",
    f"for x in 1; do {SAYS}; done | cat",
]


@only(lambda probe: probe.name in ("bash", "bash-5.3"))
@pytest.mark.parametrize("line", _LINES)
def test_lines_that_bash_waits_before(expired, probe, line):
    """In bash 5.3 every line waits, whoever has the trap; in an older one those of which bash-preexec tells."""
    if probe.name == "bash" and line.startswith(("(", "for")):
        pytest.skip("no trap is called before what runs in a child of the shell")
    screen, session = expired(*(_PREEXEC.splitlines() if probe.name == "bash" else _UNFRIENDLY))
    screen.press("ssoenv --help", ENTER)
    screen.until(lambda screen: screen.lines.count("helped") == 2)
    assert sum("--renew" in call for call in session._calls()) == 1
    screen.press(line, ENTER)
    screen.until("it is renewed")
    assert "ours" not in screen.lines
    screen.press("exit", ENTER)
    screen.finish()


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
    kept = Shelf(session).put("dev", value="renewed")
    kept.rename(session.folder / "later")
    kept.touch()  # not taken, as it is empty
    session.export(**exported(switched(-1, SSOENV_RENEW="600")))
    session.add("function global:PSConsoleHostReadLine { $global:saw = $?; $global:line }")
    session.load()
    session.load()
    lines = ["ssouse other", " ssoenv login", "", "aws s3 ls", "aws s3 cp"]
    for line in lines:
        session.add(f"$global:line = '{line}'", "sh -c 'exit 3'", '"$(PSConsoleHostReadLine) $saw $LASTEXITCODE"')
        session.snapshot(line)
    run = session.run()
    assert run.stdout.decode().splitlines() == [f"{line} False 3" for line in lines]
    assert [run[line]["AWS_SSO_PROFILE"] for line in lines] == ["dev"] * 3 + ["renewed"] * 2
    assert run.calls == [["use", "--shell", "powershell", "--wrapper", "1", "--renew", "dev"]]


@only(lambda probe: probe.shell == "powershell")
def test_lines_that_get_no_new_keys(session):
    """A line runs as it is where keys are not ours, a login is over or a renewal fails; then none waits soon again."""
    Shelf(session).put("other")  # makes the folder
    over = session.folder / "run" / "ssoenv" / "dev.over"
    over.touch()
    session.answer("--renew", "", status=5)
    session.export(**exported(switched(-1, SSOENV_RENEW="600")))
    session.add("function global:PSConsoleHostReadLine { 'aws s3 ls' }")
    session.load()
    session.add("Set-StrictMode -Version Latest", "$PSNativeCommandUseErrorActionPreference = $true")
    may_wait = "$global:__ssoenv_shown.WaitAt = 0"
    session.add("PSConsoleHostReadLine", f"[System.IO.File]::Delete({session.probe.quote(str(over))})", may_wait)
    session.export(AWS_ACCESS_KEY_ID="ASIAQNZGKIQYOTHERKEY")
    session.add("PSConsoleHostReadLine", may_wait)
    session.export(AWS_ACCESS_KEY_ID=KEY)
    session.add("PSConsoleHostReadLine", "PSConsoleHostReadLine")
    session.add(may_wait, "$global:__ssoenv_memory = $null", "PSConsoleHostReadLine")  # which is an error
    run = session.run()
    assert run.stdout.decode().splitlines() == ["aws s3 ls"] * 5
    assert run.stderr.decode().splitlines() == ["stand-in: --renew"]
    assert len(run.calls) == 1


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
    screen.until(lambda screen: any("__ssoenv_await" in line for line in screen.lines))
    screen.press("(exit 3) | (exit 4); echo these: ${PIPESTATUS[*]}; (exit 5)", ENTER)
    screen.until("these: 3 4")
    screen.press("echo it was $? $seen", ENTER)
    screen.until("it was 5 5")
    screen.press("exit", ENTER)
    screen.finish()


@only(lambda probe: probe.shell == "bash")
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("trap 'mine=yes' DEBUG", ":"),
        ("PROMPT_COMMAND=\"trap 'mine=yes' DEBUG\"", ":"),
        ("trap 'mine=yes' DEBUG", 'theirs=$PROMPT_COMMAND; tool() { eval "$theirs"; }; PROMPT_COMMAND=tool'),
    ],
    ids=["there", "at the first prompt", "with a tool that runs the hook"],
)
def test_a_trap_of_the_user(session, before, after):
    """A DEBUG trap that is there, or comes with the first prompt, stays first, also where it can't be seen at once."""
    session.add(before)
    session.load()
    session.add(after)
    screen = at_a_terminal(session)
    if after != ":":
        screen.press(":", ENTER)
    screen.press("trap -p DEBUG", ENTER)
    is_alone = not (5, 1) <= version(session.program) < (5, 3)
    screen.until("trap -- 'mine=yes' DEBUG" if is_alone else "trap -- 'mine=yes")
    screen.press("""[[ "${PROMPT_COMMAND[*]}" == *'DEBUG)";'* ]] || echo 'asks no'" more" """, ENTER)
    screen.until("asks no more")
    screen.press("exit", ENTER)
    screen.finish()


# As VS Code does, and starship when it is loaded later.
_TOOL = """; theirs=$PROMPT_COMMAND; tool() { eval "$theirs"; }; PROMPT_COMMAND=tool"""


@only(lambda probe: probe.name == "bash")
@pytest.mark.parametrize("then", ["", _TOOL], ids=["there", "with a tool that runs the hook"])
def test_a_command_waits_behind_a_trap_of_others(expired, probe, then):
    """Where another tool has the trap, a command waits, and the tool sees what it saw."""
    if version(probe.find()) < (5, 1):
        pytest.skip("in an older bash a function can't change a trap that is there")
    screen, _ = expired("unset PROMPT_COMMAND", "trap 'seen=$? it=\"it'\\''s $_\"' DEBUG", then=then)
    screen.press(SAYS, ENTER)
    screen.until("it is renewed")
    screen.press("sh -c 'exit 3' last", ENTER)
    screen.press('echo "saw $seen, $it"', ENTER)
    screen.until("saw 3, it's last")
    screen.press("exit", ENTER)
    screen.finish()


@only(lambda probe: probe.shell == "bash")
@pytest.mark.parametrize("theirs", ["unset PROMPT_COMMAND", "PROMPT_COMMAND='mine=yes'"])
def test_vs_code_finds_one_prompt_command(session, theirs):
    """It runs the first element by a function of its own, and would take what is behind it for a command line."""
    session.add("TERM_PROGRAM=vscode", theirs)
    session.load()
    screen = at_a_terminal(session)
    screen.press('echo "${#PROMPT_COMMAND[@]} element, ${SSOENV_PROMPT:+shown}"', ENTER)
    screen.until("1 element, shown")
    screen.press("exit", ENTER)
    screen.finish()


_WAITS = """\
#!/bin/sh
case "$*" in
*--renew*)
    trap 'exit 130' INT
    echo now it waits >&2
    while :; do sleep 1; done
    ;;
esac
"""


@only(lambda probe: probe.shell == "bash")
def test_ctrl_c_ends_the_wait(start_session):
    """It drops the command that waited, and the shell is as its user has made it."""
    session = start_session(_WAITS)
    Shelf(session).put("other")  # makes the folder
    environ = {**session.environ, **exported(switched(-1, SSOENV_RENEW="600")), "PS1": "> "}
    screen = Screen([session.program, *INTERACTIVE["bash"]], environ, columns=160)
    screen.press("set -u; shopt -s nocasematch", ENTER)
    screen.press(f"options=$- glob=; {session.load_line}", ENTER)
    screen.press("echo it ran >&2", ENTER)
    screen.until("now it waits")
    screen.press(CTRL_C)
    screen.until("^C")
    screen.press('[[ $- == "$options" && A == a && $(echo /et*) == /etc ]] && echo as it was', ENTER)
    screen.until("as it was")
    screen.press("exit", ENTER)
    screen.finish()
    assert "it ran" not in screen.lines
