"""``ssoenv alias``: short names of one's own."""

from __future__ import annotations

from typing import Annotated

import typer

from ssoenv import completion_names, finding, remembered
from ssoenv.aws import config
from ssoenv.aws.profiles import Profiles
from ssoenv.cli import messages
from ssoenv.cli.listing import Bar
from ssoenv.errors import UsageError
from ssoenv.text import printable


def alias(
    name: Annotated[str | None, typer.Argument(help="The short name.")] = None,
    words: Annotated[list[str] | None, typer.Argument(metavar="TARGET", help="What it stands for.")] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Forget the alias NAME.")] = False,
) -> None:
    """Let NAME stand for TARGET, show what it stands for, or list the aliases.

    As in: ssoenv alias dev 123456789011/ReadOnly
    """
    context = messages.context()
    if name is None:
        aliases = remembered.aliases(context)
        if not aliases:
            messages.say("There are no aliases. As in: ssoenv alias dev 123456789011/ReadOnly")
        for short, meaning in sorted(aliases.items()):
            messages.write(f"{printable(short)}\t{printable(meaning)}\n")
    elif remove:
        if name not in remembered.aliases(context):
            raise UsageError(f"There is no alias {name}.", "For all of them: ssoenv alias")
        remembered.set_alias(name, None, context)
        completion_names.refresh(config.load(context), context)
        messages.say(f"{name} is no alias any more.")
    elif not words:
        if name not in remembered.aliases(context):
            raise UsageError("What should it stand for?", f"Type: ssoenv alias {name} ACCOUNT/ROLE")
        messages.write(f"{printable(remembered.aliases(context)[name])}\n")
    else:
        if Profiles(config.load(context), context).has(name):
            raise UsageError(f"{name} is a profile, and ssouse would take that.", "Choose another name.")
        with Bar(context) as bar:  # what stands for nothing now would only fail later
            found = finding.find(words, context.unattended, bar.update)
        before = remembered.aliases(context).get(name)
        meaning = found.profile or f"{found.account_id}/{found.role_name}"
        remembered.set_alias(name, meaning, context)
        completion_names.refresh(config.load(context), context)
        role = None if found.name.endswith(f"/{found.role_name}") else found.role_name
        parts = (found.name, found.account_id and f"account {found.account_id}", role)
        was = f" It was {before}." if before not in (None, meaning) else ""
        messages.say(f"{name} is {', '.join(filter(None, parts))}.{was}")
