"""Completion offers all that the program takes, and asks no program for it."""

from __future__ import annotations

import os

import pytest
import typer.main
from completers import COMPLETED, Completer, Terminal
from probes import counts_children

from ssoenv import formats, shells
from ssoenv.cli.program import app
from ssoenv.configure import OUTPUTS
from ssoenv.formats import portal, values

_PROGRAM = typer.main.get_command(app)
_COMMANDS = {name: command for name, command in _PROGRAM.commands.items() if not command.hidden}
_PARAMETERS = {"ssoenv": _PROGRAM.params, **{name: command.params for name, command in _COMMANDS.items()}}


def _options(parameters):
    visible = [each for each in parameters if each.param_type_name == "option" and not each.hidden]
    return {name for each in visible for name in (*each.opts, *each.secondary_opts)} | {"--help", "-h"}


@pytest.fixture(params=COMPLETED, ids=str)
def completer(request, tmp_path):
    """Each shell that has a completion, with two each of names, sessions, accounts and regions known."""
    completer = Completer(request.param, tmp_path)
    completer.know("dev-readonly", "prod-admin")
    completer.know("corp", "lab", what="sessions")
    completer.know("Dev", "Prod", what="accounts")
    completer.know("eu-central-1", "us-east-1", what="regions")
    return completer


# What is offered for what has been typed.
_NAMES = {"": {"dev-readonly", "prod-admin"}, "de": {"dev-readonly"}}


def test_offers_names_where_one_is_due(completer):
    """A name of what one can switch to is offered, also after options and their values."""
    lines = ["ssouse ", "ssouse --quiet ", "ssouse --for 1h ", "ssoenv use --shell bash ", "ssoenv get --option 1 "]
    lines += ["ssoenv serve ", "ssoenv console --service s3 ", "ssoenv credential-process ", "ssoenv alias x "]
    lines += ["ssoenv alias --remove ", "ssoenv exec ", "ssoenv exec --parallel x ", "ssoenv exec --with "]
    lines += ["ssoenv exec --with mine=", "ssoenv exec --with=mine="]
    expected = {line + words: names for line in lines for words, names in _NAMES.items()}
    offered = completer.ask(*expected)
    # Some shells replace what follows the equals sign alone.
    names = [{name.rpartition("=")[2] for name in each} for each in offered]
    assert dict(zip(expected, names, strict=True)) == expected


@counts_children
def test_forks_nothing(completer):
    """Names, sessions, regions and options are there without a child, even of the shell itself."""
    before, after = completer.children(
        "ssouse ", "ssoenv use de", "ssouse 'de", "ssoenv login ", "ssouse --region ", "ssoenv -"
    )
    assert after == before


@pytest.mark.parametrize("completer", [each for each in COMPLETED if each.shell == "bash"], ids=str, indirect=True)
def test_a_locale_that_is_not_there(completer):
    """It is complained of where it is set, and not in the middle of the line at each Tab."""
    completer.know("dev-readonly", "dev admin")
    tab = "COMP_LINE='ssouse d' COMP_POINT=8 && __ssoenv_complete ssouse && echo ${#COMPREPLY[@]}"
    assert completer.run("{ LC_ALL=xx_XX; } 2>/dev/null", completer.load_line(), tab) == "2\n"


_REGIONS = {"eu-central-1", "us-east-1"}
_CHOICES = {
    **{(command, "--region"): _REGIONS for command in ("use", "get", "exec", "serve", "console", "configure")},
    **{(command, "--sso-region"): _REGIONS for command in ("login", "configure", "credential-process")},
    ("use", "--shell"): set(shells.SHELLS),
    ("get", "--option"): {"1", "2", "3"},
    ("get", "--os"): set(portal.SYSTEMS),
    ("get", "--format"): set(formats.FORMATS),
    ("get", "--value"): set(values.NAMES),
    ("exec", "--with"): {"dev-readonly", "prod-admin"},
    ("configure", "--output"): set(OUTPUTS),
    ("configure", "--session"): {"corp", "lab"},
    ("configure", "--account"): {"Dev", "Prod"},
    ("accounts", "--session"): {"corp", "lab"},
    ("roles", "--session"): {"corp", "lab"},
    ("credential-process", "--session"): {"corp", "lab"},
    ("settings", "--forget-region"): {"corp", "lab"},
}


def test_offers_what_the_program_takes(completer):
    """At Tab there is what the program's own help lists, no less and no more.

    The commands; behind each and a dash, its options; behind an option that takes a value, its choices, if there are
    any; the shells that can be set up; a session for a login. `ssouse` takes what `ssoenv use` takes, but the shell,
    which it is, and its own two.
    """
    options = [
        (command, option)
        for command, parameters in _PARAMETERS.items()
        for each in parameters
        if each.param_type_name == "option" and not each.hidden and not each.is_flag
        for option in each.opts
        if option != "--to"
    ]
    assert set(_CHOICES) <= set(options)
    expected = {
        "ssoenv ": set(_COMMANDS),
        "ssoenv -": _options(_PROGRAM.params),
        **{f"ssoenv {name} -": _options(command.params) for name, command in _COMMANDS.items()},
        **{f"ssoenv {command} {option} ": _CHOICES.get((command, option), set()) for command, option in options},
        "ssoenv init ": {shell.name for shell in shells.SHELLS.values() if shell.wrapper},
        "ssoenv login ": {"corp", "lab"},
        "ssoenv logout ": {"corp", "lab"},
        "ssoenv roles ": {"Dev", "Prod"},
        "ssouse -": _options(_COMMANDS["use"].params) - {"--shell"} | {"-", "--off"},
    }
    assert dict(zip(expected, map(set, completer.ask(*expected)), strict=True)) == expected


