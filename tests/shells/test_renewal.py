"""The hook before each prompt, and what runs before a line: how keys are renewed before they expire."""

from __future__ import annotations

import os
import time
from dataclasses import replace

import pytest
from hooks import ACCOUNT, KEY, MARKS, TYPED, exported, seconds_left, switched
from probes import only
from shelves import SHELVING, Shelf


@pytest.fixture(params=SHELVING, ids=str)
def probe(request):
    """Each shell that has a shelf, in turn."""
    return request.param


@pytest.fixture
def expiring(session):
    """Return the shelf of a session in a shell that has inherited keys for one minute and a half."""
    shelf = Shelf(session)
    session.export(**exported(switched(90, SSOENV_RENEW="600")), NO_COLOR="1")
    session.load()
    session.answer("dev", "")
    return shelf


@only(lambda probe: probe.assign)
def test_the_time_to_renew_comes(session):
    """In a shell in which nothing else changes, renewal begins when it is time, and not a minute later."""
    session.export(**exported(switched(602, SSOENV_RENEW="600")), NO_COLOR="1")
    session.load()
    session.answer("dev", "")
    Shelf(session).put("other")  # makes the folder
    calls = session.probe.quote(str(session.folder / "calls"))
    session.add(seconds_left(602, session.probe), "__ssoenv_hook")
    # Where the machine stood still meanwhile, the time has come.
    if session.probe.shell == "fish":
        has_come = "test (math $SSOENV_EXPIRATION - (date +%s)) -le 600"
        session.add(f"test ! -s {calls}; or {has_come}; or echo early")
        session.add(f"while test ! -s {calls}; sleep 0.05; __ssoenv_hook; end")
    else:
        has_come = "[ $((SSOENV_EXPIRATION - $(date +%s))) -le 600 ]"
        session.add(f"[ ! -s {calls} ] || {has_come} || echo early")
        session.add(f"until [ -s {calls} ]; do sleep 0.05; __ssoenv_hook; done")
    session.add("ssoenv_prompt")
    run = session.run()
    assert run.stdout.decode() == f"dev {ACCOUNT} 9m"
    assert run.calls == [["use", "--shell", session.probe.shell, "--wrapper", "1", "--renew", "dev"]]


@only(lambda probe: probe.shell == "bash")
@pytest.mark.parametrize(
    "line", ["__ssoenv_hook; for i in {1..100}; do [ -s calls ] || sleep 0.1; done", "__ssoenv_await run"]
)
def test_the_program_moves(expiring, line):
    """A shell that has run the program renews its keys by the one in its new place."""
    session = expiring.session
    expiring.put("other")  # makes the folder
    session.answer("list", "")
    session.answer("--renew", "")
    session.export(**exported(switched(59)))
    session.add(f"cd {session.probe.quote(str(session.folder))}", "ssoenv list", "mv bin/ssoenv .; rm calls", line)
    run = session.run(environ={"PATH": f"{session.folder}/bin:{session.folder}:{session.environ['PATH']}"})
    assert [call[5] for call in run.calls] == ["--renew"]


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
def test_a_locale_that_is_not_there(expiring):
    """It is complained of where it is set, and no more before a prompt, whatever that looks at and shows."""
    expiring.put("dev")
    session = expiring.session
    session.add("{ LC_ALL=xx_XX; } 2>/dev/null", "AWS_SSO_PROFILE='dév'", "__ssoenv_hook 0 ''")
    session.add("AWS_SSO_PROFILE=dev", "__ssoenv_hook 0 ''", "ssoenv_prompt")
    run = session.run()
    assert run.stdout.endswith(b" 50m")
    assert run.stderr == b""


@only(lambda probe: probe.shell == "bash")
def test_what_the_hook_of_bash_can_not_set(expiring):
    """What is read-only is no error before each prompt; a PS0 that would be shown as it is has nothing of ours."""
    session = expiring.session
    hook = "__ssoenv_hook 0 ''"
    session.add("__ssoenv_read_clock; __ssoenv_asked=$__ssoenv_time", "shopt -u promptvars", hook, 'echo "[${PS0-}]"')
    session.add("shopt -s promptvars", hook, "shopt -u promptvars", hook, 'echo "[${PS0-}]"')
    session.add("readonly IFS LC_ALL PS0", "shopt -s promptvars", "__ssoenv_unasked=yes", hook)
    session.export(AWS_SSO_PROFILE=f"é{MARKS}")
    session.add("set -e", hook, "ssoenv_prompt", "set +e")
    run = session.run()
    assert run.stdout.decode().startswith(f"[]\n[]\né{'?' * len(MARKS)} ")
    assert run.stderr == b""
    assert run.calls == []


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


@only(lambda probe: probe.shell == "zsh")
def test_runs_as_nice_as_the_shell(expiring):
    """Where zsh may not make what it starts nicer, it would complain of that before the prompt."""
    session = expiring.session
    (session.folder / "answers" / "--renew").write_text("nice >niceness\n")
    niceness = session.probe.quote(str(session.folder / "niceness"))
    session.add("__ssoenv_hook", f"until [ -s {niceness} ]; do sleep 0.05; done")
    session.run()
    assert int((session.folder / "niceness").read_text()) == os.nice(0)


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


@only(lambda probe: probe.shell == "zsh")
def test_login_is_over_where_ifs_is_read_only(expiring):
    """The note of that is read none the less, and there is a segment."""
    session = expiring.session
    expiring.put("other")  # makes the folder
    (expiring.folder / "dev.over").touch()
    session.add("readonly IFS", "__ssoenv_hook", "__ssoenv_hook", "ssoenv_prompt")
    run = session.run()
    assert run.stdout.endswith(b"login over: ssoenv login")
    assert run.stderr == b""


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
