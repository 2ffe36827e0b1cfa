"""Name -> Target: the account, role and session that a name stands for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from ssoenv.aws.config import Profile, Session, SsoRole, is_region
from ssoenv.aws.profiles import OtherProfile
from ssoenv.errors import UsageError
from ssoenv.text import did_you_mean, first_few, fold, printable

_ARN = r"arn:aws[a-z-]*:(?:iam|sts)::([0-9]{12}):(?:role|assumed-role)/(.+)"
# What the portal calls a block of option 2, and what `aws configure sso` calls a profile.
_OTHER_FORMS = (r"(?P<account>[0-9]{12})_(?P<role>.+)", r"(?P<role>.+)-(?P<account>[0-9]{12})")
# An account's id where one of AWS's forms, or who types, has it. Nobody's name or e-mail address counts beside that.
_ID = re.compile(r"(?:\A| )([0-9]{12})(?=[/ _-]|\Z)|-([0-9]{12})\Z")
# The role that Identity Center makes in an account for a permission set.
_RESERVED = r"AWSReservedSSO_(.+)_[0-9a-f]{16}"


class Grant(NamedTuple):
    """A role that the user has in an account. Names and e-mail are as others typed them."""

    session: Session
    account_id: str
    account_name: str
    email: str
    role_name: str


@dataclass(frozen=True)
class Target:
    """What to switch to: *name* is what a prompt shows, *profile* its name in the config file if it is there.

    Without a *session* it is a profile of another kind than SSO, whose keys come by botocore's own providers; account
    and role are then those of its ``role_arn``, if it has one; *cache_key* is as in `OtherProfile`.
    """

    name: str
    session: Session | None
    account_id: str | None
    role_name: str | None
    region: str | None
    profile: str | None = None
    account_name: str | None = None
    email: str | None = None
    cache_key: str | None = None

    @property
    def sso_role(self) -> SsoRole | None:
        """The role that it is; None for other kinds than SSO."""
        if self.session is None or self.account_id is None or self.role_name is None:
            return None
        return SsoRole(self.session, self.account_id, self.role_name)

    @property
    def key(self) -> str:
        """What identifies it, whichever name was typed."""
        return self.profile or self.role_key

    @property
    def role_key(self) -> str:
        """What tells the role from all others, whichever profile stands for it; empty for other kinds than SSO."""
        return f"{self.session.key} {self.account_id}/{self.role_name}" if self.session else ""


class UnknownTarget(UsageError):
    """Neither a profile nor anything that a login grants fits the words."""


def resolve(words: Sequence[str], grants: Sequence[Grant], names: Sequence[str] = ()) -> Target:
    """Return the one of *grants* that all *words* name; its region is not known here.

    They name it as ACCOUNT/ROLE, in AWS's own forms (an ARN, ACCOUNT_ROLE, ROLE-ACCOUNT), or by any parts of account
    name, id, role and e-mail that only one has. *names* are of what else there is, to tell the nearest of.

    Raises:
        UnknownTarget: Nothing fits; the nearest names are told.
        UsageError: Several grants fit.
    """
    text = " ".join(words)
    if not text or not text.isprintable():
        raise UsageError(f"The profile name {'holds a control character' if text else 'is empty'}.", "See: ssoenv list")
    named = dict(zip(grants, labels(grants), strict=True))
    found = _fitting(text, grants)
    if len(found) > 1:
        several = first_few([f"{named[grant]} ({grant.account_id})" for grant in found])
        raise UsageError(f"Several roles fit {text}: {several}.", "Add a word that only one has.")
    if found:
        return of_grant(found[0], named[found[0]])
    parts = {part for grant in grants for part in (grant.account_name, grant.role_name)}
    parts_like_it = did_you_mean(text, sorted(parts), "See: ssoenv list, ssoenv roles")
    cure = did_you_mean(text, [*names, *named.values()], parts_like_it)
    raise UnknownTarget(f"No profile{', alias or role' if grants else ' or alias'} fits {text}.", cure)


def in_region(target: Target, region: str | None) -> Target:
    """Return *target* with *region* instead of its own, if that is given. Raise UsageError if it can't be one."""
    if region is not None and not is_region(region):
        raise UsageError(f'"{region}" is not a region.', "Write it as in: --region eu-west-1")
    return replace(target, region=region) if region else target


def of_grant(grant: Grant, name: str) -> Target:
    """Return the target that is *grant*, called *name*; its region is not known here."""
    return Target(
        name=name,
        session=grant.session,
        account_id=grant.account_id,
        role_name=grant.role_name,
        region=None,
        account_name=grant.account_name,
        email=grant.email,
    )


def labels(grants: Sequence[Grant]) -> list[str]:
    """Return ``ACCOUNT/ROLE`` for each grant, by the account's name or, where that tells too little, by its id."""
    count = Counter((grant.account_name, grant.role_name) for grant in grants)

    def account(grant: Grant) -> str:
        is_clear = count[grant.account_name, grant.role_name] == 1 and not _ID.search(f"{grant.account_name}/")
        return grant.account_name if is_clear and grant.account_name else grant.account_id

    return [printable(f"{account(grant)}/{grant.role_name}") for grant in grants]


def of_profile(profile: Profile) -> Target:
    """Return the target that is an SSO *profile*."""
    return Target(
        name=profile.name,
        session=profile.session,
        account_id=profile.account_id,
        role_name=profile.role_name,
        region=profile.region,
        profile=profile.name,
    )


def of_other(profile: OtherProfile) -> Target:
    """Return the target that is a *profile* of another kind than SSO."""
    return Target(
        name=profile.name,
        session=None,
        account_id=profile.account_id,
        role_name=profile.role_name,
        region=profile.region,
        profile=profile.name,
        cache_key=profile.cache_key,
    )


def _fitting(text: str, grants: Sequence[Grant]) -> list[Grant]:
    """Return the grants that *text* names exactly, else those that have each of its words as a part."""
    if arn := re.fullmatch(_ARN, text):
        role = arn[2].split("/")[0] if ":assumed-role/" in text else arn[2].rpartition("/")[2]
        reserved = re.fullmatch(_RESERVED, role)
        text = f"{arn[1]}/{reserved[1] if reserved else role}"
    if typed := _ID.search(text):
        grants = [grant for grant in grants if grant.account_id in typed.groups()]
    for form in (str.casefold, fold):  # names may differ by an accent alone
        if exact := [grant for grant in grants if form(text) in map(form, _full_names(grant))]:
            return exact
    account, slash, role = fold(text).partition("/")
    if slash:
        return [grant for grant in grants if role in fold(grant.role_name) and account in _account_text(grant)]
    words = fold(text).split()
    # An e-mail address often holds words such as "admin", so it counts only where nothing else does.
    for haystack in (
        lambda grant: fold(f"{grant.account_name}\n{grant.account_id}\n{grant.role_name}"),
        _all_text,
    ):
        if found := [grant for grant in grants if all(word in haystack(grant) for word in words)]:
            return found
    for pattern in _OTHER_FORMS:
        if other := re.fullmatch(pattern, text):
            return _fitting(f"{other['account']}/{other['role']}", grants)
    return []


def _full_names(grant: Grant) -> list[str]:
    accounts = (grant.account_id, grant.account_name, printable(grant.account_name))
    return [f"{account}{between}{grant.role_name}" for account in accounts for between in "/ "]


def _account_text(grant: Grant) -> str:
    return fold(f"{grant.account_name}\n{grant.account_id}\n{grant.email}")


def _all_text(grant: Grant) -> str:
    return f"{_account_text(grant)}\n{fold(grant.role_name)}"
