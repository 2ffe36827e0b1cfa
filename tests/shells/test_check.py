"""The check before anything is applied: whatever the program prints, no code runs and nothing else is changed."""

from __future__ import annotations

import pytest
from probes import Probe, only
from shell_session import Session

from ssoenv.environment import Change
from ssoenv.shells import SHELLS, snippet

# As the program writes it: 16 names, less most of the token, which is much longer.
VARIABLES: dict[str, str | None] = {
    "AWS_PROFILE": None,
    "AWS_DEFAULT_PROFILE": None,
    "AWS_SECURITY_TOKEN": None,
    "AWS_ACCESS_KEY": None,
    "AWS_SECRET_KEY": None,
    "AWS_ROLE_ARN": None,
    "AWS_ACCESS_KEY_ID": "ASIAQNZGKIQY56JQ7WML",
    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
    "AWS_SESSION_TOKEN": "IQoJb3JpZ2luX2VjEHkaDGV1LWNlbnRyYWwtMSJI==",
    "AWS_CREDENTIAL_EXPIRATION": "2026-11-24T12:00:00Z",
    "AWS_REGION": "eu-central-1",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_SSO_PROFILE": "it's a \\ prod’s ’'’\\ readonly",
    "AWS_SSO_ACCOUNT_ID": "123456789011",
    "AWS_SSO_ROLE_NAME": "ReadOnly",
    "SSOENV_SET": "AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_REGION AWS_SSO_PROFILE",
}
FOREIGN_NAMES = (
    *("PATH", "LD_PRELOAD", "PROMPT_COMMAND", "BASH_ENV", "ENV", "IFS", "HOME", "__ssoenv_now", ""),
    *("A[$(touch canary)]", "AWS_A[$(touch canary)]", "AWS_A[0]", "AWS_A$(touch canary)", "AWS_A;touch canary;"),
    *("AWS_A+", "AWS_", "SSOENV_", "AWS", "SSOENV", "AWSX", "XAWS_A", "AWS_X-Y", "AWS_X.Y", "AWS_X Y"),
    *("AWS_XÅ", "AWS_Xé", "AWS_İ", "aws_region", "aws_REGION", "Aws_Region", "AWS_region", "AWS_REGIOn"),
    *(" AWS_A", "AWS_A ", "-f AWS_A", "-n AWS_A"),
)
RUNS = (
    "touch canary",
    ". canary.sh",
    "eval 'touch canary'",
    "$(touch canary)",
    "`touch canary`",
    "(touch canary)",
    "&touch canary",
    ") path=(canary",
    "[IO.File]::WriteAllText('canary', '')",
)


def good(probe: Probe) -> bytes:
    """Return the whole snippet, as the program prints it."""
    return snippet(Change(variables(probe), 1795521600.0), SHELLS[probe.shell]).encode()


def variables(probe: Probe) -> dict[str, str | None]:
    """Return the variables of that snippet."""
    return {**VARIABLES, "AWS_SSO_PROFILE": "it's a \\ prod's!"} if probe.is_ascii else VARIABLES


def lines(probe: Probe, *middle: str) -> bytes:
    """Return a snippet of an assignment that is in order, the given lines, and another one in order.

    The names are none of those in the lines: PowerShell takes none twice, and would look no further.
    """
    writer = SHELLS[probe.shell].writer
    whole = [writer.comment("ssoenv/1 0"), writer.set("AWS_Y", "1"), *middle, writer.set("AWS_Z", "2")]
    return "\n".join([*whole, writer.comment("ssoenv/end"), ""]).encode()


def removing(probe: Probe, line: str) -> bytes:
    """Return a snippet of *line*, where removals stand, and an assignment that is in order."""
    writer = SHELLS[probe.shell].writer
    return "\n".join(
        [writer.comment("ssoenv/1 0"), line, writer.set("AWS_B", "2"), writer.comment("ssoenv/end"), ""]
    ).encode()


def broken(probe: Probe, word: str) -> str:
    """Return an assignment with *word*, whose quotes are turned into the shell's own kind, in the place of a value."""
    line = SHELLS[probe.shell].writer.set("AWS_A", "VALUE")
    if '"VALUE"' in line:
        word = word.translate(str.maketrans("'\"", "\"'"))
    return line.replace('"VALUE"' if '"VALUE"' in line else "'VALUE'", word)


# --- what is attacked ---


