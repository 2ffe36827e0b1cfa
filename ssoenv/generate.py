"""A profile for each role that is granted: what ``configure --all`` writes, and what it prunes."""

from __future__ import annotations

import hashlib
import os
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from ssoenv import files
from ssoenv.aws import credential_process
from ssoenv.aws.config import Config, Session, is_region
from ssoenv.aws.edit import Draft, Section, editing
from ssoenv.context import Context
from ssoenv.errors import ConfigError, UsageError
from ssoenv.targets import Grant
from ssoenv.text import fits, without_accents

FIELDS = ("account", "account_id", "role", "email", "session")
"""What stands in braces in a template of names."""

# The AWS SDK for JavaScript takes no other characters in a profile's name.
_UNSAFE = re.compile(r"[^A-Za-z0-9_.@+:/-]+")
_PLACE = re.compile(r"\{([^{}]*)\}")
# The first two tell the login, all of them the role.
_IDENTITY = ("sso_session", "sso_start_url", "sso_account_id", "sso_role_name")
_Identity = tuple[str | None, ...]


@dataclass(frozen=True)
class Rules:
    """Which grants become profiles, and how these look.

    *accounts* are globs of which one must match an account's name or id, *roles* those for a role's name, in any case
    of letters; none match all. *name* is the template of names, with `FIELDS` in braces. *regions* are ``REGION``, or
    ``GLOB=REGION`` for accounts; the first glob that matches wins, then the bare region. A region or an *output* that
    is not given stays as a profile has it; "" takes it out. *process* tells whether tools shall get the credentials by
    ssoenv as the ``credential_process`` or by SSO keys; None leaves that, too, as a profile has it. Raise UsageError
    for a template or a region that means nothing.
    """

    accounts: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    name: str = "{account}-{role}"
    regions: tuple[str, ...] = ()
    output: str | None = None
    process: bool | None = None

    def __post_init__(self) -> None:
        places = _PLACE.findall(self.name)
        for place in places:
            if place not in FIELDS:
                known = ", ".join(f"{{{name}}}" for name in FIELDS)
                raise UsageError(f"The name template has no {{{place}}}.", f"There are: {known}.")
        if not places or re.search("[{}]", _PLACE.sub("", self.name)):
            raise UsageError(f'"{self.name}" is not a template for names.', "Write it as in: {account}-{role}")
        for rule in self.regions:
            region = rule.rpartition("=")[2]
            if region and not is_region(region):
                raise UsageError(f'"{region}" is not a region.', "Write it as in: eu-west-1, or prod-*=eu-west-1")

    def picks(self, grant: Grant) -> bool:
        """Tell whether *grant* becomes a profile."""
        of_account = any(fits(glob, grant.account_name, grant.account_id) for glob in self.accounts or ("*",))
        return of_account and any(fits(glob, grant.role_name) for glob in self.roles or ("*",))

    def base(self, grant: Grant) -> str:
        """Return the name for *grant* before collisions are looked for."""
        values = {
            "account": _safe(grant.account_name) or grant.account_id,
            "account_id": grant.account_id,
            "role": _safe(grant.role_name),
            "email": _safe(grant.email) or grant.account_id,
            "session": _safe(grant.session.key),
        }
        return _safe(_PLACE.sub(lambda place: values[place[1]], self.name)) or grant.account_id

    def settings(self, grant: Grant, before: Mapping[str, str] | None = None) -> dict[str, str]:
        """Return what the profile of *grant* holds; *before* is what it held until now."""
        role = credential_process.Role.of(grant.session, grant.account_id, grant.role_name)
        as_process = "credential_process" in (before or {}) if self.process is None else self.process
        settings = {"credential_process": credential_process.line(role)} if as_process else _sso_keys(role)
        for key, given in {"region": self._region(grant), "output": self.output}.items():
            if value := (before or {}).get(key) if given is None else given:
                settings[key] = value
        return settings

    def idle_globs(self, grants: Iterable[Grant]) -> list[str]:
        """Return the globs of *regions* that the account of none of *grants* matches."""
        names = {(grant.account_name, grant.account_id) for grant in grants}
        globs = [glob for glob, delimiter, _region in (rule.rpartition("=") for rule in self.regions) if delimiter]
        return [glob for glob in globs if not any(fits(glob, *of_one) for of_one in names)]

    def _region(self, grant: Grant) -> str | None:
        rules = sorted((rule.rpartition("=") for rule in self.regions), key=lambda rule: not rule[1])
        return next(
            (
                region
                for glob, delimiter, region in rules
                if not delimiter or fits(glob, grant.account_name, grant.account_id)
            ),
            None,
        )


