"""The hook before each prompt: what the segment says, and how keys are renewed before they expire."""

from __future__ import annotations

import os
import re
import time
from dataclasses import replace

import pytest
from probes import counts_children, only
from test_shelf import SHELVING, Shelf

# The account that is written into this key id.
KEY, ACCOUNT = "ASIAQNZGKIQY56JQ7WML", "029608264753"
# How each shell is started at a terminal.
INTERACTIVE = {
    "bash": ("--norc", "--noprofile", "-i"),
    "zsh": ("-f", "-i"),
    "fish": ("--no-config", "--features=no-query-term", "-i"),
    "powershell": ("-NoProfile",),
}
# How ``{line}``, a quoted word, is handed over before it runs.
TYPED = {
    "bash": "__ssoenv_preexec {line}",
    "zsh": "__ssoenv_hook {line}",
    "fish": "__ssoenv_hook {line}",
    "powershell": "$typed = {line}; __ssoenv_await",
}
HOSTILE = "$(touch canary)`touch canary`%n%~\\u\\w!!\u202e\x1b]0;x\x07"
# Those that turn or hide what stands around them, and the controls that a terminal acts on.
MARKS = "".join(
    map(chr, [0x061C, *range(0x200B, 0x2010), *range(0x2028, 0x202F), 0x2060, *range(0x2066, 0x206A), 0xFEFF])
) + "".join(map(chr, range(0x80, 0xA0)))


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
    pytest.param(switched(3030, AWS_SSO_ACCOUNT_ID=None), f"dev {ACCOUNT} 50m", id="an account that no file tells"),
    pytest.param(switched(3030, AWS_ACCESS_KEY_ID="ASIAOLDKEYOFSOMEBODY"), f"dev {ACCOUNT} 50m", id="an old key"),
    pytest.param(
        switched(3035, AWS_ACCESS_KEY_ID="ASIAQ0ZGKIQY56JQ7WML"), f"dev {ACCOUNT} 50m", id="no digit of a key"
    ),
    pytest.param(
        switched(3030, AWS_SSO_ACCOUNT_ID="123456789011", AWS_ACCESS_KEY_ID=KEY + "A"),
        "dev 123456789011 50m",
        id="a longer key",
    ),
    pytest.param(
        switched(3030, AWS_SSO_ACCOUNT_ID="1\x1b]0;x\x07", AWS_ACCESS_KEY_ID="ASIAOLDKEYOFSOMEBODY"),
        "dev 1?]0;x? 50m",
        id="a hostile account",
    ),
    pytest.param(
        {
            "AWS_SSO_PROFILE": "dev",
            "AWS_SSO_ACCOUNT_ID": "123456789011",
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:1/",
            "AWS_ACCESS_KEY_ID": KEY,
        },
        f"dev {ACCOUNT} keys ≠ label",
        id="keys beside a server",
    ),
    pytest.param({"AWS_PROFILE": "mine"}, "mine", id="by profile"),
    pytest.param({"AWS_ACCESS_KEY_ID": KEY}, f"keys {ACCOUNT}", id="keys alone"),
    pytest.param({"AWS_PROFILE": "mine", "AWS_ACCESS_KEY_ID": KEY}, f"mine {ACCOUNT}", id="of another tool"),
    pytest.param(
        {"AWS_PROFILE": "dev", "AWS_ACCESS_KEY_ID": KEY, "SSOENV_SET": "AWS_PROFILE SSOENV_SET"},
        f"dev {ACCOUNT} keys ≠ label",
        id="keys beside a switch to a profile",
    ),
    pytest.param(
        switched(3000, AWS_PROFILE="prod"), f"dev {ACCOUNT} keys ≠ label", id="another profile beside the keys"
    ),
    pytest.param(switched(3030, AWS_PROFILE="dev"), f"dev {ACCOUNT} 50m", id="the same profile beside the keys"),
    pytest.param(
        {
            "AWS_SSO_PROFILE": "dev",
            "AWS_SSO_ACCOUNT_ID": "123456789011",
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:1/",
            "AWS_PROFILE": "prod",
        },
        "dev keys ≠ label",
        id="a profile beside a server",
    ),
    pytest.param(switched(3030, AWS_SSO_PROFILE=MARKS), f"{'?' * len(MARKS)} {ACCOUNT} 50m", id="marks"),
    pytest.param(
        switched(3030, AWS_SSO_PROFILE=HOSTILE), "$(touch canary)`touch canary`%n%~\\u\\w!!??]0;x?", id="a hostile name"
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
    wrapped.add(*["set -g IFS"] * (probe.shell == "fish"))  # which keeps what is substituted in one piece
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
    for account in (None, ACCOUNT):
        session.export(**exported(switched(3040, AWS_SSO_ACCOUNT_ID=account)))
        session.add("__ssoenv_hook")
        session.export(**exported(switched(3030, AWS_SSO_ACCOUNT_ID=account)))  # within the same minute
        for key in (KEY, KEY[:-1] + "Q", "AKIAIOSFODNN7EXAMPLE", KEY):
            session.export(AWS_ACCESS_KEY_ID=key)
            session.add("__ssoenv_hook", "ssoenv_prompt", session.probe.words("echo", "-=-"))
    said = session.run().stdout.decode().replace("\n", "").split("-=-")
    assert ["keys ≠ label" in text for text in said[:-1]] == [False, True, True, False] * 2


def test_keys_that_somebody_else_sets_on_the_line_of_a_switch(wrapped):
    """They are none of that label's, though no prompt has seen the others."""
    session = wrapped
    Shelf(session).put("dev", AWS_ACCESS_KEY_ID=KEY, AWS_SSO_ACCOUNT_ID=ACCOUNT)
    session.add("ssouse dev")
    session.export(AWS_ACCESS_KEY_ID=KEY[:-1] + "Q")
    session.add("__ssoenv_hook", "ssoenv_prompt")
    assert "keys ≠ label" in session.run().stdout.decode()


@only(lambda probe: probe.shell in ("bash", "zsh", "fish"))
@pytest.mark.parametrize("label", [rb"a\xc2\xe2\x80\x8e\x9bb", rb"a\xc2\xc2\x80\x9bb", rb"a\xe2\x80\xe2\x80\x8e\xaeb"])
def test_what_is_no_text_makes_no_mark(wrapped, label):
    """What stands around a mark that is taken out makes no other one."""
    wrapped.export(**exported(switched(3030)))
    text = label.decode()
    wrapped.add(
        f"set -gx AWS_SSO_PROFILE {text}" if wrapped.probe.shell == "fish" else f"export AWS_SSO_PROFILE=$'{text}'"
    )
    wrapped.add("__ssoenv_hook", "ssoenv_prompt")
    shown = wrapped.run().stdout
    assert shown.startswith(b"a")
    assert b"\xc2\x9b" not in shown
    assert b"\xe2\x80\xae" not in shown


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


@only(lambda probe: probe.assign)
def test_a_locale_without_all_characters(wrapped):
    """The sign is one that can be shown, and a name's marks are found there, too."""
    locales = {
        "LC_ALL": ({"LC_ALL": "C", "LC_CTYPE": "C.UTF-8"}, "!="),
        "LC_CTYPE": ({"LC_CTYPE": "C.UTF-8", "LANG": "C"}, "≠"),
        "LANG": ({"LANG": "C"}, "!="),
    }
    for name, (variables, _) in locales.items():
        wrapped.add(*(wrapped.probe.unset.format(name=each) for each in locales))
        wrapped.export(**exported(switched(3000, AWS_SSO_PROFILE=name + MARKS, AWS_ACCESS_KEY_ID=None)), **variables)
        wrapped.add("__ssoenv_hook", "ssoenv_prompt", wrapped.probe.words("echo"))
    shown = wrapped.run().stdout.decode().splitlines()
    assert shown == [f"{name}{'?' * len(MARKS)} keys {sign} label" for name, (_, sign) in locales.items()]


@only(lambda probe: probe.shell == "zsh")
def test_numbers_that_zsh_would_divide_exactly(wrapped):
    """Hours and minutes are whole, also where the user has made each number one with a point."""
    Shelf(wrapped).put("dev", life=7530, summary="dev", AWS_SSO_ACCOUNT_ID=ACCOUNT)
    wrapped.add("setopt force_float", "ssouse dev", "__ssoenv_hook", "ssoenv_prompt")
    run = wrapped.run()
    assert run.stdout.decode() == f"dev {ACCOUNT} 2h5m"
    assert run.stderr.decode() == "dev · 2 h 5 min left\n"


# What is seen in each state: texts, each behind the codes of its colour.
LOOKS = [
    (switched(3030), [("36", f"dev {ACCOUNT} 50m")]),
    (switched(3030, SSOENV_KIND="other"), [("36", f"dev {ACCOUNT} 50m")]),
    (switched(3030, SSOENV_KIND="production"), [("31", f"dev {ACCOUNT} 50m")]),
    (switched(570), [("36", f"dev {ACCOUNT}"), ("0;33", " 9m")]),
    (switched(570, SSOENV_KIND="production"), [("31", f"dev {ACCOUNT}"), ("0;33", " 9m")]),
    (switched(-1), [("9;36", f"dev {ACCOUNT} expired")]),
    (switched(-1, SSOENV_KIND="production"), [("9;31", f"dev {ACCOUNT} expired")]),
    (switched(3030, AWS_ACCESS_KEY_ID=None), [("1;31", "dev keys ≠ label")]),
    (switched(-1, AWS_PROFILE="prod"), [("1;31", f"dev {ACCOUNT} keys ≠ label")]),
    (switched(570, AWS_PROFILE="prod", SSOENV_KIND="production"), [("1;31", f"dev {ACCOUNT} keys ≠ label")]),
    ({"AWS_PROFILE": "mine"}, [("36", "mine")]),
]


@pytest.fixture
def colored(session):
    """Return a session at a terminal that shows colours, which PowerShell looks for as it starts."""
    session.environ["TERM"] = "xterm"
    session.load()
    return session


def test_looks(colored):
    """Production is red, what is over is struck out, what is left of it is yellow at the end, and a warning is bold.

    What is typed behind it is in no colour.
    """
    names = sorted({name for values, _ in LOOKS for name in values})
    for values, _ in LOOKS:
        colored.add(*(colored.probe.unset.format(name=name) for name in names))
        colored.export(**exported(values))
        colored.add("__ssoenv_hook", "ssoenv_prompt", colored.probe.words("echo", "-=-"))
    said = colored.run().stdout.decode().replace("\n", "").split("-=-")[:-1]
    # What bash and zsh are told of the room that is taken.
    said = [re.sub(r"[\1\2]|%[{}]", "", text) for text in said]
    seen = [re.findall(r"\x1b\[([\d;]*)m([^\x1b]+)", text) for text in said]
    assert seen == [expected for _, expected in LOOKS]
    assert all(text.endswith("\x1b[0m") for text in said)


def test_the_last_ten_minutes_are_yellow(colored):
    """From the moment on at which they begin."""
    colored.export(**exported(switched(601)))
    for seconds in (660, 600):
        colored.add(
            _seconds_left(seconds, colored.probe), "__ssoenv_hook", "ssoenv_prompt", colored.probe.words("echo")
        )
    before, after = filter(None, colored.run().stdout.splitlines())
    assert (b"\x1b[0;33m" in before, b"\x1b[0;33m" in after) == (False, True)


def _seconds_left(seconds, probe):
    """Return the line that lets the keys have so many seconds left by the shell's own clock, which may lag behind."""
    if probe.shell == "fish":
        return (
            f"__ssoenv_read_clock /; set -gx SSOENV_EXPIRATION (math $__ssoenv_ages[1] + $__ssoenv_ages[2] + {seconds})"
        )
    if probe.shell == "powershell":
        return f"$env:SSOENV_EXPIRATION = [DateTimeOffset]::UtcNow.ToUnixTimeSeconds() + {seconds}"
    return f"__ssoenv_read_clock; export SSOENV_EXPIRATION=$((__ssoenv_time + {seconds}))"


@only(lambda probe: probe.shell == "zsh")
def test_no_name_is_a_number_of_history(wrapped):
    """With an option of the user's, zsh shows such a number for an exclamation mark in the prompt."""
    wrapped.export(AWS_PROFILE="50%!x!!")
    for option in ("setopt", "unsetopt"):
        wrapped.add(f"{option} prompt_bang", "__ssoenv_hook", "print -rP -- $SSOENV_PROMPT")
    assert wrapped.run().stdout.decode().splitlines() == ["50%!x!!"] * 2


# Keeps the segment in `was`; and runs the hook, twenty times a second, until it is another one.
_KEEP_SEGMENT = {"fish": "set was $SSOENV_PROMPT", "powershell": "$was = $SSOENV_PROMPT"}
_UNTIL_ANOTHER = {
    "fish": 'while test "$SSOENV_PROMPT" = "$was"; sleep 0.05; __ssoenv_hook; end',
    "powershell": "while ($SSOENV_PROMPT -ceq $was) { Start-Sleep -Milliseconds 50; __ssoenv_hook }",
}


@pytest.mark.parametrize(
    ("seconds", "life", "is_set_back"),
    [(62, ["1m", "0m"], True), (7262, ["2h1m", "2h0m"], False)],
    ids=["clock set back", "clock goes on"],
)
def test_the_minute_goes_on(colored, seconds, life, is_set_back):
    """In a shell in which nothing else changes, the segment shows the next minute when that begins.

    So it does where somebody has set the shell's own clock back. It looks like one that is drawn anew.
    """
    shell, line_end = colored.probe.shell, colored.probe.words("echo")
    colored.export(**exported(switched(seconds, SSOENV_RENEW="60")))
    has_clock = is_set_back and shell in ("bash", "zsh")
    colored.add("SECONDS=1000" if has_clock else "", _seconds_left(seconds, colored.probe), "__ssoenv_hook")
    colored.add("SECONDS=0" if has_clock else "")
    colored.add(_KEEP_SEGMENT.get(shell, "was=$SSOENV_PROMPT"), "ssoenv_prompt", line_end)
    # It pauses behind the hook: one of bash's two clocks is some milliseconds late to begin a second.
    colored.add(_UNTIL_ANOTHER.get(shell, 'until [ "$SSOENV_PROMPT" != "$was" ]; do __ssoenv_hook; sleep 0.05; done'))
    colored.add("ssoenv_prompt", line_end)
    colored.export(SSOENV_KIND="other")
    colored.add("__ssoenv_hook", "ssoenv_prompt", line_end)
    before, after, anew = (line for line in colored.run().stdout.decode().splitlines() if line)
    assert (before, after) == tuple(anew.replace(f" {life[1]}", f" {shown}") for shown in life)
    assert f"dev {ACCOUNT}" in anew


@only(lambda probe: probe.shell == "fish")
def test_minutes_that_nobody_has_seen(wrapped):
    """Who comes back after minutes, or after an hour has ended, sees what is left then. The clock is the test's."""
    wrapped.export(**exported(switched(3600)))
    wrapped.add("function __ssoenv_read_age --no-scope-shadowing; set __ssoenv_age $now; end")
    time = "math $SSOENV_EXPIRATION - 7900 + $now"
    wrapped.add(f"function __ssoenv_read_clock --no-scope-shadowing; set __ssoenv_ages ({time}) 0; end")
    for now in ("5.25", "6", "190.5", "699", "700.5", "730"):
        wrapped.add(f"set -g now {now}", "__ssoenv_hook", "ssoenv_prompt", "echo")
    lives = [line.removeprefix(f"dev {ACCOUNT} ") for line in wrapped.run().stdout.decode().splitlines()]
    assert lives == ["2h11m", "2h11m", "2h8m", "2h0m", "1h59m", "1h59m"]


@only(lambda probe: probe.shell in ("bash", "zsh"))
def test_no_minute_brings_back_what_is_unset(wrapped):
    """Where somebody has unset all that a segment is made of but the end of the keys, it stays away."""
    wrapped.export(**exported(switched(3030)))
    wrapped.add("__ssoenv_hook", "unset AWS_SSO_PROFILE AWS_SSO_ACCOUNT_ID AWS_ACCESS_KEY_ID", "__ssoenv_hook")
    wrapped.add("SECONDS=$((SECONDS + 61))", "__ssoenv_hook", "ssoenv_prompt", "echo .")
    assert wrapped.run().stdout.decode() == ".\n"


@only(lambda probe: probe.shell == "bash")
def test_who_times_commands_by_the_clock_of_the_shell(wrapped):
    """`SECONDS=0; make` sets it back by little, and not below where it stood when the segment was made."""
    wrapped.export(**exported(switched(3600)))
    wrapped.add("SECONDS=100", _seconds_left(3600, wrapped.probe), "__ssoenv_hook", "SECONDS=400", "__ssoenv_hook")
    wrapped.add("SECONDS=200", "__ssoenv_hook", "ssoenv_prompt")
    assert wrapped.run().stdout.decode() == f"dev {ACCOUNT} 59m"


@counts_children
def test_no_prompt_has_children(session):
    """Neither a segment that stays nor another one forks anything, nor does a line that needs not wait."""
    session.environ["TERM"] = "xterm"
    session.export(**exported(switched(3030, SSOENV_RENEW="600")))
    session.load()
    hook = "__ssoenv_hook 0 ''" if session.probe.shell == "bash" else "__ssoenv_hook"  # as before a prompt
    line = TYPED[session.probe.shell].format(line=session.probe.quote("aws"))
    session.add(hook, session.probe.children)
    changes = [
        {},
        {"SSOENV_EXPIRATION": 1830},
        {"AWS_ACCESS_KEY_ID": KEY[:-1] + "Q"},
        {"AWS_SSO_PROFILE": MARKS, "SSOENV_KIND": "production"},
        {"SSOENV_EXPIRATION": -1},
    ]
    for change in changes:
        session.export(**exported(change))
        session.add(hook, session.probe.children, line, session.probe.children)
    before, *after = session.run().stdout.split()
    assert after == [before] * 2 * len(changes)


def test_a_line_that_is_typed_leaves_no_segment_behind(wrapped):
    """The next prompt shows what is so, though what runs before a line has seen that it is otherwise first."""
    wrapped.export(**exported(switched(3030)))
    wrapped.add("__ssoenv_hook")
    wrapped.export(**exported({"SSOENV_EXPIRATION": 1830}))
    wrapped.add(TYPED[wrapped.probe.shell].format(line=wrapped.probe.quote("aws")), "__ssoenv_hook", "ssoenv_prompt")
    assert wrapped.run().stdout.decode().strip() == f"dev {ACCOUNT} 30m"


@only(lambda probe: probe.assign)
def test_the_time_to_renew_comes(session):
    """In a shell in which nothing else changes, renewal begins when it is time, and not a minute later."""
    session.export(**exported(switched(602, SSOENV_RENEW="600")), NO_COLOR="1")
    session.load()
    session.answer("dev", "")
    Shelf(session).put("other")  # makes the folder
    calls = session.probe.quote(str(session.folder / "calls"))
    session.add(_seconds_left(602, session.probe), "__ssoenv_hook")
    if session.probe.shell == "fish":
        session.add(f"test ! -s {calls}; or echo early", f"while test ! -s {calls}; sleep 0.05; __ssoenv_hook; end")
    else:
        session.add(f"[ ! -s {calls} ] || echo early", f"until [ -s {calls} ]; do sleep 0.05; __ssoenv_hook; done")
    session.add("ssoenv_prompt")
    run = session.run()
    assert run.stdout.decode() == f"dev {ACCOUNT} 9m"
    assert run.calls == [["use", "--shell", session.probe.shell, "--wrapper", "1", "--renew", "dev"]]


@only(lambda probe: probe.shell == "bash")
def test_the_last_minute_ends_no_shell(expiring):
    """With set -e, too, a shell goes on when less than a minute is left, when nothing is, and when no keys come."""
    session = expiring.session
    session.answer("--renew", "", status=5)
    expiring.put("other")  # makes the folder
    session.add("set -eE", "trap 'echo told' ERR")
    for life in (59, 1, 0, -1):
        session.export(**exported(switched(life)))
        session.add("__ssoenv_hook", "__ssoenv_await run")
    session.snapshot("all")
    run = session.run()
    assert (run["all"].status, run.stdout) == (0, b"")


@only(lambda probe: probe.shell == "bash")
def test_a_trap_is_told_of_a_failure_once(session):
    """Who traps ERR hears nothing of the hook; what comes behind that in PROMPT_COMMAND sees the status as it was."""
    session.load()
    session.add(
        "trap 'echo told' ERR", "PROMPT_COMMAND=$__ssoenv_at_prompt", "sh -c 'exit 3'", 'eval "$PROMPT_COMMAND"'
    )
    session.add("trap - ERR", "(exit 4)", 'eval "$PROMPT_COMMAND; echo \\$?"')
    session.add('PROMPT_COMMAND+="; echo \\$?"', "(exit 5)", 'eval "$PROMPT_COMMAND"')
    assert session.run().stdout == b"told\n0\n5\n"


@only(lambda probe: probe.shell == "bash")
def test_what_the_hook_of_bash_can_not_set(expiring):
    """What is read-only is no error before each prompt; a PS0 that would be shown as it is has nothing of ours."""
    session = expiring.session
    hook = "__ssoenv_hook 0 ''"
    session.add("__ssoenv_read_clock; __ssoenv_asked=$__ssoenv_time", "shopt -u promptvars", hook, 'echo "[${PS0-}]"')
    session.add("shopt -s promptvars", hook, "shopt -u promptvars", hook, 'echo "[${PS0-}]"')
    session.add("readonly IFS LC_ALL PS0", "shopt -s promptvars", "__ssoenv_unasked=yes", hook)
    session.export(AWS_SSO_PROFILE=f"é{MARKS}")
    session.add(hook, "ssoenv_prompt")
    run = session.run()
    assert run.stdout.decode().startswith(f"[]\n[]\né{'?' * len(MARKS)} ")
    assert run.stderr == b""
    assert run.calls == []


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
    expiring.put("dev", summary="dev")
    session = expiring.session
    session.run_line("__ssoenv_hook", "after")
    run = session.run()
    assert int(run["after"]["SSOENV_EXPIRATION"]) > time.time() + 2000
    assert run.calls == []
    assert run.stdout + run.stderr == b""


def test_the_segment_is_of_what_was_renewed(expiring):
    """How long the newer keys last is shown at once."""
    expiring.put("dev")
    expiring.session.add("__ssoenv_hook", "ssoenv_prompt")
    assert expiring.session.run().stdout.decode().startswith(f"dev {ACCOUNT} 50m")


@only(lambda probe: probe.read_only or probe.shell == "fish")
def test_newer_keys_that_can_not_be_taken(expiring):
    """It is told once, and nothing is changed."""
    expiring.put("dev", AWS_SESSION_TOKEN="new")
    session = expiring.session
    if session.probe.shell == "fish":
        session.probe = replace(session.probe, options=())  # without its configuration fish has no universals
        session.add("set -Ux AWS_SESSION_TOKEN mine")
    else:
        session.add(session.probe.read_only.format(name="AWS_SESSION_TOKEN"))
    session.snapshot("before")
    session.add("__ssoenv_hook")
    session.run_line("__ssoenv_hook", "after")
    run = session.run()
    assert run.stderr.count(b"AWS_SESSION_TOKEN is") == run.stderr.count(b"\n") == 1
    assert run.calls == []
    assert run["after"].environ == run["before"].environ


def test_renews_in_the_background(expiring):
    """Without such the program is asked, once in a minute however many prompts come, and the prompt does not wait."""
    session = expiring.session
    session.add("__ssoenv_hook", "__ssoenv_hook", _wait_for_call(session), "__ssoenv_hook")
    run = session.run()
    shell = session.probe.shell
    assert run.calls == [["use", "--shell", shell, "--wrapper", "1", "--renew", "dev"]]
    assert run["end"]["AWS_SSO_PROFILE"] == "dev"
    assert run.stdout + run.stderr == b""


# Takes as long as nobody lets it go, though no longer than ten seconds, and records whether somebody has.
_WAITS_TO_BE_LET_GO = """\
#!/bin/sh
cd {folder} || exit 99
i=0
until test -e go || test $i -gt 500; do sleep 0.02; i=$((i + 1)); done
test -e go && said='let go' || said='given up'
printf '%s\\0\\n' "$said" >>calls
"""


def test_no_prompt_waits_for_a_renewal(start_session):
    """The prompt is there while what renews the keys goes on."""
    session = start_session(_WAITS_TO_BE_LET_GO)
    Shelf(session).put("other")  # makes the folder
    session.export(**exported(switched(90, SSOENV_RENEW="600")))
    session.load()
    session.add("__ssoenv_hook", session.probe.words("touch", session.folder / "go"), _wait_for_call(session))
    assert session.run().calls == [["let go"]]


def test_renews_what_it_has_switched_to(session):
    """The keys of a switch are renewed by the words of that switch, whatever these hold."""
    words = 'it\'s "a" \\"b\\ %PATH% $(touch canary) \\'
    Shelf(session).put(words, life=400, SSOENV_RENEW="600")
    session.load()
    session.add(f"ssouse {session.probe.quote(words)}", "__ssoenv_hook", _wait_for_call(session))
    run = session.run()
    assert [call[-2:] for call in run.calls] == [["--renew", words]]
    assert not (session.home / "canary").exists()


def test_renews_at_once_what_it_has_just_switched_to(session):
    """That another profile's keys have just been asked for does not count."""
    shelf = Shelf(session)
    for name, key in (("one", KEY), ("two", KEY[:-1] + "Q")):
        shelf.put(name, life=400, SSOENV_RENEW="600", AWS_ACCESS_KEY_ID=key)
        session.answer(name, "")
    session.load()
    session.add("ssouse one", "__ssoenv_hook", _wait_for_call(session))
    session.add(session.probe.words("rm", session.folder / "calls"))
    session.add("ssouse two", "__ssoenv_hook", _wait_for_call(session))
    assert [call[-1] for call in session.run().calls] == ["two"]


def test_renews_what_it_has_come_back_to(expiring):
    """The keys that were there before a switch are renewed again after it."""
    session = expiring.session
    expiring.put("other", life=3000, AWS_ACCESS_KEY_ID=KEY[:-1] + "Q")
    session.add("ssouse other", "ssouse --off", "__ssoenv_hook", _wait_for_call(session))
    assert [call[-1] for call in session.run().calls] == ["dev"]


def test_off_after_a_renewal(session):
    """What comes back was there before the first switch."""
    shelf = Shelf(session)
    kept = shelf.put("dev")
    later = kept.rename(session.folder / "later")
    shelf.put("dev", life=400, SSOENV_RENEW="600")
    session.load()
    session.export(AWS_PROFILE="mine", AWS_ACCESS_KEY_ID="mine")
    session.add(*["IFS=A_"] * (session.probe.shell in ("bash", "zsh")))
    session.snapshot("before")
    session.add("ssouse dev", session.probe.words("mv", later, kept))
    session.run_line("__ssoenv_hook", "renewed")
    session.run_line("ssouse --off", "off")
    run = session.run()
    assert int(run["renewed"]["SSOENV_EXPIRATION"]) > time.time() + 2000
    assert run["off"].environ == run["before"].environ
    assert run.calls == []


def test_off_after_a_renewal_in_a_child(expiring):
    """What a parent's switch has set is removed, whose keys ever."""
    expiring.put("dev")
    session = expiring.session
    session.export(SSOENV_SET="AWS_ACCESS_KEY_ID AWS_SSO_PROFILE SSOENV_EXPIRATION SSOENV_SET")
    session.run_line("__ssoenv_hook", "renewed")
    session.run_line("ssouse --off", "off")
    run = session.run()
    assert int(run["renewed"]["SSOENV_EXPIRATION"]) > time.time() + 2000
    assert [run["off"][name] for name in ("AWS_ACCESS_KEY_ID", "AWS_SSO_PROFILE", "SSOENV_EXPIRATION")] == [None] * 3


def test_a_renewal_of_what_is_called_like_a_line(expiring):
    """A name that looks like the lines of an account and of a role, of whatever shell, is neither."""
    names = ("AWS_SSO_ACCOUNT_ID", "AWS_SSO_ROLE_NAME")
    expiring.put(
        "dev", value=" ".join(form.format(name) for form in ("set -gx {} 'other'", "{}=other") for name in names)
    )
    session = expiring.session
    session.run_line("__ssoenv_hook", "after")
    run = session.run()
    assert int(run["after"]["SSOENV_EXPIRATION"]) > time.time() + 2000
    assert run.stderr == b""


def test_a_renewal_brings_keys_alone(expiring):
    """What somebody has set since the switch, here or in the parent of this shell, stays."""
    names = ("AWS_REGION", "AWS_PROFILE", "AWS_SSO_PROFILE")
    expiring.put("it's mine", **dict.fromkeys(names, "of the switch"))
    session = expiring.session
    session.export(**dict.fromkeys(names, "it's mine"))
    session.run_line("__ssoenv_hook", "after")
    run = session.run()
    assert int(run["after"]["SSOENV_EXPIRATION"]) > time.time() + 2000
    assert [run["after"][name] for name in names] == ["it's mine"] * len(names)
    assert run.stderr == b""


@pytest.mark.parametrize("renew", [None, "60"])
def test_a_renewal_brings_when_the_next_is(expiring, renew):
    """Who has chosen since that keys are never renewed, or later, need not switch for that."""
    expiring.put("dev", SSOENV_RENEW=renew)
    session = expiring.session
    session.export(AWS_SESSION_TOKEN="of keys that had one")
    session.run_line("__ssoenv_hook", "after")
    after = session.run()["after"]
    assert int(after["SSOENV_EXPIRATION"]) > time.time() + 2000
    assert (after["SSOENV_RENEW"], after["AWS_SESSION_TOKEN"]) == (renew, None)


_ROLE = "it's \\ \\\\ ReadOnly"


@pytest.mark.parametrize(
    ("change", "is_taken"),
    [
        pytest.param({}, True, id="the same"),
        pytest.param({"AWS_SSO_ACCOUNT_ID": "123456789022"}, False, id="another account"),
        pytest.param({"AWS_SSO_ROLE_NAME": "Admin"}, False, id="another role"),
        pytest.param({"AWS_SSO_ROLE_NAME": None}, False, id="no role"),
    ],
)
def test_a_renewal_is_of_the_same_account_and_role(expiring, change, is_taken):
    """Where the words mean others by now, as an alias may, nothing is changed, and that is told once."""
    expiring.put("dev", **{"AWS_SSO_ROLE_NAME": _ROLE} | change)
    session = expiring.session
    session.export(AWS_SSO_ROLE_NAME=_ROLE)
    session.snapshot("before")
    session.add("__ssoenv_hook")
    session.run_line("__ssoenv_hook", "after")
    run = session.run()
    assert (int(run["after"]["SSOENV_EXPIRATION"]) > time.time() + 2000) == is_taken
    assert (run["after"].environ == run["before"].environ) != is_taken
    assert run.stderr.count(b"another account or role") == run.stderr.count(b"\n") == (not is_taken)
    assert run.calls == []


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


def test_leaves_alone(expiring):
    """Nothing is renewed that is good yet, that is not ssouse's own, or where it is switched off."""
    expiring.put("dev", life=800)
    session = expiring.session
    changes = {
        "off": {"SSOENV_RENEW": "0"},
        "off and expired": {"SSOENV_RENEW": "0", "SSOENV_EXPIRATION": -5},
        "long good": {"SSOENV_EXPIRATION": 700},
        "other keys": {"AWS_ACCESS_KEY_ID": "ASIAQNZGKIQYOTHERKEY"},
        "the control": {},
    }
    for name, change in changes.items():
        session.export(**exported(switched(90, SSOENV_RENEW="600") | change))
        session.snapshot(f"before {name}")
        session.run_line("__ssoenv_hook", f"after {name}")
    run = session.run()
    changed = [name for name in changes if run[f"after {name}"].environ != run[f"before {name}"].environ]
    assert changed == ["the control"]
    assert run.calls == []


def test_login_is_over(expiring):
    """When the login is over, too, the segment says so once; and once more after a switch to another such."""
    session = expiring.session
    expiring.put("other", life=400, SSOENV_RENEW="600")
    for name in ("dev", "other"):
        (expiring.folder / f"{name}.over").touch()
    for switch in ([], ["ssouse other"]):
        session.add(*switch, "__ssoenv_hook", _wait_for_call(session))
        for _ in range(3):
            session.add("__ssoenv_hook", "ssoenv_prompt", session.probe.words("echo", "-=-"))
    said = session.run().stdout.decode().replace("\n", "").split("-=-")
    assert ["login over: ssoenv login" in text for text in said[:-1]] == [True, False, False] * 2


# When the shell has last asked, and when a line may wait again, by a clock that was an hour ahead then.
_AHEAD = {
    "bash": "__ssoenv_read_clock; __ssoenv_asked=$((__ssoenv_time + 3600)) __ssoenv_wait_again_at=$((SECONDS + 3900))",
    "zsh": "__ssoenv_read_clock; __ssoenv_asked=$((__ssoenv_time + 3600))"
    " __ssoenv_wait_again_at=$((__ssoenv_time + 3900))",
    "fish": "set -g __ssoenv_asked (math (date +%s) + 3600); set -g __ssoenv_wait_again_at (math (date +%s) + 3900)",
    "powershell": "$now = [DateTimeOffset]::UtcNow.ToUnixTimeSeconds()"
    "; $__ssoenv_shown.Asked = $now + 3600; $__ssoenv_shown.WaitAgainAt = $now + 3900",
}


def test_a_line_with_an_odd_expiration(session):
    """Nothing is said of it, neither at the prompt nor before a line."""
    session.export(**exported(switched(30, SSOENV_RENEW="600")), NO_COLOR="1")
    session.load()
    for expiration in ("soon", "1+1", "1;2", "("):
        session.export(SSOENV_EXPIRATION=expiration)
        session.add("__ssoenv_hook", TYPED[session.probe.shell].format(line=session.probe.quote("aws")))
    run = session.run()
    assert run.stderr == b""
    assert run.calls == []


def test_the_clock_was_set_back(expiring):
    """That something was asked, or waited for, at a time that is to come does not count."""
    session = expiring.session
    session.export(**exported({"SSOENV_EXPIRATION": -1}))
    session.answer("--renew", "", status=5)
    expiring.put("other")  # makes the folder
    calls = session.folder / "calls"
    session.add(_AHEAD[session.probe.shell], "__ssoenv_hook", _wait_for_call(session))
    session.add(session.probe.words("mv", calls, calls.with_name("asked")))
    session.add(TYPED[session.probe.shell].format(line=session.probe.quote("aws")))
    run = session.run()
    assert len(calls.with_name("asked").read_text().split()) == len(run.calls) == 1
    assert run.stderr == b"stand-in: --renew\n"


@pytest.mark.parametrize("is_by_ssoenv", [True, False])
def test_there_is_a_login_again(expiring, is_by_ssoenv):
    """After a login the next prompt asks at once, and the next line waits, though one has just waited."""
    session = expiring.session
    session.export(**exported({"SSOENV_EXPIRATION": 30}))
    session.answer("--renew", "", status=5)
    expiring.put("other")
    over, calls = expiring.folder / "dev.over", session.folder / "calls"
    login = session.home / "token"
    login.touch()
    over.write_text(f"{login}\n")
    ages = {"before": over.stat().st_mtime - 9, "after": over.stat().st_mtime + 9}
    os.utime(login, (ages["before"], ages["before"]))
    new = session.home / "new"
    new.touch()
    os.utime(new, (ages["after"], ages["after"]))
    log_in = ["rm", over] if is_by_ssoenv else ["mv", new, login]
    line = TYPED[session.probe.shell].format(line=session.probe.quote("aws"))
    session.add("__ssoenv_hook", _wait_for_call(session), "__ssoenv_hook", line)
    session.add(
        session.probe.words(*log_in), session.probe.words("rm", calls), "__ssoenv_hook", _wait_for_call(session)
    )
    session.add(session.probe.words("mv", calls, calls.with_name("asked")), line)  # which says so, if there is none
    assert session.run().stderr == b"stand-in: --renew\n"
