"""Names that come from others are inert at Tab, and reach `ssouse` as they are when an offer is taken."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import replace

import pytest
from completers import COMPLETED, Completer, Terminal
from contexts import context_of
from probes import PROBES
from values import HOSTILE, REFUSED

from ssoenv import completion_names, files, remembered
from ssoenv.aws.config import Config
from ssoenv.context import Context
from ssoenv.shells import SHELLS
from ssoenv.shells.files import load_files

_MORE = (
    *("a:b:c", "a=~/x", "a=b:~", "x:~root", "a@b", "rôle:ü", "it's:here", "i[ô]*"),
    *("012345678901", "1kb", "0x10", "true", "$null"),
)
_ALL = [*(name for label, name in HOSTILE.items() if not label.startswith("long")), *_MORE]


# What no line could hold safely is never offered: options, homes, and what can't be seen.
_UNSEEN = re.compile(
    "[\u00a0\u00ad\u0378\u200b-\u200f\u2028-\u202f\u2060-\u2069\u3000\ue000-\uf8ff\ufdd0-\ufdef\ufeff\ufffe\uffff\U0001fffe-\U0001ffff\U000e0000-\U0010ffff]"
)
_NAMES = [name for name in _ALL if name[:1] not in ("", "-", "~") and not _UNSEEN.search(name)]
_CONFIG = b"""
[sso-session corp]
sso_start_url = https://a.awsapps.com/start
sso_region = eu-central-1
[profile old-style]
sso_start_url = https://a.awsapps.com/start
sso_region = eu-central-1
sso_account_id = 123456789022
sso_role_name = Admin
[profile dev]
sso_session = corp
sso_account_id = 123456789011
sso_role_name = ReadOnly
[profile broken]
sso_session = corp
sso_account_id = 1
sso_role_name = ReadOnly
[profile keys]
aws_access_key_id = AKIA
"""
_QUOTES = ("", "'", '"')
# An older one does not tell that a list is only shown.
_DESCRIBING_BASHES = [probe for probe in PROBES if probe.shell == "bash" and "3.2" not in str(probe)]


@pytest.fixture
def start(tmp_path, clean_environment):
    """Return a maker of completers, given a shell."""
    return lambda probe: Completer(probe, tmp_path)


@pytest.mark.parametrize("quote", _QUOTES, ids=["bare", "single", "double"])
@pytest.mark.parametrize("probe", [probe for probe in COMPLETED if probe.shell != "powershell"], ids=str)
def test_offer_taken_is_the_name(start, probe, quote):
    """Tab and Return at a terminal: the one name there is arrives, in whatever quote the line has been left."""
    completer = start(probe)
    wrong = {}
    with Terminal(completer) as terminal:
        for name in _NAMES:
            completer.know(name)
            got = terminal.take(f"ssouse {quote}", name)
            if got != [name]:
                wrong[name] = got
    assert wrong == {}
    assert not (completer.folder / "pwned").exists()


@pytest.mark.parametrize("probe", [probe for probe in COMPLETED if probe.shell != "powershell"], ids=str)
def test_offer_behind_a_quote_that_is_closed(start, probe):
    """A word goes on behind a closed quote: what is typed of it is neither lost nor doubled."""
    completer = start(probe)
    completer.know("a:b c", "prod-eu x y")
    with Terminal(completer) as terminal:
        for typed in ("prod-'eu'", "'prod'-eu", 'p"r"o', "prod-eu' 'x"):
            assert terminal.take(f"ssouse {typed}", "prod-eu x y") == ["prod-eu x y"], typed
        for typed in ("a':'", "'a':", "a:'b'"):
            assert terminal.take(f"ssouse {typed}", "a:b c") == ["a:b c"], typed


@pytest.mark.parametrize("probe", [probe for probe in COMPLETED if probe.shell != "powershell"], ids=str)
def test_offer_behind_what_was_escaped(start, probe):
    """What was typed of a name may have signs in it that a shell, or a pattern, takes for something else."""
    completer = start(probe)
    names = ["a@b:c", "b c-d", "e$f", "g[h"]
    completer.know(*names)
    typed = {"a@": 0, "a@b:": 0, "b\\ c": 1, "'b c": 1, "e\\$": 2, '"e\\$': 2, "g\\[": 3, "'g[": 3}
    with Terminal(completer) as terminal:
        got = {start: terminal.take(f"ssouse {start}", names[number]) for start, number in typed.items()}
    assert got == {start: [names[number]] for start, number in typed.items()}
    assert len(completer.ask("ssouse 'g[", 'ssouse "g[')) == 2  # without a complaint


@pytest.mark.parametrize("probe", [probe for probe in COMPLETED if probe.shell != "powershell"], ids=str)
def test_offer_at_the_cursor(start, probe):
    """What stands behind the cursor stays, and is no part of the name."""
    completer = start(probe)
    completer.know("dev-readonly")
    with Terminal(completer) as terminal:
        back = "\x02" * len(" --quiet")  # Ctrl-B
        terminal.type("ssouse dev --quiet", back, "\t", "\r")
        assert terminal.kept.read_bytes().split() == [b"dev-readonly\0--quiet\0"]


@pytest.mark.parametrize("quote", _QUOTES, ids=["bare", "single", "double"])
@pytest.mark.parametrize("probe", [probe for probe in COMPLETED if probe.shell == "powershell"], ids=str)
def test_offer_taken_is_the_name_in_powershell(start, probe, quote):
    """Each of the names offered, put on the line and run, arrives as it is, in whatever quote the line was left."""
    completer = start(probe)
    completer.know(*_NAMES)
    script = r"""