@dataclass
class Plan:
    """What a run does to a config file.

    *changes* are for `Draft.edited`. *added*, *updated*, *unchanged* and *removed* are the names of profiles.
    *renamed* has the profiles whose name is not what the template makes, *skipped* those that were left to the user,
    each with the reason, which is the end of a sentence.
    """

    changes: dict[Section, dict[str, str | None] | None] = field(default_factory=dict)
    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    renamed: dict[str, str] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)


def plan(draft: Draft, grants: Collection[Grant], rules: Rules, written: Collection[str], *, prune: bool) -> Plan:
    """Return how *draft* comes to have a profile for each of *grants* that *rules* pick.

    *written* is what `written` returns. A profile that ssoenv did not write, or that was changed since, is left alone.
    A name that exists never comes to mean another role: the newcomer gets its account's id behind its name, then a
    number. With *prune* go the profiles that ssoenv wrote for roles that are not among *grants*; they must be all that
    their sessions grant, whatever the rules pick, and a session without any grant prunes nothing.

    Raise ConfigError when the file has an SSO session of the same name for another portal.
    """
    made = Plan()
    profiles = {name: draft.settings(Section("profile", name)) or {} for name in draft.profile_names()}
    ours = {name for name in profiles if _digest(draft, name) in written}
    chosen = sorted({grant for grant in grants if rules.picks(grant)}, key=_order)
    for session in dict.fromkeys(grant.session for grant in chosen):
        plan_session(made, draft, session)
    for name, grant in sorted(_names(made, chosen, rules, profiles, ours).items(), key=lambda named: named[0]):
        settings = rules.settings(grant, profiles.get(name))
        section = Section("profile", name)
        if name not in profiles:
            made.added.append(name)
            made.changes[section] = {**settings}
        elif name not in ours:
            made.skipped[name] = "ssoenv did not write it, or it was changed since"
        elif profiles[name] == settings:
            made.unchanged.append(name)
        else:
            made.updated.append(name)
            made.changes[section] = {**dict.fromkeys(profiles[name]), **settings}
    if prune:
        granted = {_identity(rules.settings(grant)) for grant in grants}
        _plan_removals(made, granted, profiles, ours)
    return made


def _plan_removals(
    made: Plan, granted: Collection[_Identity], profiles: Mapping[str, Mapping[str, str]], ours: Collection[str]
) -> None:
    """Let *made* remove those of *profiles* whose role is not *granted*, though roles of its login are."""
    logins = {identity[:2] for identity in granted}
    for name, settings in profiles.items():
        identity = _identity(settings)
        if identity[:2] not in logins or identity in granted:
            continue
        if name in ours:
            made.removed.append(name)
            made.changes[Section("profile", name)] = None
        else:
            made.skipped[name] = "you no longer have its role, but ssoenv did not write it, or it was changed since"


def plan_session(made: Plan, draft: Draft, session: Session) -> None:
    """Let *made* add the *session*'s section where the file lacks it, as a file other than ~/.aws/config may."""
    if session.name is None:
        return
    section = Section("sso-session", session.name)
    if draft.settings(section) is None:
        made.changes[section] = session_settings(session)
        return
    there = draft.session(session.name)
    if (there.start_url, there.region) != (session.start_url, session.region):
        raise ConfigError(
            f"{draft.path} has an sso-session {session.name} with another start URL or region.",
            "Rename one of the two sessions.",
        )


def session_settings(session: Session) -> dict[str, str | None]:
    """Return what the ``[sso-session]`` section of *session* holds."""
    scopes = None if session.scopes is None else ",".join(session.scopes)
    return {"sso_start_url": session.start_url, "sso_region": session.region, "sso_registration_scopes": scopes}


def apply(
    path: Path,
    state: Path,
    grants: Collection[Grant],
    rules: Rules,
    context: Context,
    *,
    prune: bool,
    seen: Config | None = None,
) -> Plan:
    """Write what `plan` says to the config file *path*, under the lock, and return the plan.

    *seen* is for `editing`. *state* is the file that remembers what was written. Raise ConfigError when one of the
    files can't be read or written; the config file is then as it was.
    """
    with editing(path, context, seen) as draft:
        before = written(state, path, context)
        made = plan(draft, grants, rules, before, prune=prune)
        after = draft.edited(made.changes)
        known = before.keys() | {_digest(after, name) for name in (*made.added, *made.updated)}
        own = {digest: name for name in after.profile_names() if (digest := _digest(after, name)) in known}
        # Before the file changes both its old and its new text are known as ours: a crash between the two writes
        # would else leave profiles behind that look like the user's.
        _remember(state, path, {**before, **own}, context)
        draft.save(after)
        _remember(state, path, own, context)
    return made


