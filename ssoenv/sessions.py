"""The sessions there are: those of ``~/.aws/config``, and those that a login without any configuration made.

The latter are kept in ``sessions.json`` beside the settings: name, start URL and region, and no secret.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from ssoenv import files
from ssoenv.aws.config import ACCOUNT_ACCESS, Config, Session, bare, is_region, is_start_url
from ssoenv.context import Context
from ssoenv.errors import ConfigError, UsageError

_NAME = r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}"


def remembered(context: Context) -> list[Session]:
    """Return the sessions that are in no config file of the AWS CLI's, as they were made."""
    entries = (files.read_json(file_of(context), context) or {}).get("sessions")
    if not isinstance(entries, dict):
        return []
    return [
        Session(name, start_url, region, ACCOUNT_ACCESS)
        for name, entry in entries.items()
        if isinstance(entry, dict)
        and isinstance(start_url := entry.get("start_url"), str)
        and isinstance(region := entry.get("region"), str)
        and re.fullmatch(_NAME, name)
        and is_start_url(start_url)
        and is_region(region)
    ]


def remember(session: Session, context: Context) -> None:
    """Keep *session*, in place of another of its name. Raise ConfigError when the file can't be written."""
    with files.json_to_change(file_of(context), context) as content:
        kept = {other.name: other for other in [*remembered(context), session]}
        entries = {name: {"start_url": each.start_url, "region": each.region} for name, each in kept.items() if name}
        content["sessions"] = entries


def forget(session: Session, context: Context) -> None:
    """Remember *session* no more. Raise UsageError when it never was, as a config file has it."""
    with files.json_to_change(file_of(context), context) as content:
        if session.name not in {each.name for each in remembered(context)}:
            raise UsageError(f"{session.key} is in a config file, so nothing was changed.", "Take it out there.")
        del content["sessions"][session.name]


def known(config: Config, context: Context, tell: Callable[[ConfigError], object] | None = None) -> list[Session]:
    """Return all sessions: the config file's, then the remembered ones that it has not.

    What is wrong with one of the config file is handed to *tell*; without it, raise that ConfigError.
    """
    of_config = config.sessions(tell)
    names = {session.name for session in of_config}
    return [*of_config, *(session for session in remembered(context) if session.name not in names)]


def portals(config: Config, context: Context) -> list[Session]:
    """Return all sessions, without legacy ones whose portal a named one, or the first of them, stands for."""
    return without_twins(sorted(known(config, context), key=lambda session: session.name is None))


def without_twins(ordered: Iterable[Session]) -> list[Session]:
    """Return the sessions, less legacy ones whose portal one before them stands for."""
    found: list[Session] = []
    for session in ordered:
        if session.name or session.portal not in {other.portal for other in found}:
            found.append(session)
    return found


def find(
    text: str | None,
    config: Config,
    context: Context,
    among: Callable[[Config, Context], list[Session]] = known,
) -> Session:
    """Return the session that *text* means: by its name, a profile that uses it, its start URL, or as `list` shows it.

    None means the only one *among* those there are, or the one that the user chooses. Raise UsageError when none fits
    or nobody is there to choose, ConfigError when there is no session at all or the one meant has a gap.
    """
    if text is None:
        return _choose(among(config, context), config, context)
    try:
        return config.find_session(text)
    except (UsageError, ConfigError) as error:
        for session in remembered(context):
            if text in (session.name, session.start_url):
                return session
        if isinstance(error, UsageError):
            legacy = without_twins(session for session in config.sessions() if session.name is None)
            shown_so = [session for session in legacy if name_for(session.start_url) == text]
            if len(shown_so) == 1:
                return shown_so[0]
            if is_start_url(in_full(text)):
                cure = "To log in to a portal that is not configured: ssoenv login --start-url URL"
                raise UsageError(error.sentence, cure) from error
        raise


