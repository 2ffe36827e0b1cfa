"""``ssoenv get``: credentials in the forms of the portal's dialog, and of other programs."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from functools import partial
from typing import Annotated, Literal

import typer

from ssoenv import formats, remembered, shells, switch
from ssoenv.aws import config
from ssoenv.aws.profiles import kind_of
from ssoenv.aws.roles import Credentials
from ssoenv.cli import messages, naming, options
from ssoenv.cli.times import clock
from ssoenv.context import Context
from ssoenv.errors import UsageError, one_of
from ssoenv.formats import Format, github_actions, portal, values
from ssoenv.targets import Target

_HELP = "See: ssoenv get --help"
_OPTIONS = ("--option 1", "--option 2", "--option 3")
# What an option does not go together with: the portal's own text has no region, and it has the single values but once.
_APART = {
    "--prune": {"NAME", *_OPTIONS, "--os", "--format", "--value", "--region", "--write"},
    "--copy": {"--write", "--prune"},
    "--write": {"--option 1", "--option 3", "--os", "--format", "--value"},
    "--value": {"--option 1", "--option 2", "--os", "--format"},
    "--format": {*_OPTIONS, "--os"},
    "--os": {"--option 3", "--region"},
}
# What an option is of no use without, any of these.
_NEEDS = {"--as": {"--option 2", "--write"}, "--force": {"--write"}}


def get(
    name: options.Name = None,
    option: Annotated[
        Literal["1", "2", "3"] | None,
        typer.Option(help="1: lines for a shell. 2: a block for the credentials file. 3: single values."),
    ] = None,
    system: Annotated[
        str | None,
        typer.Option(
            "--os", metavar="|".join(portal.SYSTEMS), help="The portal's own text of option 1 or 2, to the letter."
        ),
    ] = None,
    form: Annotated[
        str | None, typer.Option("--format", metavar="FORMAT", help=f"One of: {', '.join(formats.FORMATS)}.")
    ] = None,
    value: Annotated[
        str | None, typer.Option(metavar="VALUE", help=f"One value alone: {', '.join(values.NAMES)}.")
    ] = None,
    region: options.Region = None,
    write: Annotated[
        bool, typer.Option("--write", help="Put the block of option 2 into the AWS credentials file.")
    ] = False,
    block: Annotated[
        str | None, typer.Option("--as", metavar="PROFILE", help="What to call that block, such as: default")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite a block that ssoenv did not write.")] = False,
    prune: Annotated[
        bool, typer.Option("--prune", help="Take expired blocks that ssoenv wrote out of that file.")
    ] = False,
    copy: options.Copy = False,
) -> None:
    """Print the credentials of NAME as the portal does.

    By default the lines that set them in the shell at work: as in option 1, with expiration and region.

    --format terraform is a provider block, for a file such as aws_override.tf. --format github-actions is for a step of
    a workflow: it prints masks, which the runner takes off the log, and adds the variables to the file GITHUB_ENV.
    """
    _check(
        {
            **dict(zip(_OPTIONS, (option == "1", option == "2", option == "3"), strict=True)),
            "NAME": name,
            "--os": system,
            "--format": form,
            "--value": value,
            "--region": region,
            "--write": write,
            "--as": block,
            "--force": force,
            "--prune": prune,
            "--copy": copy,
        }
    )
    if copy and form == github_actions.NAME:
        raise UsageError("A step of a workflow has no clipboard.", _HELP)
    context = messages.context()
    if prune:
        _prune(context)
        return
    chosen = None if write else _form(option, system, form, value, block, context)
    env = github_actions.file(context.environ) if form == github_actions.NAME else None
    target, keys = switch.obtain(naming.find(name, region, context), context)
    remembered.note_use(target.key, context)
    if chosen is None:
        _write(portal.block_name(target) if block is None else block, target, keys, context, force=force)
        return
    text = chosen(target, keys)
    if copy:
        from ssoenv import clipboard

        clipboard.copy(text, f"the {value or 'credentials'} of {target.name}", context, secret=value not in values.OPEN)
    elif env is None:
        messages.write(text)
    else:
        variables = github_actions.variables(target, keys)
        messages.write(text)  # the masks, before anything else can show what they hide
        github_actions.append(env, variables)


def _check(options: Mapping[str, object]) -> None:
    """Raise UsageError when those of *options* that are given contradict each other, or do nothing."""
    given = [option for option, value in options.items() if value not in (None, False, [])]
    for option in given:
        for other in given:
            if other in _APART.get(option, ()):
                raise UsageError(f"{option} and {other} don't go together.", _HELP)
        if option in _NEEDS and not _NEEDS[option].intersection(given):
            raise UsageError(f"{option} is for {' and '.join(sorted(_NEEDS[option]))} only.", _HELP)


def _form(
    option: str | None, system: str | None, form: str | None, value: str | None, block: str | None, context: Context
) -> Format:
    """Return what makes the text that the options ask for."""
    if form is not None:
        return formats.find(form)
    if value is not None:
        return partial(values.one, one_of(values.NAMES, value, f"There is no value {value}."))
    if option == "3":
        return values.table
    exact = system is not None
    if system is not None:
        one_of(portal.SYSTEMS, system, f"The portal has no texts for {system}.")
    if option == "2":
        return partial(portal.block, block, exact=exact)
    if system is None:
        shell = shells.detect(context.environ).name
        system = portal.system_of(shell)
        if system is None:
            return formats.find(shell)
    return partial(portal.variables, system, exact=exact)


def _write(name: str, target: Target, keys: Credentials, context: Context, *, force: bool) -> None:
    from ssoenv.aws import shared_credentials

    path = shared_credentials.write(name, keys, target.region, context, force=force)
    until = f", good until {clock(keys.expiration, context.now())}" if keys.expiration else ""
    messages.say(f"Wrote the block [{name}] to {path}{until}.")
    is_hidden = name == "default" and any(context.environ.get(key) for key in ("AWS_ACCESS_KEY_ID", "AWS_PROFILE"))
    where = ", in a shell that is not switched" if is_hidden else ""
    messages.say(f"To use it{where}: aws s3 ls" + ("" if name == "default" else f" --profile {shlex.quote(name)}"))
    aws_config = config.load(context)
    if kind_of(aws_config.profile_settings(name)):
        messages.say(
            f"Careful: {aws_config.path} has a profile {name}, too, and SDKs differ in which of the two they take."
        )


def _prune(context: Context) -> None:
    from ssoenv.aws import shared_credentials

    path, taken, changed = shared_credentials.prune(context)
    if taken:
        messages.say(f"Took {_blocks(taken)} out of {path}.")
    if changed:
        messages.say(f"Kept {_blocks(changed)}: changed since ssoenv wrote it.")
    if not taken and not changed:
        messages.say(f"No block that ssoenv wrote to {path} has expired.")


def _blocks(names: list[str]) -> str:
    return ", ".join(f"[{name}]" for name in names)