def truncated(probe: Probe) -> list[bytes]:
    """Cut off at every byte: a removal, an assignment with all that is quoted, and a plain one."""
    writer = SHELLS[probe.shell].writer
    value = variables(probe)["AWS_SSO_PROFILE"]
    text = removing(probe, f"{writer.unset('AWS_REGION', 'AWS_X')}\n{writer.set('AWS_A', value)}")
    return [cut for end in range(len(text)) if probe.seen(cut := text[:end]) != probe.seen(text)]


def foreign_names(probe: Probe) -> list[bytes]:
    """Assign and remove what is none of ours."""
    writer = SHELLS[probe.shell].writer
    return [
        text
        for name in FOREIGN_NAMES
        for text in (
            lines(probe, writer.set(name, "hijacked")),
            removing(probe, writer.unset(name)),
            removing(probe, writer.unset("AWS_X", name)),
            removing(probe, writer.unset(name, "AWS_X")),
        )
    ]


def broken_quotes(probe: Probe) -> list[bytes]:
    """Values whose quotes are missing, doubled, of another kind, or that end too early."""
    words = [
        "VALUE",
        "'VALUE",
        "VALUE'",
        '"VALUE"',
        "$'VALUE'",
        "'VALUE''",
        "''VALUE'",
        "'VAL'UE'",
        "'VAL'''UE'",
        "'VAL''''UE'",
        "'VAL\\UE'X",
        "'VALUE\\'",
        "'VAL'\\'UE'",
        "'VAL\\''UE'",
        "'VAL'\\\\''UE'",
        "'VALUE'\\''",
        "'VAL\\xUE\\'",
        "'VAL\\nUE'",
        "'VAL''UE",
        "'VAL’UE'",
        "'VAL'’UE'",
        "’VALUE’",
        "‘VALUE’",
        "'",
        "",
        "''''",
        "'''",
        "'VALUE' ",
        " 'VALUE'",
        "'VALUE' 'MORE'",
        "'VALUE' AWS_B='2'",
        "VALUE='VALUE'",
        r"VALUE'\''='\'''",
        "'VALUE'; # ",
        "@'\nVALUE\n'@",
    ]
    # What one shell's writer would write is in order there.
    values = [value for value in PLAIN_VALUES if value.isascii() or not probe.is_ascii]
    written = {SHELLS[probe.shell].writer.set("AWS_A", value) for value in values}
    return [lines(probe, text) for word in words if (text := broken(probe, word)) not in written]


PLAIN_VALUES = (
    "",
    "'",
    "VALUE",
    "VAL'UE",
    "VAL\\'UE",
    "VAL’UE",
    "VAL\\UE",
    "VAL\\nUE",
    "VAL''UE",
    "VALUE'",
    "'VALUE",
    "VALUE\\",
    "VAL\\xUE\\",
)


def code(probe: Probe) -> list[bytes]:
    """Commands on lines of their own, behind an assignment, in a value outside the quotes, behind a comment mark."""
    line = SHELLS[probe.shell].writer.set("AWS_A", "VALUE")
    unset = SHELLS[probe.shell].writer.unset("AWS_A")
    written = {SHELLS[probe.shell].writer.set("AWS_A", run) for run in RUNS}
    removals = [removing(probe, f"{unset}{between}{run}") for run in RUNS for between in ("; ", " ", "\n")]
    return removals + [
        lines(probe, text)
        for run in RUNS
        for text in (
            run,
            f"{line}; {run}",
            f"{line} {run}",
            f"{line} | {run}",
            f"{run}; {line}",
            broken(probe, run),
            broken(probe, f'"{run}"'),
            broken(probe, f"'VALUE'{run}"),
            broken(probe, f"{run}'VALUE'"),
            broken(probe, f"'VALUE'\n{run}\n''"),
            broken(probe, f"'VALUE' {run} '"),
            f"# {run}",
        )
        if text not in written
    ]


