"""``ssoenv logout``: end a login."""

from __future__ import annotations

from typing import Annotated

import typer

from ssoenv import completion_names, files, inventory_file, remembered, sessions
from ssoenv.aws import config
from ssoenv.cli import messages, options
from ssoenv.context import Context


def logout(
    session: options.SessionArgument = None,
    every: Annotated[bool, typer.Option("--all", help="End every login, also those of other programs.")] = False,
    forget: Annotated[
        bool, typer.Option("--forget", help="Forget the portal, too, which no config file has, and its region.")
    ] = False,
) -> None:
    """End the login of SESSION, here and at the portal.

    Its cached credentials are deleted. Keys handed out before, such as a shell's, stay good until they expire.
    """
    from ssoenv import finding
    from ssoenv.logout import log_out, log_out_everywhere

    options.refuse_together("logout", {"--all": every, "--forget": forget})
    context = messages.context()
    if every:
        count = log_out_everywhere(context)
        messages.say(f"Logged out of {count} session{'' if count == 1 else 's'}.{_what_stays(context)}")
        return
    aws_config = config.load(context)
    wanted = sessions.find(session, aws_config, context)
    cached, name = finding.key_files(wanted, aws_config, context), wanted.key
    is_configured = name in {each.key for each in aws_config.sessions(lambda _: None)}
    if forget:
        sessions.forget(wanted, context)
        if not is_configured:
            remembered.set_region(name, None, context)
    was = log_out(wanted, cached, context)
    messages.say((f"Logged out of {name}." if was else f"There was no login to {name}.") + _what_stays(context))
    if forget:
        files.delete(inventory_file.file_of(wanted, context))
        completion_names.refresh(aws_config, context)
        messages.say(f"{name} is {f'now in {aws_config.path} alone' if is_configured else 'forgotten'}.")


def _what_stays(context: Context) -> str:
    has_keys = {"AWS_SSO_PROFILE", "AWS_ACCESS_KEY_ID"} <= context.environ.keys()
    return " The keys in this shell stay good until they expire; to take them out: ssouse --off" if has_keys else ""
