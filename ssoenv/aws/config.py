"""``~/.aws/config``: its profiles and SSO sessions, read as the AWS CLI and SDKs read it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import NamedTuple

from ssoenv import files
from ssoenv.aws import credential_process
from ssoenv.aws.ini import IniFile, comparable, header_of, name_in_header
from ssoenv.context import Context
from ssoenv.errors import ConfigError, UsageError
from ssoenv.text import did_you_mean

# They name other files than ~/.aws/config and ~/.aws/credentials.
VARIABLES = ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE")

# The scope that brings a refresh token: `aws configure sso` writes it, and without any `aws sso login` asks for it.
ACCOUNT_ACCESS = ("sso:account:access",)

# What to do about a config file that can't be read.
CURE = "Look at its owner and mode, or let AWS_CONFIG_FILE name another."
CREDENTIALS_CURE = "Look at its owner and mode, or let AWS_SHARED_CREDENTIALS_FILE name another."
_SET_UP = "Set one up with: ssoenv configure"
_SEE_LIST = "See: ssoenv list"
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_NOTE = re.compile(r"\s[#;]")

# How the headers of other sections begin that AWS tools read.
_NO_PROFILES = ("plugins", "preview", "services ")

_SSO_KEYS = frozenset({"sso_account_id", "sso_role_name"})
# Any of these makes the SDKs assume that role before they look at the profile's SSO keys.
_BEFORE_SSO = ("role_arn", "web_identity_token_file")
_BEFORE_PROCESS = (*_BEFORE_SSO, *_SSO_KEYS, "login_session")
_OTHER_KINDS = (*_BEFORE_SSO, "credential_process", "aws_access_key_id", "login_session")


class UnknownProfile(UsageError):
    """No profile of the config file has that name."""


class _Rule(NamedTuple):
    """What a key's value looks like."""

    pattern: re.Pattern[str]
    meaning: str
    example: str


_REGION = _Rule(re.compile("[a-z0-9-]+"), "a region", "eu-west-1")
_RULES = {
    "sso_account_id": _Rule(re.compile(credential_process.ACCOUNT_ID), "an account id of 12 digits", "123456789012"),
    "sso_role_name": _Rule(re.compile(credential_process.ROLE_NAME, re.ASCII), "a role name", "ReadOnly"),
    "sso_region": _REGION,
    "region": _REGION,
    # http carries the start URL of a portal on this machine only.
    "sso_start_url": _Rule(
        re.compile(
            r"(https://[A-Za-z0-9.-]+|https?://(localhost|127(\.[0-9]{1,3}){3}|\[::1\]))(:[0-9]+)?([/?#][!-~]*)?"
        ),
        "an https address",
        "https://NAME.awsapps.com/start",
    ),
}


def is_region(text: str) -> bool:
    """Tell whether *text* has the form of a region's name; whether the region exists is AWS's to say."""
    return _REGION.pattern.fullmatch(text) is not None


def is_start_url(text: str) -> bool:
    """Tell whether *text* has the form of a start URL; whether a portal answers there is AWS's to say."""
    return _RULES["sso_start_url"].pattern.fullmatch(text) is not None


def bare(start_url: str) -> str:
    """Return *start_url* without what a browser's address bar adds to it, as in ``…/start/#/``; so two are compared."""
    return start_url.partition("#")[0].rstrip("/")


class Session(NamedTuple):
    """Where one logs in: an ``[sso-session]`` (*name*), or the start URL of legacy profiles (*name* is None).

    *scopes* are those of ``sso_registration_scopes``, None when the key is absent. *profile* is the one that it was
    found by, of which botocore takes what concerns endpoints and certificates, as with ``aws sso login --profile``.
    """

    name: str | None
    start_url: str
    region: str
    scopes: tuple[str, ...] | None
    profile: str | None = None

    @property
    def key(self) -> str:
        """What the user calls it: its name, or the start URL of one without.

        Its SHA-1 names the token file, so it is never normalised (botocore: ``SSOTokenLoader``).
        """
        return self.start_url if self.name is None else self.name

    @property
    def portal(self) -> tuple[str, str]:
        """What is the same for all sessions of one portal."""
        return bare(self.start_url), self.region


class SsoRole(NamedTuple):
    """A role in an account, by the session that grants it."""

    session: Session
    account_id: str
    role_name: str


class Profile(NamedTuple):
    """A profile that stands for one role in one account."""

    name: str
    session: Session
    account_id: str
    role_name: str
    region: str | None


class _Section(NamedTuple):
    """A header's text, its line, and the line of each key, counted from 1."""

    header: str
    line: int
    options: dict[str, int]


