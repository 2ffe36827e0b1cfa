"""The picker of targets: what was used last first, with the time left where credentials are fresh."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ssoenv import credentials, remembered
from ssoenv.context import Context
from ssoenv.errors import UsageError
from ssoenv.targets import Target
from ssoenv.terminal import Row, pick
from ssoenv.text import duration

_INSTEAD = "Give a NAME. For the names: ssoenv list, ssoenv roles"


def choose(found: list[Target], context: Context) -> Target:
    """Let the user choose one of the targets *found*, and return it.

    Raise UsageError where there is no terminal to ask at or nothing to choose from, Cancelled on Ctrl-C.
    """
    if not found:
        raise UsageError(
            "There is nothing to switch to yet.",
            "Set it up with: ssoenv configure . Or without any profile: ssoenv login --start-url URL",
        )
    places = {key: place for place, key in enumerate(remembered.recent(context))}
    found.sort(key=lambda target: places.get(target.key, len(places)))  # stable: the others keep their order
    aliases = remembered.aliases(context)
    rows = _rows(found, aliases, context)
    return found[pick(rows, "Account and role", context, instead=_INSTEAD)]


def _rows(found: Sequence[Target], aliases: Mapping[str, str], context: Context) -> list[Row]:
    widest = min(32, max(len(target.name) for target in found))
    lives = [duration(keys.left(context.now())) if keys else "" for keys in credentials.cached(found, context)]
    rows = []
    for target, left in zip(found, _padded(lives), strict=True):
        meanings = (target.name, target.profile, f"{target.account_id}/{target.role_name}")
        also = [alias for alias, words in aliases.items() if words in meanings and alias != target.name]
        name = f"{target.name:{widest}}"
        account = f"{target.account_id or '':12}"
        role = "" if target.name.endswith(f"/{target.role_name}") else target.role_name or ""
        text = name + _cells(left, account, role, *also)
        words = f"{target.account_name or ''} {target.role_name or ''}"
        # A role in no profile is called after its account: the id tells nothing that the middle of that does not.
        rest, end = _cells(left, account if target.profile else ""), _cells(role, *also)
        rows.append(Row(text, words, name, rest, end, besides=target.email or ""))
    return rows


def _padded(cells: Sequence[str]) -> list[str]:
    widest = max(map(len, cells))
    return [cell.ljust(widest) for cell in cells]


def _cells(*texts: str) -> str:
    return "".join(f"  {text}" for text in texts if text)
