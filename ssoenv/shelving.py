"""What goes on the shelf: each switch by keys, and keys renewed in the background before they expire."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from ssoenv import credentials, files, finding, inventory_file, remembered, sessions, settings, shelf, shells, switch
from ssoenv.aws import cache_names, config, roles
from ssoenv.context import Context
from ssoenv.errors import NotLoggedIn, UsageError
from ssoenv.shells import Shell
from ssoenv.switch import Switch
from ssoenv.targets import Target

# Seconds that a renewal waits for another one: each of many shells asks once a minute, and AWS may take longer.
_PATIENCE = 30.0


def begin(context: Context) -> float:
    """Return the time (POSIX seconds) at which a switch begins that may be kept.

    The AWS CLI's folders are there then: made during the switch, they would count as what is put into ``~/.aws`` later.
    """
    if (context.home / ".aws").is_dir():
        for folder in (roles.cache_dir(context), cache_names.token_cache(context)):
            with suppress(OSError):
                files.make_folder(folder)
    return context.now()


def keep(made: Switch, words: Sequence[str], shell: Shell, context: Context, *, begun: float, quiet: bool) -> None:
    """Keep the switch *made* for the next time that *shell* is to make it by the same *words*.

    *begun* (POSIX seconds) is before anything was read for it. Only keys are kept, which end by themselves. Where the
    user wants no shelf, it is emptied.
    """
    if not settings.load(context).shelf:
        shelf.empty(context)
        return
    if made.change.expiration is None or shell.family is None:
        return
    shelf.put(
        shells.snippet(made.change, shell),
        words or [made.target.name],
        shell.family,
        context,
        target=made.target,
        summary=" ".join([*_warnings(made, words), *([] if quiet else [switch.summary(made.target)])]),
        needs=path if (path := credentials.file_of(made.target, context)) and path.exists() else None,
        sources=_sources(made.target, words, context),
        begun=begun,
    )
    session = made.target.session
    if session and not cache_names.has_login(context, session):  # a logout came between
        shelf.forget(" ".join(words), made.target, context)


def renew(target: Target, words: Sequence[str], shell: Shell, context: Context, *, begun: float, quiet: bool) -> None:
    """Get new keys for *target* and keep them, unless another process has just done so; never ask for a login.

    Raise NotLoggedIn, after a note to the shells on the shelf, when the login is over; without asking, where another
    process has noted that just now. Raise ServiceError when that one takes long, and what a switch raises.
    """
    minimum = max(settings.load(context).renew_minutes * 60, roles.FRESH_FOR)
    family = shell.family or ""
    name = cache_names.digest(f"{target.key} {family}")
    login = cache_names.token_path(context, target.session) if target.session else None
    waiting = f"Waiting for another ssoenv that renews {target.name} …"
    with files.lock_if_possible(context, f"renew-{name}", waiting, _PATIENCE):
        if shelf.left(words, family, context) >= minimum:
            return
        if login and shelf.is_noted_over(words, family, login, context):
            raise NotLoggedIn(f"There is still no valid login for {target.name}.")
        try:
            made = switch.to_keys(target, context.unattended, None, minimum)
        except NotLoggedIn:
            shelf.note_over(words, family, login, context)
            raise
        keep(made, words, shell, context, begun=begun, quiet=quiet)
        until = made.change.expiration
        if settings.load(context).shelf and until and context.now() + shelf.left(words, family, context) < until - 1:
            context.say(
                f"New keys are there, but no shell can take them: {shelf.folder(context)} can't be written, or a file "
                f"that they depend on, such as {config.file_of(context)}, is dated in the future. "
                f"Type: ssouse {shlex.join(words)}"
            )


def forget(words: Sequence[str], context: Context) -> None:
    """Delete the keys kept for *words*, on the shelf and in the AWS CLI's cache; without any, all that is on the shelf.

    Raise UsageError where nothing is known of them.
    """
    if not words:
        shelf.empty(context)
        context.say("The shelf is empty.")
        return
    name = " ".join(words)
    found = finding.known(name, context)
    count = shelf.forget(name, found, context)
    if found and (path := credentials.file_of(found, context)):
        files.delete(path)
    elif not count:
        one = f"Of several names, one at a time: ssouse --forget {shlex.quote(words[0])}"
        cure = "See: ssoenv list" if found or len(words) == 1 else one
        raise UsageError(f"Nothing is kept for {name}.", cure)
    context.say(f"No keys are kept for {name} any more.")


def _warnings(made: Switch, words: Sequence[str]) -> Iterator[str]:
    """Yield what this switch warns of, which is to be said each time."""
    if made.warning:
        yield made.warning
    # Where none is typed it was chosen before, and told of then.
    if made.target.region and any(word.startswith("--region") for word in words):
        from ssoenv.aws import regions

        if sentence := regions.warning(made.target.region):
            yield sentence


def _sources(target: Target, words: Sequence[str], context: Context) -> list[Path]:
    """Return the files that make *words* mean *target*."""
    sources = [config.file_of(context), config.credentials_file_of(context), context.settings_file]
    # An older file may take the place of one, by a rename or a link. In a folder of another use much else changes, too.
    if not context.environ.get("AWS_CONFIG_FILE"):
        sources.append(config.file_of(context).parent)
    # Behind the name of one there may be options; behind the first of several words there are others.
    name = words[0] if words and all(word.startswith("-") for word in words[1:2]) else None
    if name is None or name != target.profile:  # so an alias, or what a login grants
        sources += [*remembered.files_of(context), sessions.file_of(context)]
    if target.session:  # what was listed tells what a role is called, and the account of a profile
        sources.append(inventory_file.file_of(target.session, context))
    return sources