def load(context: Context) -> Config:
    """Read the config file of *context*, or the one that ``AWS_CONFIG_FILE`` names.

    A file that does not exist is a `Config` without profiles. Raise ConfigError when the file can't be read, or when
    botocore would refuse it as a whole.
    """
    path = file_of(context)
    return Config(path, read(path))


def read(path: Path) -> bytes | None:
    """Return what the config file *path* holds, None when there is none; raise ConfigError when it can't be read."""
    return files.read(path, CURE)


def file_of(context: Context) -> Path:
    """Return the path of the config file."""
    return _path(context, VARIABLES[0], "config")


def credentials_file_of(context: Context) -> Path:
    """Return the path of the credentials file."""
    return _path(context, VARIABLES[1], "credentials")


def variables(file: Path, credentials_file: Path) -> dict[str, str]:
    """Return the variables that let a program read these two files."""
    return dict(zip(VARIABLES, map(str, (file, credentials_file)), strict=True))


def _path(context: Context, variable: str, name: str) -> Path:
    """Return the path in *variable*, with ``~`` and ``$NAME`` expanded as botocore does, or *name* in ``~/.aws``."""
    named = context.environ.get(variable)
    if not named:
        return context.home / ".aws" / name
    named = re.sub(
        r"\$(?:(\w+)|\{([^}]*)\})",
        lambda match: context.environ.get(match[1] or match[2], match[0]),
        named,
        flags=re.ASCII,
    )
    if re.match(r"~(?:[/\\]|$)", named):
        return Path(f"{context.home}{named[1:]}")
    return Path(os.path.expanduser(named))  # noqa: PTH111 - Path.expanduser raises for an unknown ~user