def noise(probe: Probe) -> list[bytes]:
    """Something before, behind, or in the middle of what is in order."""
    text = good(probe)
    first, rest = text.split(b"\n", 1)
    runs = b"touch canary\n"
    return [
        # In bash and zsh: the words of `good`, of which a shell may know that they are ours, in one name less.
        text.replace(b" AWS_ROLE_ARN\nbuiltin export ", b"\nbuiltin export AWS_ROLE_ARN "),
        text.replace(b"AWS_ROLE_ARN", b"OUR_ROLE_ARN"),
        text.replace(b"AWS_SSO_ROLE_NAME", b"OUR_SSO_ROLE_NAME"),
        b"\n" + text,
        b" " + text,
        b"Warning: something\n" + text,
        runs + text,
        b"\xef\xbb\xbf" + text,
        b"\0" + text,
        text + b"\n",
        text + b" ",
        text + b"\0",
        text + b"\0\n",
        text + b"Warning: something\n",
        text + runs,
        text + b"touch canary",
        text + text,
        text + b"\n" + text,
        text + rest,
        first + b"\n" + text,
        first + b"\n\n" + rest,
        first + b"\n" + runs + rest,
        text.replace(b"\n", b"\n\n"),
        text.replace(b"\n", b"\r\n"),
        text.replace(b"\n", b"\r"),
        text.replace(b"\n", b" "),
        text.replace(b"\n", b";\n"),
        text.replace(b"\n", b"\n ", 1),
        text.replace(b"\n", b"\n\t", 1),
        text.replace(b"eu-central-1", b"eu\0-central-1"),
        text.replace(b"eu-central-1", b"eu\tcentral-1"),
        text.replace(b"eu-central-1", b"eu\rcentral-1"),
        text.replace(b"eu-central-1", b"eu\ncentral-1"),
        text.replace(b"eu-central-1", b"eu\x1b[1mcentral-1"),
        text.replace(b"eu-central-1", b"eu\x7fcentral-1"),
    ]


def other_forms(probe: Probe) -> list[bytes]:
    """Another version, none, no end mark, nothing between, another order, nothing at all, another shell's snippet."""
    text = good(probe)
    first, rest = text.split(b"\n", 1)
    end = SHELLS[probe.shell].writer.comment("ssoenv/end").encode()
    unset = SHELLS[probe.shell].writer.unset("AWS_X", "AWS_Y")
    once = [lines(probe, unset), removing(probe, f"{unset}\n{unset}")]  # where all removals are one line, the first
    again = SHELLS[probe.shell].writer.set("AWS_Y", "3")
    small = Change({"AWS_A": "1"}, None)
    mine = snippet(small, SHELLS[probe.shell]).encode()  # zsh's is the same as bash's
    return [
        b"",
        b"\n",
        *(first.replace(b"ssoenv/1", other) + b"\n" + rest for other in (b"ssoenv/2", b"ssoenv/0", b"ssoenv/11")),
        *(first.replace(b"ssoenv/1", other) + b"\n" + rest for other in (b"ssoenv/", b"ssoenv/1.0", b"SSOENV/1")),
        *(
            first.replace(b"1795521600", other) + b"\n" + rest
            for other in (b"", b"1e9", b"-1", b"1 2", b"\xd9\xa1", b"0x1")
        ),
        first.rstrip(b"1795521600").rstrip() + b"\n" + rest,
        first.removeprefix(b"# ssoenv/1 ").removeprefix(b": ssoenv/1 ") + b"\n" + rest,
        rest,
        text.replace(b"ssoenv/end", b"ssoenv/End"),
        text.replace(end, end.replace(b" ", b"", 1)),
        text.replace(end, b" " + end),
        text.replace(end + b"\n", b""),
        text.replace(end, b""),
        text.replace(end, end + b" x"),
        text.replace(end, end + b";touch canary"),
        *([] if "\n" in unset else once),
        *([lines(probe, again)] if probe.shell == "powershell" else []),  # which counts by names
        first + b"\n" + end + b"\n",
        first + b"\n",
        *(other for shell in SHELLS.values() if (other := snippet(small, shell).encode()) != mine),
        b"usage: ssoenv use [OPTIONS] NAME\n",
        b"touch canary\n",
        b"\xff\xfe\x00\x80" * 100,
        b"x" * 100_000,
        b"# ssoenv/1 0\n" * 1000,
    ]


# A shell that has switched may know the lines of the last snippet, and takes others as one that has not.
UNSWITCHED = (foreign_names, broken_quotes, code, noise, other_forms)
SWITCHED = (noise, other_forms, truncated)


