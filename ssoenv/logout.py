"""The end of a login: here, at the portal, and for what was got by it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from ssoenv import files, shelf
from ssoenv.aws import cache_names, roles, tokens
from ssoenv.aws.config import Session
from ssoenv.context import Context
from ssoenv.errors import Cancelled, ServiceError
from ssoenv.text import checked_ascii


def log_out(session: Session, cached: Iterable[Path], context: Context) -> bool:
    """End *session* at the portal, and forget its token and what is *cached*; return False if there was no login.

    *cached* is as in `forget_keys`. Credentials handed out before stay good until they expire: AWS offers no way to
    take them back.
    """
    path, content = cache_names.token_path(context, session), None
    try:
        with ExitStack() as forgotten:  # whatever becomes of the others, the last one first
            forgotten.callback(forget_keys, cached, context)
            forgotten.callback(files.delete, path)
            content = files.read_json(path, context)
    finally:
        was_there = _end(content, session, context)
    return was_there


def forget_keys(cached: Iterable[Path], context: Context) -> None:
    """Delete the files of the role cache that *cached* names, if they are there, and what is on the shelf."""
    with ExitStack() as forgotten:
        forgotten.callback(shelf.empty, context)
        for path in cached:
            forgotten.callback(files.delete, path)


def log_out_everywhere(context: Context) -> int:
    """End every login of the shared cache, as ``aws sso logout`` does; return how many there were."""
    contents: list[Mapping[str, Any] | None] = []
    try:
        with ExitStack() as forgotten:
            forgotten.callback(shelf.empty, context)
            forgotten.callback(roles.delete_all_credentials, context)
            for path in tokens.all_token_paths(context):
                forgotten.callback(files.delete, path)
                contents.append(files.read_json(path, context))
    finally:
        count = sum(_end(content, None, context) for content in contents)
    return count


def _end(content: Mapping[str, Any] | None, session: Session | None, context: Context) -> bool:
    """End the login of a token's file, *session*'s if that is known, at the portal; return False if it is none.

    Raise Cancelled, which says what is not done, at Ctrl-C.
    """
    from ssoenv.aws import portal

    if not content or "accessToken" not in content:
        return False
    try:
        told = session or Session(None, str(content.get("startUrl")), str(content.get("region")), None)
        portal.logout(told, checked_ascii(content["accessToken"]))
    except (portal.Unauthorized, TypeError):
        pass  # it was over already, or is no token
    except ServiceError as error:
        context.say(f"The token is deleted here, but the portal could not be told. {error.sentence}")
    except KeyboardInterrupt:
        raise Cancelled("Cancelled. The portal was not told that the login is over.") from None
    return True