class Config(IniFile):
    """The profiles and sessions of one config file."""

    def __init__(self, path: Path, data: bytes | None) -> None:
        """Take the file's *path*, and its bytes or None when it does not exist; raise ConfigError as `load` does."""
        super().__init__(path, data)
        # Name -> header. Prefixes match loosely, and of two headers that spell one name the last wins, as in
        # botocore's build_profile_map.
        self._profiles: dict[str, str] = {}
        self._sessions: dict[str, str] = {}
        for header in self._options:
            if header.startswith("profile"):
                if (name := name_in_header(header)) is not None:
                    self._profiles[name] = header
            elif header.startswith("sso-session"):
                if (name := name_in_header(header)) is not None:
                    self._sessions[name] = header
            elif header == "default":
                self._profiles[header] = header

    def has(self, name: str) -> bool:
        """Tell whether there is a profile *name*."""
        return name in self._profiles

    def profile_names(self) -> list[str]:
        """Return the names of all profiles, in the order of the file."""
        return list(self._profiles)

    def sso_profile_names(self) -> list[str]:
        """Return the names of the profiles that have an SSO account or role, in the order of the file."""
        return [name for name in self._profiles if self.is_sso(name)]

    def is_sso(self, name: str) -> bool:
        """Tell whether the profile *name* has an SSO account or role, by its keys or ssoenv's or granted's process."""
        if name not in self._profiles:
            return False
        options = self._options[self._profiles[name]]
        return not _SSO_KEYS.isdisjoint(options) or self._process_of(options) is not None

    def skipped(self, name: str) -> UnknownProfile | None:
        """Return the error for a header that looks like one of the profile *name*, and that AWS tools skip, if any."""
        header = self._skipped("profile", name)
        if header is None:
            return None
        line = self._header_lines[header]
        return UnknownProfile(
            f"There is no profile {name}: in {self.path}, line {line}, AWS tools skip [{header}].",
            f"Change that line to: {header_of('profile', name)}",
        )

    def profile_settings(self, name: str) -> dict[str, str]:
        """Return the settings of the profile *name*, unchecked; none when there is no such profile."""
        options = self._options[self._profiles[name]] if name in self._profiles else {}
        return {key: value for key, line in options.items() if (value := self._value(line)) is not None}

    def profile(self, name: str) -> Profile:
        """Return the SSO profile *name*, whole and checked.

        Raise UnknownProfile, with the nearest names, when no profile has that name, and ConfigError when the profile
        has a gap or a contradiction or is of another kind.
        """
        if not name or _CONTROL.search(name):
            fault = "holds a control character" if name else "is empty"
            raise UsageError(f"The profile name {fault}.", _SEE_LIST)
        if name not in self._profiles:
            raise self._unknown_profile(name)
        section = self._section(self._profiles[name])
        options = section.options
        # By its own account or role botocore knows an SSO profile; those of its session alone don't make it one.
        is_sso = not _SSO_KEYS.isdisjoint(options)
        role = self._process_of(options)
        if role is None:
            self._refuse_kinds(section, _BEFORE_SSO if is_sso else _OTHER_KINDS)
        session = self._session_of(section)
        if is_sso and session.name is not None:
            section = self._merge(section, self._section(self._sessions[session.name]))
        return Profile(
            name=name,
            session=session._replace(profile=name),
            account_id=role.account_id if role else self._checked(section, "sso_account_id"),
            role_name=role.role_name if role else self._checked(section, "sso_role_name"),
            # An empty region is no region; that of [default] is never inherited.
            region=self._checked(section, "region") if self._value(options.get("region")) else None,
        )

    def sessions(self, tell: Callable[[ConfigError], object] | None = None) -> list[Session]:
        """Return each ``[sso-session]``, then each start URL and region of the profiles that have no such session.

        Raise ConfigError when one of them has a gap; or hand it to *tell*, and go on.
        """
        legacy = (
            partial(self._session_of, self._section(header))
            for header in self._profiles.values()
            if "sso_start_url" in (options := self._options[header])
            or ((role := self._process_of(options)) and role.start_url)
        )
        found = []
        for read in [*(partial(self.session, name) for name in self._sessions), *legacy]:
            try:
                found.append(read())
            except ConfigError as error:
                if tell is None:
                    raise
                tell(error)
        return list(dict.fromkeys(found))

    def session(self, name: str) -> Session:
        """Return the ``[sso-session]`` *name*.

        Raise UsageError, with the nearest names, when there is none, and ConfigError when it has a gap.
        """
        if name not in self._sessions:
            cure = did_you_mean(name, self._sessions, otherwise=_SET_UP)
            raise UsageError(f"There is no SSO session {name} in {self.path}.", cure)
        section = self._section(self._sessions[name])
        if not name or _CONTROL.search(name):
            fault = "holds a control character" if name else "is empty"
            raise self._broken(section.line, f"the session's name {fault}.", "Rename it.")
        scopes = self._value(section.options.get("sso_registration_scopes"))
        return Session(
            name=name,
            start_url=self._checked(section, "sso_start_url"),
            region=self._checked(section, "sso_region"),
            scopes=None if scopes is None else tuple(filter(None, map(str.strip, scopes.split(",")))),
        )

    def find_session(self, text: str) -> Session:
        """Return the session that *text* means: by its name, a profile that uses it, or its start URL.

        Raise UsageError when none or several fit, and ConfigError when the one meant has a gap.
        """
        if text in self._sessions:
            return self.session(text)
        if text in self._profiles:
            return self._session_of(self._section(self._profiles[text]))._replace(profile=text)
        there = self.sessions()
        # The start URL is what a legacy session is called, also where a named one is of the same portal.
        found = [session for session in there if session.key == text]
        found = found or [session for session in there if session.start_url == text]
        if not found:
            cure = did_you_mean(text, [*self._sessions, *self._profiles], otherwise=_SEE_LIST)
            raise UsageError(f"No SSO session, profile or start URL in {self.path} is {text}.", cure)
        if len(found) > 1:
            several = ", ".join(f"{session.key} ({session.region})" for session in found)
            raise UsageError(f"Several SSO sessions fit: {several}.", "Name one, or a profile that uses it.")
        return found[0]

    def _skipped(self, kind: str, name: str) -> str | None:
        """Return the header that looks like that of a *kind* called *name* and that AWS tools skip, if any."""
        read = (*self._profiles.values(), *self._sessions.values())
        for header in self._options:
            # Such as [dev], [ profile dev ], [Profile dev] and [profile a b].
            if header.rstrip().endswith(name) and not header.startswith(_NO_PROFILES) and header not in read:
                looks_like = re.sub(rf"^{kind}\s+", "", header.strip(), flags=re.IGNORECASE)
                if looks_like == name:
                    return header
        return None

    def _section(self, header: str) -> _Section:
        return _Section(header, self._header_lines[header], self._options[header])

    def _session_of(self, section: _Section) -> Session:
        """Return the session that a profile's *section* logs in to."""
        role = self._process_of(section.options)
        if role and role.start_url and role.sso_region:
            return Session(name=None, start_url=role.start_url, region=role.sso_region, scopes=None)
        name = role.session if role else self._value(section.options.get("sso_session"))
        example = next(iter(self._sessions), "NAME")
        if name is None:
            if "sso_start_url" not in section.options:
                raise self._broken(
                    section.line,
                    f"[{section.header}] has neither sso_session nor sso_start_url.",
                    f"Add a line to it: sso_session = {example}",
                )
            start_url, region = (self._checked(section, key) for key in ("sso_start_url", "sso_region"))
            return Session(name=None, start_url=start_url, region=region, scopes=None)
        if not name and not role:
            raise self._broken(
                section.options["sso_session"],
                f"The sso_session of [{section.header}] is empty.",
                f"Write that line as: sso_session = {example}",
            )
        if name not in self._sessions:
            if skipped := self._skipped("sso-session", name):
                raise self._broken(
                    self._header_lines[skipped],
                    f"AWS tools skip [{skipped}], which [{section.header}] names.",
                    f"Change that line to: {header_of('sso-session', name)}",
                )
            raise self._broken(
                section.options["credential_process" if role else "sso_session"],
                f"[{section.header}] names the sso-session {name}, which is not in the file.",
                did_you_mean(name, self._sessions, otherwise=f"Add {header_of('sso-session', name)} to it."),
            )
        return self.session(name)

    def _process_of(self, options: Mapping[str, int]) -> credential_process.Role | None:
        """Return the role for which a profile with *options* has ssoenv's or granted's process, or None."""
        if "credential_process" not in options or any(key in options for key in _BEFORE_PROCESS):
            return None
        line = self._value(options["credential_process"]) or ""
        role = credential_process.role_of(line) or self._role_of_granted(line, options)
        if role and role.start_url and not (is_start_url(role.start_url) and is_region(role.sso_region or "")):
            return None
        return role

    def _role_of_granted(self, line: str, options: Mapping[str, int]) -> credential_process.Role | None:
        """Return the role for which granted is asked by *line*, if that names this very profile, which tells all."""
        named = credential_process.profile_of_granted(line)
        if named is None or self._options.get(self._profiles.get(named, "")) is not options:
            return None
        keys = ("account_id", "role_name", "start_url", "region")
        lines = [options.get(f"granted_sso_{key}") for key in keys]
        account_id, role_name, start_url, region = [self._value(line) if line else None for line in lines]
        found = credential_process.split_name(f"{account_id}/{role_name}")
        if found is None or not start_url or not region:
            return None
        return credential_process.Role(*found, start_url=start_url, sso_region=region)

    def _merge(self, profile: _Section, session: _Section) -> _Section:
        """Return *profile* with what its *session* adds; a key in both must have one value, as for botocore."""
        for key, line in session.options.items():
            own = profile.options.get(key, line)
            if comparable(self._value(own)) != comparable(self._value(line)):
                raise self._broken(
                    own,
                    f"{key} of [{profile.header}] is not that of [{session.header}] in line {line}.",
                    "Remove one of the two lines.",
                )
        return profile._replace(options=session.options | profile.options)

    def _refuse_kinds(self, section: _Section, keys: Iterable[str]) -> None:
        for key in keys:
            if key in section.options:
                raise self._broken(
                    section.options[key],
                    f"[{section.header}] is not an SSO profile (it has {key}).",
                    _SEE_LIST,
                )

    def _checked(self, section: _Section, key: str) -> str:
        """Return the value of *key*, which must be there and have its form."""
        rule = _RULES[key]
        line = section.options.get(key)
        value = self._value(line)
        if line is None or value is None:
            cure = f"Add a line to it, such as: {key} = {rule.example}"
            raise self._broken(section.line, f"[{section.header}] has no {key}.", cure)
        if rule.pattern.fullmatch(value):
            return value
        cure = f"Write it as in: {key} = {rule.example}"
        if _NOTE.search(value):
            cure = "Move the note to its own line: AWS tools take it as part of the value."
        elif key == "sso_account_id" and re.fullmatch("[0-9]{1,11}", value):
            cure = f"Were its leading zeros lost? Write: {key} = {value:0>12}"
        raise self._broken(line, f'{key} of [{section.header}] is not {rule.meaning}: "{value[:80]}".', cure)

    def _unknown_profile(self, name: str) -> UsageError:
        if not self._exists:
            return UnknownProfile(f"There is no profile {name}: {self.path} does not exist.", _SET_UP)
        if name in self._sessions:
            return UnknownProfile(f"{name} is an SSO session, not a profile.", f"Name a profile of it. {_SEE_LIST}")
        if skipped := self.skipped(name):
            return skipped
        cure = did_you_mean(name, self._profiles, otherwise=_SEE_LIST if self._profiles else _SET_UP)
        return UnknownProfile(f"There is no profile {name} in {self.path}.", cure)