def written(state: Path, path: Path, context: Context) -> dict[str, str]:
    """Return what the file *state* remembers of the config file *path*: SHA-256 of a section's text → profile name."""
    remembered = (files.read_json(state, context) or {}).get(_key(path))
    return remembered if isinstance(remembered, dict) else {}


def is_safe_name(name: str) -> bool:
    """Tell whether every SDK reads a profile of that *name*."""
    return bool(name) and _safe(name) == name


def diff(before: bytes, after: bytes, path: Path) -> str:
    """Return the unified diff of two contents of the file *path*, as text of the file: not safe for a terminal."""
    import difflib

    def lines(data: bytes) -> list[str]:
        *ended, last = re.split("\r\n|\r|\n", data.decode())
        return [*ended, last] if last else ended

    return "\n".join(difflib.unified_diff(lines(before), lines(after), str(path), str(path), lineterm=""))


def _names(
    made: Plan, chosen: list[Grant], rules: Rules, profiles: Mapping[str, Mapping[str, str]], ours: Collection[str]
) -> dict[str, Grant]:
    """Return each profile's name and its grant, and note in *made* which names are not as the template makes them."""
    bases = {grant: rules.base(grant) for grant in chosen}
    shared = Counter(bases.values())
    there: dict[_Identity, list[str]] = defaultdict(list)
    for name, settings in profiles.items():
        there[_identity(settings)].append(name)
    names: dict[str, Grant] = {}
    for grant, base in bases.items():
        candidates = _candidates(base, grant.account_id)
        homes = [name for name in there[_identity(rules.settings(grant))] if _is_made_of(name, base, grant)]
        home = min(homes, key=lambda name: name not in ours, default=None)
        if home is None:
            # Of several with one name none gets it bare: the next listing may have them in another order.
            if shared[base] > 1 or base == "default":
                next(candidates)
            home = next(name for name in candidates if name not in profiles and name not in names)
        if home != base:
            fault = "several have that name" if shared[base] > 1 else "that name is taken"
            made.renamed[home] = f"the template makes it {base}, but {fault}"
        names[home] = grant
    return names


def _candidates(base: str, account_id: str) -> Iterator[str]:
    yield base
    yield f"{base}-{account_id}"
    yield from (f"{base}-{account_id}-{number}" for number in count(2))


def _is_made_of(name: str, base: str, grant: Grant) -> bool:
    return re.fullmatch(rf"{re.escape(base)}(-{re.escape(grant.account_id)}(-[0-9]+)?)?", name) is not None


def _sso_keys(role: credential_process.Role) -> dict[str, str]:
    """Return the settings by which SDKs know *role* themselves."""
    settings = {
        "sso_session": role.session,
        "sso_start_url": role.start_url,
        "sso_region": role.sso_region,
        "sso_account_id": role.account_id,
        "sso_role_name": role.role_name,
    }
    return {key: value for key, value in settings.items() if value is not None}


def _identity(settings: Mapping[str, str]) -> _Identity:
    """Return which role of which login a profile's *settings* mean."""
    if role := credential_process.role_of(settings.get("credential_process", "")):
        settings = _sso_keys(role)
    return tuple(settings.get(key) for key in _IDENTITY)


def _order(grant: Grant) -> tuple[str, str, str]:
    return grant.session.key, grant.account_id, grant.role_name


def _safe(text: str) -> str:
    # A dash at the front would make the name an option on a command line.
    return _UNSAFE.sub("-", without_accents(text)).strip("-")


def _digest(draft: Draft, name: str) -> str:
    return hashlib.sha256((draft.text(Section("profile", name)) or "").encode()).hexdigest()


def _key(path: Path) -> str:
    return os.path.realpath(path)


def _remember(state: Path, path: Path, texts: Mapping[str, str], context: Context) -> None:
    content = files.read_json(state, context) or {}
    if content.get(_key(path), {}) != texts:
        files.write_json(state, {**content, _key(path): dict(texts)})