def test_offers_what_the_command_behind_exec_takes(completer):
    """Behind the -- of `ssoenv exec`, the shell's own completion has its turn; names, and options, have none."""
    (completer.folder / "zz-file").touch()
    completer.know("cd-account")
    (offered, files) = completer.ask("ssoenv exec cd-account -- c", "ssoenv exec cd-account -- cd -- --")
    if completer.probe.shell == "powershell":
        assert offered == []  # it has no simple way to ask
    else:
        assert "cd" in offered
    assert "cd-account" not in offered
    assert "--json" not in files


def test_offers_nothing_where_nothing_is_due(completer):
    """No profile, and no file, is offered in the place of something else."""
    (completer.folder / "zz-file").touch()
    lines = ("ssouse x ", "ssouse --region x y ", "ssoenv list ", "ssoenv use x ", "ssouse zz", "ssoenv nonsense ")
    lines += ("ssoenv alias ", "ssoenv alias --remove x ", "ssoenv get x ", "ssoenv login --session ")
    # zsh goes on to offer what options there are.
    words = [[word for word in offered if word[0] != "-"] for offered in completer.ask(*lines)]
    assert words == [[]] * len(lines)


def test_loads_silently(completer):
    """A strict shell, and a zsh that has no completion yet, load it twice without a word."""
    assert completer.run(*completer.probe.strict, completer.load_line(), "echo loaded") == "loaded\n"


@pytest.mark.parametrize("completer", [each for each in COMPLETED if each.shell == "zsh"], ids=str, indirect=True)
def test_zsh_loads_it_silently_as_ksh(completer):
    """There an array without elements is one that is not set."""
    lines = ("emulate ksh", "setopt errexit nounset", completer.load_line(), "echo loaded")
    assert completer.run(*lines) == "loaded\n"


def test_zsh_may_load_it_before_compinit(tmp_path):
    """Who calls compinit later, in the rc file or at a prompt, has completion from the next prompt on."""
    completer = Completer(next(probe for probe in COMPLETED if probe.shell == "zsh"), tmp_path)
    completer.know("beta")
    with Terminal(completer) as terminal:
        assert terminal.offered("ssouse b") == ["beta"]
        terminal.type(f"unset _comps; unfunction compdef; {completer.load_line()}; echo MA''RK\r")
        assert terminal.offered("ssouse b") == []
        terminal.type("setopt ksh_arrays; precmd_functions+=(other); other() { echo status $? MA''RK; }\r")
        assert "status 1" in terminal.type("compinit -D -u; false\r")
        terminal.type("unsetopt ksh_arrays; unfunction other\r", "echo MA''RK\r")
        assert terminal.offered("ssouse b") == ["beta"]


def test_zsh_without_compinit_offers_names(tmp_path):
    """As in a zsh that has no rc file yet, where nothing else than file names is completed."""
    completer = Completer(next(probe for probe in COMPLETED if probe.shell == "zsh"), tmp_path)
    completer.know(hostile := "a b;$(touch evil)`touch evil`it's", "beta")
    with Terminal(completer) as terminal:
        terminal.type("unset _comps; unfunction compdef; zle -A .expand-or-complete expand-or-complete; echo MA''RK\r")
        terminal.type(f"{completer.load_line()}; setopt ksh_arrays sh_word_split; echo MA''RK\r")
        assert terminal.take("ssouse b", "beta") == ["beta"]
        for quote in ("", "'", '"'):
            assert terminal.take(f"ssouse {quote}a", hostile) == [hostile]
        assert not (tmp_path / "evil").exists()


def test_zsh_keeps_it_when_compinit_is_called_once_more(tmp_path):
    """A framework that is loaded after it, or late, reads all from a dump that knows nothing of it."""
    completer = Completer(next(probe for probe in COMPLETED if probe.shell == "zsh"), tmp_path)
    completer.know("beta")
    completer.run("zmodload zsh/files", "autoload -Uz compinit", "compinit -u -d ./dump")
    with Terminal(completer) as terminal:
        terminal.type("compinit -u -d ./dump; print forgotten ${_comps[ssouse]-}; echo MA''RK\r")
        assert terminal.offered("ssouse b") == ["beta"]
        # What somebody else has made of it stays.
        terminal.type("compdef _files ssouse; echo MA''RK\r")
        assert terminal.offered("ssouse b") == []


def test_offers_nothing_before_names_are_known(completer):
    """Without a names file there is no complaint, nor with one that has no names."""
    for name in ("names", "names.line"):
        (completer.folder / ".cache" / "ssoenv" / name).unlink()
    (offered, control) = completer.ask("ssouse ", "ssoenv u")
    assert (offered, control) == ([], ["use"])
    completer.know()
    assert completer.ask("ssouse ", "ssouse a") == [[], []]


def test_a_pipe_in_the_place_of_names_hangs_nothing(completer):
    """What is no file is not opened, as that could wait for ever."""
    for name in ("names.line", "names"):
        path = completer.folder / ".cache" / "ssoenv" / name
        path.unlink()
        os.mkfifo(path)
        assert completer.ask("ssoenv u", "ssouse ")[0] == ["use"]
    assert completer.ask("ssouse ") == [[]]


def test_uses_the_cache_folder_of_the_user(completer):
    """XDG_CACHE_HOME says where the names file is, to the program and to the shell."""
    completer.environ["XDG_CACHE_HOME"] = str(completer.folder / "it's a cache")
    completer.know("elsewhere", "elsewhere-too")
    (offered,) = completer.ask("ssouse ")
    assert set(offered) == {"elsewhere", "elsewhere-too"}
