"""Names and globs -> Targets: where one command is to run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ssoenv import finding
from ssoenv.context import Context
from ssoenv.errors import UsageError
from ssoenv.targets import Target
from ssoenv.text import fits

if TYPE_CHECKING:
    from ssoenv.inventory import Progress


def select(names: Sequence[str], globs: Sequence[str], context: Context, progress: Progress) -> list[Target]:
    """Return the targets that *names* mean, then those that *globs* match, each once.

    A glob is for the names of profiles, and for ``ACCOUNT/ROLE`` of all roles, in any case of letters; which roles
    there are is as last listed, or listed now.
    Raise UsageError for one that matches nothing, and what `finding.find` raises.
    """
    found = [finding.find([name], context, progress) for name in names]
    if globs:
        finding.list_missing(context, progress)
    choices = finding.choices(context) if globs else []
    for glob in globs:
        named = [each for each in choices if fits(glob, each.name)]
        # Of several profiles that are one role, the first.
        by_role = {each.role_key: each for each in reversed(choices) if fits(glob, *_forms_of_role(each))}
        if not named and not by_role:
            cure = "For names: ssoenv list, ssoenv roles . All roles of an account: --match 'ACCOUNT/*'"
            raise UsageError(f"No profile or role fits {glob}.", cure)
        there = {each.role_key for each in (*found, *named)}
        found += named
        found += [each for each in choices if each is by_role.get(each.role_key) and each.role_key not in there]
    once: dict[str, Target] = {}
    for each in found:
        once.setdefault(each.key, each)
    return list(once.values())


def _forms_of_role(target: Target) -> list[str]:
    accounts = (target.account_name, target.account_id) if target.session else ()
    return [f"{each}/{target.role_name}" for each in accounts if each]