$start = {start}
function ssouse {{ param([Parameter(ValueFromRemainingArguments = $true)] [string[]] $Words)
    [Console]::Out.Write(($Words -join "`n") + "`0") }}
$offered = [System.Management.Automation.CommandCompletion]::CompleteInput($start, $start.Length, $null)
foreach ($match in $offered.CompletionMatches) {{
    $line = $start.Remove($offered.ReplacementIndex, $offered.ReplacementLength)
    . ([scriptblock]::Create($line.Insert($offered.ReplacementIndex, $match.CompletionText)))
}}"""
    got = completer.run(completer.load_line(), script.format(start=probe.quote(f"ssouse {quote}")))
    assert got.split("\0")[:-1] == sorted(_NAMES)
    assert not (completer.folder / "pwned").exists()


@pytest.mark.parametrize("probe", [probe for probe in COMPLETED if probe.shell != "powershell"], ids=str)
def test_several_offers_are_as_many(start, probe):
    """Of several names, Tab puts on the line what they have in common, and no more; what is typed next follows it."""
    completer = start(probe)
    completer.know("dev:one", "dev:two")
    with Terminal(completer) as terminal:
        for line in ("ssouse ", "ssouse d", "ssouse dev:", "ssouse 'd"):
            terminal.type(line, "\t", "one\r" if "'" not in line else "one'\r")
            assert terminal.kept.read_bytes() == b"dev:one\0", line


_OFFERED = {
    "bash": """\
