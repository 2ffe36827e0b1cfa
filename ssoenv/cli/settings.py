"""``ssoenv settings``: what can be set, what is, and what was told once and is remembered."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields
from typing import Annotated

import typer

from ssoenv import remembered, sessions, settings
from ssoenv.cli import messages
from ssoenv.context import Context
from ssoenv.errors import UsageError
from ssoenv.text import printable


def show_settings(
    forget_region: Annotated[
        str | None, typer.Option(metavar="SESSION", help="Forget the region that was chosen for roles of SESSION.")
    ] = None,
) -> None:
    """Show the settings. Each with its meaning, its value and where that comes from; then what else is remembered."""
    context = messages.context()
    if forget_region is not None:
        if forget_region not in remembered.regions(context):
            raise UsageError(f"No region is remembered for {forget_region}.", "See: ssoenv settings")
        remembered.set_region(forget_region, None, context)
        messages.say(f"The region for roles of {forget_region} is forgotten.")
        return
    lines = [*_settings(context), *_remembered(context)]
    messages.write("".join(f"{printable(line)}\n" for line in lines))


def _settings(context: Context) -> Iterator[str]:
    path = context.settings_file
    own = settings.read(context)
    yield f"# {path}{'' if path.exists() else ' (there is none)'}"
    yield "# To change a setting, write its line into that file."
    for setting in fields(settings.Settings):
        # JSON's texts, numbers, truth values and lists of these are TOML's, too.
        shown = json.dumps(own.get(setting.name, setting.default), ensure_ascii=False)
        source = "your file" if setting.name in own else "default"
        meaning = setting.metadata["meaning"]
        yield from ("", f"# {meaning[0].upper()}{meaning[1:]}.", f"{setting.name} = {shown}  # {source}")


def _remembered(context: Context) -> Iterator[str]:
    if portals := sessions.remembered(context):
        yield from ("", "Portals from ssoenv login --start-url; to forget one: ssoenv logout --forget SESSION")
    yield from (f"{session.name} = {session.start_url} in {session.region}" for session in portals)
    if regions := remembered.regions(context):
        yield from (
            "",
            "Regions for roles in no config file; to be asked anew: ssoenv settings --forget-region SESSION",
        )
    yield from (f"{session} = {region}" for session, region in sorted(regions.items()))
    if aliases := remembered.aliases(context):
        yield from ("", "Aliases; to change one: ssoenv alias NAME TARGET, or ssoenv alias --remove NAME")
    yield from (f"{name} = {words}" for name, words in sorted(aliases.items()))
