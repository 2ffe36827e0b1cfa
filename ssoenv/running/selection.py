"""Names and globs -> Targets: where one command is to run."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from ssoenv import finding, targets
from ssoenv.context import Context
from ssoenv.errors import UsageError
from ssoenv.targets import Target

if TYPE_CHECKING:
    from ssoenv.inventory import Progress


def select(
    names: Sequence[str], globs: Sequence[str], region: str | None, context: Context, progress: Progress
) -> list[Target]:
    """Return the targets that *names* mean, then those that *globs* match, each once.

    A glob is for the names of profiles, and for ``ACCOUNT/ROLE`` of all roles, in any case of letters; which roles
    there are is as last listed, or listed now.
    Raise UsageError for one that matches nothing, and what `finding.find` raises.
    """
    found = [finding.find([name], region, context, progress) for name in names]
    if globs:
        finding.list_missing(context, progress)
    choices = finding.choices(context) if globs else []
    for glob in globs:
        fitting = [each for each in choices if any(fnmatchcase(name, glob.casefold()) for name in _names(each))]
        if not fitting:
            raise UsageError(f"No profile or role fits {glob}.", "For their names: ssoenv list, ssoenv roles")
        found += [finding.with_region(targets.in_region(each, region), context) for each in fitting]
    once: dict[str, Target] = {}
    for each in found:
        once.setdefault(each.key, each)
    return list(once.values())


def _names(target: Target) -> list[str]:
    accounts = (target.account_name, target.account_id) if target.session else ()
    return [text.casefold() for text in (target.name, *(f"{each}/{target.role_name}" for each in accounts if each))]
