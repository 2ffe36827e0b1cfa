"""The picker of targets: what was used last first, with the time left where credentials are fresh."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ssoenv import remembered, switch
from ssoenv.aws import roles
from ssoenv.context import Context
from ssoenv.errors import UsageError
from ssoenv.targets import Target
from ssoenv.terminal import Row, pick

if TYPE_CHECKING:
    from ssoenv.inventory import Progress

_INSTEAD = "Type: ssouse NAME. For the names: ssoenv list"


def choose(context: Context, progress: Progress, *, plain: bool) -> Target:
    """Let the user choose one of all targets, and return it. *plain*: by numbered lines.

    Raise UsageError where there is no terminal to ask at or nothing to choose from, Cancelled on Ctrl-C.
    """
    found = switch.choices(context, progress)
    if not found:
        raise UsageError("There is nothing to switch to yet.", "Set it up with: ssoenv configure")
    places = {key: place for place, key in enumerate(remembered.recent(context))}
    found.sort(key=lambda target: places.get(target.key, len(places)))  # stable: the others keep their order
    aliases = remembered.aliases(context)
    rows = _rows(found, aliases, context)
    return found[pick(rows, "Account and role", context, instead=_INSTEAD, plain=plain)]


def _rows(found: Sequence[Target], aliases: Mapping[str, str], context: Context) -> list[Row]:
    widest = min(32, max(len(target.name) for target in found))
    cached = roles.cached_files(context)  # to look for each of 10,000 would take a while
    rows = []
    for target in found:
        meanings = (target.name, target.profile, f"{target.account_id}/{target.role_name}")
        also = [alias for alias, words in aliases.items() if words in meanings and alias != target.name]
        # What tells most comes first: a narrow terminal cuts the rest.
        role = "" if target.name.endswith(f"/{target.role_name}") else target.role_name or ""
        cells = [f"{target.name:{widest}}", _left(target, cached, context), *also, target.account_id or "", role]
        words = f"{target.account_name or ''} {target.email or ''} {target.role_name or ''}"
        rows.append(Row("  ".join(cell for cell in cells if cell), words))
    return rows


def _left(target: Target, cached: set[str], context: Context) -> str:
    if target.session is None or target.account_id is None or target.role_name is None:
        return ""
    if roles.cache_path(context, target.session, target.account_id, target.role_name).name not in cached:
        return ""
    fresh = roles.read_credentials(context, target.session, target.account_id, target.role_name)
    return f"{switch.duration(fresh.left(context.now()))} left" if fresh else ""
