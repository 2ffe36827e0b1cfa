"""The hook before each prompt: what the segment says, and how it looks."""

from __future__ import annotations

import re

import pytest
from hooks import ACCOUNT, INTERACTIVE, KEY, MARKS, TYPED, exported, seconds_left, switched
from probes import counts_children, only
from screen import CTRL_C, ENTER, Screen
from shelves import SHELVING, Shelf

HOSTILE = "$(touch canary)`touch canary`%n%~\\u\\w!!\u202e\x1b]0;x\x07"


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
    without_end = {"AWS_SSO_ACCOUNT_ID": None, "SSOENV_EXPIRATION": None}  # as of a profile that has keys in a file
    for less in (without_end, {"AWS_SSO_ACCOUNT_ID": None}, {}):
        session.export(**exported(switched(3040, **less)))
        session.add("__ssoenv_hook")
        session.export(**exported(switched(3030, **less)))  # within the same minute
        for key in (KEY, KEY[:-1] + "Q", "AKIAIOSFODNN7EXAMPLE", KEY):
            session.export(AWS_ACCESS_KEY_ID=key)
            session.add("__ssoenv_hook", "ssoenv_prompt", session.probe.words("echo", "-=-"))
    said = session.run().stdout.decode().replace("\n", "").split("-=-")
    assert ["keys ≠ label" in text for text in said[:-1]] == [False, True, True, False] * 3


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
        colored.add(seconds_left(seconds, colored.probe), "__ssoenv_hook", "ssoenv_prompt", colored.probe.words("echo"))
    before, after = filter(None, colored.run().stdout.splitlines())
    assert (b"\x1b[0;33m" in before, b"\x1b[0;33m" in after) == (False, True)


@only(lambda probe: probe.assign)
def test_the_last_ten_minutes_begin_where_time_alone_has_passed(colored):
    """A segment that is counted down is made anew then. The clock is the test's."""
    colored.export(**exported(switched(3600)))
    if colored.probe.shell == "fish":
        read = "function __ssoenv_read_{} --no-scope-shadowing; set __ssoenv_{}; end"
        colored.add(read.format("age", "age (math 800 - $left)"))
        colored.add(read.format("clock", "ages (math $SSOENV_EXPIRATION - $left) 0"))
        step = "set -g left {left}"
    else:
        colored.add("__ssoenv_read_clock() { __ssoenv_time=$((SSOENV_EXPIRATION - left)); }")
        step = "SECONDS=$((SECONDS + {passed})) left={left}"
    for passed, left in ((0, 720), (70, 650), (50, 600)):
        colored.add(step.format(passed=passed, left=left), "__ssoenv_hook", "ssoenv_prompt", "echo")
    shown = list(zip(colored.run().stdout.splitlines(), (b" 11m", b" 10m", b" 9m"), strict=True))
    assert all(life in segment for segment, life in shown)
    assert [b"\x1b[0;33m" in segment for segment, _ in shown] == [False, False, True]


@only(lambda probe: probe.shell == "zsh")
def test_no_name_is_a_number_of_history(wrapped):
    """With an option of the user's, zsh shows such a number for an exclamation mark in the prompt."""
    wrapped.export(AWS_PROFILE="50%!x!!")
    for option in ("setopt", "unsetopt"):
        wrapped.add(f"{option} prompt_bang", "__ssoenv_hook", "print -rP -- $SSOENV_PROMPT")
    assert wrapped.run().stdout.decode().splitlines() == ["50%!x!!"] * 2


# Does a line until the segment shows a life: a machine that stood still meanwhile may show the next one at first.
_UNTIL_SHOWN = {
    "fish": "while not string match -q '* {life}*' -- $SSOENV_PROMPT; {line}; end",
    "powershell": "while ($SSOENV_PROMPT -cnotlike '* {life}*') {{ {line} }}",
}
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
    colored.add("SECONDS=1000" if has_clock else "")
    line = f"{seconds_left(seconds, colored.probe)}; __ssoenv_hook"
    until = _UNTIL_SHOWN.get(shell, "until [[ $SSOENV_PROMPT == *' {life}'* ]]; do {line}; done")
    colored.add(until.format(life=life[0], line=line))
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
@pytest.mark.parametrize(
    "seen",
    [
        {"5.25": "2h11m", "6": "2h11m", "190.5": "2h8m", "699": "2h0m", "700.5": "1h59m", "730": "1h59m"},
        {"40": "2h10m", "41": "2h10m", "99.5": "2h10m", "100.5": "2h9m"},
    ],
    ids=["gone for long", "switched at a whole minute"],
)
def test_minutes_that_nobody_has_seen(wrapped, seen):
    """Who comes back after minutes, or after an hour has ended, sees what is left then. The clock is the test's."""
    wrapped.export(**exported(switched(3600)))
    wrapped.add("function __ssoenv_read_age --no-scope-shadowing; set __ssoenv_age $now; end")
    time = "math $SSOENV_EXPIRATION - 7900 + $now"
    wrapped.add(f"function __ssoenv_read_clock --no-scope-shadowing; set __ssoenv_ages ({time}) 0; end")
    for now in seen:
        wrapped.add(f"set -g now {now}", "__ssoenv_hook", "ssoenv_prompt", "echo")
    lives = [line.removeprefix(f"dev {ACCOUNT} ") for line in wrapped.run().stdout.decode().splitlines()]
    assert lives == list(seen.values())


@only(lambda probe: probe.shell == "bash")
def test_ctrl_c_while_a_segment_is_made(session):
    """What the hook switches off is on again after the next prompt."""
    screen = Screen([session.program, *INTERACTIVE["bash"]], session.environ | {"TERM": "xterm"}, columns=160)
    screen.press(session.load_line, ENTER)
    screen.press("""PS1=RE''ADY; set -u; __ssoenv_draw() { sh -c "echo MA''RK; exec sleep 60"; }""", ENTER)
    screen.press("export AWS_SSO_PROFILE=dev", ENTER)
    screen.until("MARK")
    screen.press(CTRL_C)
    screen.until(lambda screen: screen.lines[-1] == "READY")
    screen.press("echo no''w", ENTER)
    screen.until("now")
    screen.press("case $- in *u*) echo str''ict ;; esac", ENTER)
    screen.until("strict")


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
    wrapped.add("SECONDS=100", seconds_left(3600, wrapped.probe), "__ssoenv_hook", "SECONDS=400", "__ssoenv_hook")
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