@pytest.mark.parametrize("switched", [False, True], ids=["unswitched", "switched"])
def test_anything_but_a_snippet_is_refused(session: Session, switched: bool) -> None:
    """Nothing is executed, nothing is changed, and the status is 7."""
    probe = session.probe
    whole = good(probe)
    # What the shell itself repairs before a script can look is in order.
    texts = {
        f"{attack.__name__}{number}": text
        for attack in (SWITCHED if switched else UNSWITCHED)
        for number, text in enumerate(attack(probe))
        if probe.seen(text) != probe.seen(whole)
    }
    for name, text in texts.items():
        session.answer(name, text)
    session.answer("good", whole)
    session.answer("old", whole.replace(b"ASIAQNZGKIQY56JQ7WML", b"ASIAQNZGKIQYOLDOLDML"))
    wrong = session.folder / "wrong"
    session.export(AWS_REGION="mine", AWS_A="mine", aws_region="mine")
    session.load()
    if switched:
        session.add("ssouse old")
    session.snapshot("before")
    session.add(probe.refused_each.format(names=probe.names(texts), wrong=probe.quote(str(wrong))))
    session.snapshot("after")
    session.run_line("ssouse good", "good")
    session.run_line("ssouse --off", "off")
    run = session.run()

    failed = {name: texts[name] for name in wrong.read_text().split()} if wrong.exists() else {}
    assert not failed
    assert run["after"].environ == run["before"].environ
    assert not (session.home / "canary").exists()
    # The control: each was asked for, and the one that is in order is taken.
    assert [call[-1] for call in run.calls] == ["old"] * switched + [*texts, "good"]
    assert run["good"].status == 0
    assert run["good"]["AWS_SSO_PROFILE"] == variables(probe)["AWS_SSO_PROFILE"]
    assert run["off"]["AWS_REGION"] == "mine"


def test_the_loop_tells_what_was_not_refused(session: Session) -> None:
    """The loop of the test above writes down a text that was taken, or that was refused with another status."""
    session.answer("good", good(session.probe))
    session.answer("failing", b"", status=3)
    session.answer("bad", b"x\n")
    wrong = session.folder / "wrong"
    session.load()
    names = ["bad", "good", "failing", "bad"]
    loop = session.probe.refused_each.format(names=session.probe.names(names), wrong=session.probe.quote(str(wrong)))
    session.add(loop)
    session.run()
    assert wrong.read_text() == "good\nfailing\n"


def test_a_refusal_says_what_to_do(session: Session) -> None:
    """The message names the version that the wrapper checks, and the cure."""
    session.answer("other", b"# ssoenv/2 0\n# ssoenv/end\n")
    session.load()
    session.attempt("ssouse other", "refused")
    run = session.run()
    assert run["refused"].status == 7
    assert b"not a version 1 snippet" in run.stderr
    assert b"start a new shell" in run.stderr


@only(lambda probe: probe.shell == "bash")
def test_nocasematch_does_not_widen_the_names(session: Session) -> None:
    """In bash a setting that makes patterns ignore case reaches `case`, too."""
    session.answer("lower", lines(session.probe, "builtin export aws_region='x'"))
    session.answer("upper", lines(session.probe).upper())
    session.load()
    session.add("shopt -s nocasematch")
    session.snapshot("before")
    session.run_line("ssouse lower", "lower")
    session.run_line("ssouse upper", "upper")
    session.add("[[ a == A ]]")
    session.snapshot("still")
    run = session.run()
    assert run["lower"].status == run["upper"].status == 7
    assert run["upper"].environ == run["before"].environ
    assert run["still"].status == 0


@only(lambda probe: probe.shell in ("bash", "zsh"))
def test_a_signal_s_handler_checks_the_same(session: Session) -> None:
    """From bash 4.4 to 5.2 a bare `return` in a handler does not fail, whatever failed before it."""
    session.answer("bad", lines(session.probe, "touch canary"))
    session.answer("good", good(session.probe))
    session.load()
    session.add("trap 'ssouse bad; bad=$?' USR1", "trap 'ssouse good; good=$?' USR2")
    session.snapshot("before")
    session.add("kill -USR1 $$")
    session.snapshot("bad")
    session.add("kill -USR2 $$")
    session.snapshot("good")
    session.add('[ "$bad $good" = "7 0" ]')
    session.snapshot("both")
    run = session.run()
    assert run["both"].status == 0
    assert run["bad"].environ == run["before"].environ
    assert run["good"]["AWS_REGION"] == "eu-central-1"
    assert not (session.home / "canary").exists()