def _choose(there: Sequence[Session], config: Config, context: Context) -> Session:
    if not there:
        raise ConfigError(
            f"There is no SSO session in {config.path}.",
            "Set one up with: ssoenv configure, or log in with: ssoenv login --start-url URL",
        )
    if len(there) == 1:
        return there[0]
    cure = "Name one, or a profile that uses it."
    if not context.terminal:
        several = ", ".join(f"{session.key} ({session.region})" for session in there)
        raise UsageError(f"There are several SSO sessions: {several}.", cure)
    from ssoenv.terminal import Row, pick

    own = _of_shell(config, context)
    there = sorted(there, key=lambda session: session.key != own)
    return there[pick([Row(shown(session)) for session in there], "SSO session", context, instead=cure)]


def _of_shell(config: Config, context: Context) -> str | None:
    """Return the key of the session whose profile this shell has been switched to, None where that can't be told."""
    with suppress(UsageError, ConfigError):
        return config.find_session(context.environ.get("AWS_SSO_PROFILE", "")).key
    return None


def shown(session: Session) -> str:
    """Return the line that shows *session* to who chooses one."""
    return f"{session.name or 'older profiles'}, {session.start_url} ({session.region})"


def make(name: str | None, start_url: str, region: str | None, config: Config, context: Context) -> Session:
    """Return the session of the portal at *start_url*: a known one, or a new one called *name* or after the portal.

    Raise UsageError when a value has not its form, the region is missing and can't be found out, or the name is another
    session's. What is new is not remembered yet.
    """
    start_url = bare(in_full(start_url))
    _check(name, start_url, region)
    for session in known(config, context):
        if bare(session.start_url) == start_url and name in (None, session.name) and region in (None, session.region):
            return session
    name = name or name_for(start_url)
    for session in known(config, context):
        if session.name == name and not _is_mistaken(session, start_url, context):
            raise UsageError(
                f"There is a session {name} already, for {session.start_url} in {session.region}.",
                "Give this one another name: --session NAME",
            )
    if region is None:
        from ssoenv.aws import start_urls

        region = start_urls.discover_region(start_url)
    if region is None:
        raise UsageError(
            f"The SSO region of {start_url} can't be found out.",
            "Add --sso-region REGION: the address of the portal's sign-in page shows it as region=…",
        )
    return Session(name, start_url, region, ACCOUNT_ACCESS)


def _is_mistaken(session: Session, start_url: str, context: Context) -> bool:
    """Tell whether *session* may be a try with the wrong region: no login works, and no config file has it."""
    from ssoenv.aws import tokens  # no switch asks for this

    is_of_portal = bare(session.start_url) == start_url and session in remembered(context)
    return is_of_portal and not tokens.is_logged_in(context, session)


def _check(name: str | None, start_url: str, region: str | None) -> None:
    if not is_start_url(start_url):
        raise UsageError(f"{start_url} is no start URL.", "It looks like https://NAME.awsapps.com/start.")
    if region is not None and not is_region(region):
        raise UsageError(f'"{region}" is not a region.', "Write it as in: --sso-region eu-west-1")
    if name is not None and not re.fullmatch(_NAME, name):
        raise UsageError(f'"{name}" can\'t name a session.', "Use letters, digits and . _ - only.")


def in_full(start_url: str) -> str:
    """Return *start_url* as it was typed, or with the ``https://`` that portals of AWS's may be typed without."""
    from ssoenv.aws import start_urls

    return f"https://{start_url}" if start_urls.is_portal(f"https://{start_url}") else start_url


def name_for(start_url: str) -> str:
    """Return a name for the portal: its id where the path has one, its own label at AWS's hosts, else the host."""
    from urllib.parse import urlsplit

    address = urlsplit(start_url)
    host = (address.hostname or "").strip("[]").replace(":", "-")
    for part in address.path.split("/"):
        if re.fullmatch(r"(d|ssoins)-[A-Za-z0-9]+", part):
            return part
    label, _, rest = host.partition(".")
    return label if rest.endswith(("awsapps.com", "awsapps.cn", "awsapps.eu", "app.aws", "amazonaws.com")) else host


def file_of(context: Context) -> Path:
    """Return the file that keeps the sessions that are in no config file."""
    return context.settings_file.parent / "sessions.json"