shopt -s failglob
COMP_LINE="ssouse {typed}" COMP_POINT=${{#COMP_LINE}}
__ssoenv_complete ssouse
[[ $- == *f* ]] || printf '%s\\n' "${{COMPREPLY[@]}}" # names still stand for files""",
    "nushell": 'for it in (do $env.__ssoenv_offers "ssouse {typed}" | get completions) {{ print --raw $it.value }}',
    "xonsh": """\
from xonsh.completer import Completer
offered, _ = Completer().complete_line("ssouse {typed}")
print(*(str(each) for each in offered), sep="\\n")""",
}
# Prints the last word of a line for each offer that is taken, and a mark behind each line's.
_TAKEN = {
    "nushell": """\
for line in [{lines}] {{
    for it in (do $env.__ssoenv_offers $line | get --optional completions | default []) {{ print --raw $it.value }}
    print --raw '='
}}""",
    "xonsh": """\
from xonsh.completer import Completer
for line in [{lines}]:
    offered, _ = Completer().complete_line(line)
    taken = [line[: len(line) - each.prefix_len] + each for each in offered]
    print(*sorted(each.rpartition(" ")[2] for each in taken), "=", sep="\\n")""",
}
_KEPT = {
    "bash": """ssouse() {{ printf '%s\\n' "$@"; }}""",
    "nushell": 'def --wrapped ssouse [...words: string] {{ print --raw ($words | str join "\\n") }}',
    "xonsh": "aliases['ssouse'] = lambda words: print(*words, sep='\\n')",
}


@pytest.mark.parametrize("typed", ["", "i"])
@pytest.mark.parametrize("probe", [probe for probe in PROBES if probe.shell in _OFFERED], ids=str)
def test_offer_run_is_the_name(start, probe, typed):
    """Each of the names offered for what is typed, put on the line and run, arrives as it is."""
    completer = start(probe)
    completer.know(*_NAMES)
    offered = completer.run(completer.load_line(), _OFFERED[probe.shell].format(typed=typed)).splitlines()
    got = completer.run(_KEPT[probe.shell].format(), *(f"ssouse {offer}" for offer in offered))
    assert sorted(got.splitlines()) == sorted(name for name in _NAMES if name.startswith(typed))
    assert not (completer.folder / "pwned").exists()


@pytest.mark.parametrize("probe", [probe for probe in PROBES if probe.shell in _TAKEN], ids=str)
def test_offers_where_a_name_is_due(start, probe):
    """That is the first word behind options, also in a quote; wherever the names are, and where there are none."""
    completer = start(probe)
    completer.environ["XDG_CACHE_HOME"] = str(completer.folder / "it's a cache")
    both = ["dev-readonly", "prod-admin"]
    lines = {"ssouse ": both, "ssouse --quiet d": both[:1], "ssouse x ": [], "ssouse x d": []}
    if probe.shell == "xonsh":
        lines.update({"ssouse 'd": both[:1], 'ssouse "': both})
    script = _TAKEN[probe.shell].format(lines=", ".join(map(probe.quote, lines)))
    completer.run(completer.load_line(), script)  # which makes no complaint
    completer.know(*both)
    shown = completer.run(completer.load_line(), script).split("=\n")[:-1]
    # Where there is no name, xonsh offers files.
    assert [[word for word in taken.split() if "-" in word] for taken in shown] == list(lines.values())


def _at_a_prompt(completer, *lines):
    """Return what the shell shows when the last of these lines is typed; each must make it print a mark."""
    import pexpect

    environ = {**completer.environ, "TERM": "vt100"}
    options = {"env": environ, "cwd": completer.folder, "encoding": "utf-8", "dimensions": (200, 250), "timeout": 30}
    with pexpect.spawn(completer.program, list(completer.probe.options), **options) as child:
        child.delaybeforesend = None
        for line in lines:
            child.expect("[#>] ")  # its prompt: before that it reads no line
            child.send(line)
            child.expect("MARK")
        child.close(force=True)
        return child.before


@pytest.mark.parametrize("probe", [probe for probe in PROBES if probe.shell == "elvish"], ids=str)
def test_offers_in_elvish(start, probe):
    """Each name is offered, and elvish quotes it itself."""
    completer = start(probe)
    completer.know(*_NAMES)
    load = f"eval (slurp < {probe.quote(str(completer.file))}) &ns=(ns [&]); echo MA''RK\r"
    offer = (
        "$edit:completion:arg-completer[ssouse] ssouse '' | each {|it| print $it[stem]\"\\n\" } >kept; echo MA''RK\r"
    )
    _at_a_prompt(completer, load, offer)
    assert sorted((completer.folder / "kept").read_text("utf-8").splitlines()) == sorted(_NAMES)


@pytest.mark.parametrize("probe", [probe for probe in PROBES if probe.shell == "elvish"], ids=str)
def test_offers_where_a_name_is_due_in_elvish(start, probe):
    """That is the first word behind options; wherever the names are, and where there are none."""
    completer = start(probe)
    completer.environ["XDG_CACHE_HOME"] = str(completer.folder / "cache")
    load = f"eval (slurp < {probe.quote(str(completer.file))}) &ns=(ns [&]); echo MA''RK\r"
    asked = ("''", "--quiet d", "x ''", "x d")
    offers = "; ".join(
        f"$edit:completion:arg-completer[ssouse] ssouse {words} | each {{|it| echo $it[stem] }}; echo ="
        for words in asked
    )
    offer = f"{{ {offers} }} >kept; echo MA''RK\r"
    _at_a_prompt(completer, load, offer)
    assert (completer.folder / "kept").read_text() == "=\n" * len(asked)
    both = ["dev-readonly", "prod-admin"]
    completer.know(*both)
    _at_a_prompt(completer, load, offer)
    shown = (completer.folder / "kept").read_text().split("=\n")[:-1]
    assert [offered.split() for offered in shown] == [both, both[:1], [], []]


@pytest.mark.parametrize("probe", [probe for probe in PROBES if probe.shell == "tcsh"], ids=str)
@pytest.mark.parametrize("cache", ["", "it's a cache"], ids=["in the home", "elsewhere"])
def test_offers_in_tcsh(start, probe, cache):
    """Each name is offered that needs no quotes; nothing is run."""
    completer = start(probe)
    completer.environ["XDG_CACHE_HOME"] = str(completer.folder / cache) if cache else ""
    completer.know(*_NAMES)
    shown = _at_a_prompt(completer, f"{completer.load_line()}; echo MA''RK\r", "ssouse \x04\x15echo MA''RK\r")
    offered = re.search("ssouse (.*)[#>] ssouse ", shown, re.DOTALL)[1].split()  # the prompt tells root from others
    assert sorted(offered) == sorted(name for name in _NAMES if re.fullmatch(r"[A-Za-z0-9_./:@%+=,-]+", name))
    assert not (completer.folder / "pwned").exists()


@pytest.mark.parametrize("probe", [probe for probe in PROBES if probe.shell == "fish"], ids=str)
def test_fish_reads_the_completion_when_it_is_asked_for(start, probe):
    """The installed line only tells where it is, for both commands; a shell that nobody completes in never reads it."""
    completer = start(probe)
    completer.know("dev-readonly")
    program = completer.folder / "ssoenv"  # fish reads no completion of what is not there
    program.write_text("#!/bin/sh\necho it was started\n")
    program.chmod(0o755)
    completer.environ["PATH"] = str(completer.folder)
    line = SHELLS["fish"].load_line(*load_files(SHELLS["fish"]))
    asked = "functions --query __ssoenv_complete_names; echo $status"
    shown = completer.run(line, asked, "complete -C 'ssouse dev'", "complete -C 'ssoenv use dev'", asked)
    offer = "dev-readonly\t123456789012 · ReadOnly\n"
    assert shown == f"1\n{offer}{offer}0\n"
    assert completer.run(line, "complete -C 'ssoenv use dev'") == offer
    mine = ("complete -c ssouse -a mine", "complete -c ssoenv -l mine")
    assert completer.run(line, *mine, "complete -C 'ssouse mi'", "complete -C 'ssoenv --mi'") == "mine\n--mine\n"


@pytest.mark.parametrize("option", ["-f", "+f"])
@pytest.mark.parametrize("probe", [probe for probe in PROBES if probe.shell == "bash"], ids=str)
def test_tab_keeps_the_options_of_bash(start, probe, option):
    """Where names are to be quoted, too, Tab leaves what is set for patterns as the user has it."""
    completer = start(probe)
    completer.know("a b", "a*")
    offer = 'COMP_LINE="ssouse " COMP_POINT=7; flags=$-; __ssoenv_complete ssouse; [[ $- == "$flags" ]] && echo kept'
    shown = completer.run(completer.load_line(), f"set {option}", offer, """printf '%s\\n' "${COMPREPLY[@]}" """)
    assert shown.splitlines() == ["kept", r"a\ b", r"a\*"]


def test_names_file_is_private_and_sorted(tmp_path, clean_environment):
    """The files are for their owner alone, in C order, a name a line, or all in one; no name that can't be offered."""
    completer = Completer(COMPLETED[0], tmp_path)
    completer.know(*_ALL, *REFUSED.values(), "b\u2003c")
    file = tmp_path / ".cache" / "ssoenv" / "names"
    one_line = file.with_suffix(".line")
    assert [each.stat().st_mode & 0o777 for each in (file, one_line)] == [0o600, 0o600]
    lines = file.read_bytes().removesuffix(b"\n").split(b"\n")
    assert lines == sorted(f"{name}\t123456789012 · ReadOnly".encode() for name in _NAMES)
    assert one_line.read_bytes() == b"\t".join(sorted(name.encode() for name in _NAMES)) + b"\n"


def test_unchanged_names_are_not_written(tmp_path, clean_environment):
    """The same names once more leave the files alone; others replace them."""
    completer = Completer(COMPLETED[0], tmp_path)
    folder = tmp_path / ".cache" / "ssoenv"
    completer.know("dev")
    for file in folder.iterdir():
        os.utime(file, (1, 1))
    completer.know("dev")
    assert {file.name: file.stat().st_mtime for file in folder.iterdir()} == {"names": 1, "names.line": 1}
    completer.know("prod")
    assert all(file.stat().st_mtime > 1 for file in folder.iterdir())


def test_refresh_tells_of_all_that_a_switch_takes(tmp_path, clean_environment, monkeypatch):
    """Profiles that a switch would take, aliases, and granted roles without a profile; and sessions, by name or URL.

    A URL is not told once more beside itself. That the files can't be written is no failure.
    """
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    context = Context.system(say=pytest.fail)
    remembered.set_alias("a1", "123456789033/Admin", context)
    remembered.set_alias("dev", "old-style", context)
    read = Config(tmp_path / "config", _CONFIG)
    accounts = [
        {"account_id": "123456789011", "name": "Dev", "email": "d@e.f", "roles": ["ReadOnly", "Admin"]},
        {"account_id": "123456789033", "name": "-rm", "email": "d@e.f", "roles": ["Admin"]},
    ]
    content = {"start_url": "https://a.awsapps.com/start", "fetched_at": 1.0, "accounts": accounts}
    file = context.cache_dir / "inventory" / f"{hashlib.sha1(b'corp').hexdigest()}.json"
    files.write_json(file, content)
    completion_names.refresh(read, context)
    lines = (tmp_path / "cache" / "ssoenv" / "names").read_text("utf-8").splitlines()
    assert lines == [
        "Dev/Admin\t123456789011 · Admin",
        "a1\t123456789033/Admin",
        "dev\t123456789011 · ReadOnly",
        "keys\t",
        "old-style\t123456789022 · Admin",
    ]
    assert (tmp_path / "cache" / "ssoenv" / "accounts").read_text("utf-8") == "Dev\t123456789011\n"
    lines = (tmp_path / "cache" / "ssoenv" / "sessions").read_text("utf-8").splitlines()
    assert lines == ["corp\thttps://a.awsapps.com/start", "https://a.awsapps.com/start\t"]
    assert (tmp_path / "cache" / "ssoenv" / "regions").read_text("utf-8") == "eu-central-1\t\n"
    (tmp_path / "file").touch()
    completion_names.refresh(read, replace(context, environ={"XDG_CACHE_HOME": str(tmp_path / "file")}))


def test_regions_are_those_of_the_partitions(tmp_path, clean_environment):
    """Where botocore is loaded, all of them are written, with what they are called; they stay when it is not."""
    context = context_of(tmp_path)
    file = completion_names.path(context, "regions")
    read = Config(tmp_path / "config", _CONFIG)
    completion_names.refresh(read, context)
    assert file.read_text("utf-8") == "eu-central-1\t\n"
    completion_names.refresh(read, context, with_regions=True)
    lines = file.read_text("utf-8").splitlines()
    assert "ap-northeast-1\tAsia Pacific (Tokyo)" in lines
    assert "eu-central-1\tEurope (Frankfurt)" in lines
    assert not any(line.startswith(("cn-", "us-gov-", "aws-")) for line in lines)
    completion_names.refresh(Config(tmp_path / "config", _CONFIG.replace(b"eu-central-1", b"mars-north-1")), context)
    assert file.read_text("utf-8").splitlines() == sorted([*lines, "mars-north-1\t"])


def test_what_is_said_about_a_name_is_shown_in_zsh(start):
    """A colon ends the name in zsh's own form, whose escapes are not to be seen."""
    completer = start(next(probe for probe in PROBES if probe.shell == "zsh"))
    completer.know("a:b\\c", "other", what="sessions", about="https://portal/start")
    with Terminal(completer) as terminal:
        terminal.child.send("ssoenv login \t")
        terminal.child.expect_exact("a:b\\c  -- https://portal/start")


@pytest.mark.parametrize("probe", _DESCRIBING_BASHES, ids=str)
def test_what_is_said_about_a_name_is_shown_in_bash(start, probe):
    """The list of the second Tab tells it, in a column of its own, and nothing of it gets onto the line."""
    completer = start(probe)
    completer.know("dev", "dev it's", "development")
    completer.know("corp", "lab", what="sessions", about="")
    with Terminal(completer) as terminal:
        terminal.child.send("ssouse dev\t\t")
        terminal.child.expect_exact("dev         (123456789012 · ReadOnly)")
        terminal.child.expect_exact("dev\\ it\\'s  (123456789012 · ReadOnly)")
        terminal.type("elo\t\r")
        assert terminal.kept.read_bytes() == b"development\0"
        terminal.child.send("ssoenv login \t\t")
        terminal.child.expect("corp +lab")


@pytest.mark.parametrize("probe", _DESCRIBING_BASHES, ids=str)
def test_what_is_said_about_another_name_is_not_shown_in_bash(start, probe):
    """Where only one of the two files has been written, the names are listed alone."""
    completer = start(probe)
    completer.know("dev", "development", "devil")
    line = completion_names.path(context_of(completer.folder, environ=completer.environ), "names.line")
    line.write_text(line.read_text().removeprefix("dev\t"))
    with Terminal(completer) as terminal:
        terminal.child.send("ssouse dev\t\t")
        terminal.child.expect(r"development +devil")


@pytest.mark.parametrize("typed", ["", "name-", "NAME-"])
def test_of_many_names_zsh_lists_a_few_and_completes_all(start, typed):
    """Zsh would take long to reckon how many lines thousands fill: it says how many more there are."""
    completer = start(next(probe for probe in PROBES if probe.shell == "zsh"))
    completer.know("beta", *(f"name-{i}" for i in range(1000)))
    with Terminal(completer) as terminal:
        terminal.type("zstyle ':completion:*' matcher-list 'm:{A-Z}={a-z}'; echo MA''RK\r")
        added = terminal.kept.with_name("added")
        added.touch()
        terminal.child.send(f"ssouse {typed}\t\t")
        terminal.child.expect(r"name-1 .*and 98[01] more: type how one begins")
        assert len(set(added.read_bytes().split(b"\0")[:-1])) == (1000 if typed else 1001)
        terminal.type("\x07echo MA''RK\r")
        assert terminal.offered("ssouse b") == ["beta"]


def test_what_is_said_about_names_fits_on_a_line_in_zsh(start):
    """At a narrow terminal it is cut, as two lines a name would be hard to read."""
    completer = start(next(probe for probe in PROBES if probe.shell == "zsh"))
    completer.know("dev", "development")
    with Terminal(completer) as terminal:
        terminal.type("COLUMNS=30; echo MA''RK\r")
        terminal.child.send("ssouse dev\t\t")
        terminal.child.expect("development +-- 123456789012")
        shown = terminal.type("\x07echo MA''RK\r")
        assert "ReadOnly" not in shown
