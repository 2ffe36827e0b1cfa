"""Completion offers all that the program takes, and asks no program for it."""

from __future__ import annotations

import pytest
import typer.main
from completers import COMPLETED, Completer

from ssoenv import shells
from ssoenv.cli import app

_PROGRAM = typer.main.get_command(app)
_COMMANDS = {name: command for name, command in _PROGRAM.commands.items() if not command.hidden}
_PARAMETERS = {"ssoenv": _PROGRAM.params, **{name: command.params for name, command in _COMMANDS.items()}}


def _options(parameters):
    visible = [each for each in parameters if each.param_type_name == "option" and not each.hidden]
    return {name for each in visible for name in (*each.opts, *each.secondary_opts)} | {"--help", "-h"}


@pytest.fixture(params=COMPLETED, ids=str)
def completer(request, tmp_path):
    """Each shell that has a completion, with two profiles known."""
    completer = Completer(request.param, tmp_path)
    completer.know("dev-readonly", "prod-admin")
    return completer


def test_offers_each_command(completer):
    """`ssoenv` Tab offers the commands that its help lists, and no other word."""
    (offered,) = completer.ask("ssoenv ")
    assert set(offered) == set(_COMMANDS)


def test_offers_each_option(completer):
    """After each command, a dash and Tab offers the options that the command takes, and no other."""
    lines = ["ssoenv -", *(f"ssoenv {name} -" for name in _COMMANDS)]
    offered = dict(zip(lines, map(set, completer.ask(*lines)), strict=True))
    assert offered == dict(zip(lines, map(_options, _PARAMETERS.values()), strict=True))


def test_offers_the_options_of_the_shell_function(completer):
    """`ssouse` takes what `ssoenv use` takes, but the shell, which it is; and its own two."""
    (offered,) = completer.ask("ssouse -")
    assert set(offered) == _options(_COMMANDS["use"].params) - {"--shell"} | {"-", "--off"}


def test_offers_the_shells(completer):
    """The shells to print for are those that have a writer; those to set up, those that have a wrapper."""
    offered = completer.ask("ssoenv use --shell ", "ssoenv init ")
    wrapped = {shell.name for shell in shells.SHELLS.values() if shell.wrapper}
    assert list(map(set, offered)) == [set(shells.SHELLS), wrapped]


def test_offers_profiles_where_one_is_due(completer):
    """A profile's name is offered, also after options and their values."""
    lines = ("ssouse ", "ssouse --quiet ", "ssoenv use --shell bash ", "ssoenv login ", "ssoenv logout ")
    assert list(map(set, completer.ask(*lines))) == [{"dev-readonly", "prod-admin"}] * len(lines)


def test_offers_no_profile_for_the_value_of_an_option(completer):
    """What follows an option that takes a value is that value; without choices for it, nothing is offered."""
    lines = [
        f"ssoenv {command} {option} "
        for command, parameters in _PARAMETERS.items()
        for each in parameters
        if each.param_type_name == "option" and not each.hidden and not each.is_flag
        for option in each.opts
        if option not in ("--shell", "--to")
    ]
    assert lines
    assert completer.ask(*lines) == [[]] * len(lines)


def test_offers_nothing_where_nothing_is_due(completer):
    """No profile, and no file, is offered in the place of something else."""
    (completer.folder / "zz-file").touch()
    lines = ("ssouse x ", "ssouse --region x y ", "ssoenv list ", "ssoenv use x ", "ssouse zz", "ssoenv nonsense ")
    # zsh goes on to offer what options there are.
    words = [[word for word in offered if word[0] != "-"] for offered in completer.ask(*lines)]
    assert words == [[]] * len(lines)


def test_loads_silently(completer):
    """A strict shell, and a zsh that has no completion yet, load it twice without a word."""
    assert completer.run(*completer.probe.strict, completer.load_line(), "echo loaded") == "loaded\n"


def test_offers_nothing_before_names_are_known(completer):
    """Without a names file there is no complaint."""
    (completer.folder / ".cache" / "ssoenv" / "names").unlink()
    (offered, control) = completer.ask("ssouse ", "ssoenv u")
    assert (offered, control) == ([], ["use"])


def test_uses_the_cache_folder_of_the_user(completer):
    """XDG_CACHE_HOME says where the names file is, to the program and to the shell."""
    completer.environ["XDG_CACHE_HOME"] = str(completer.folder / "it's a cache")
    completer.know("elsewhere", "elsewhere-too")
    (offered,) = completer.ask("ssouse ")
    assert set(offered) == {"elsewhere", "elsewhere-too"}
