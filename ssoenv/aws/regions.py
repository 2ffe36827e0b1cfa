"""The regions there are, as botocore knows them."""

from __future__ import annotations

import re
from functools import cache

from ssoenv.aws.config import is_region
from ssoenv.context import Context
from ssoenv.text import did_you_mean


@cache
def names(beside: str | None = None) -> dict[str, str]:
    """Return each region's name and what it is called in words.

    With *beside*, these are the regions that the credentials of that region are good in: those of its partition.
    """
    from botocore.loaders import create_loader

    found: dict[str, str] = {}
    for partition in create_loader().load_data("partitions")["partitions"]:
        pattern = re.compile(partition["regionRegex"])
        if beside is None or pattern.match(beside):
            # The data has names like aws-global, too, which no user means.
            regions = {name: str(region["description"]) for name, region in partition["regions"].items()}
            found |= {name: words for name, words in regions.items() if pattern.match(name)}
    return found


def labels(beside: str | None, *first: str | None) -> dict[str, str]:
    """Return the regions that `names` does, *first* ones before the others, each with the line that shows it."""
    known = names(beside)
    ordered = dict.fromkeys(filter(None, [*first, *known]))
    longest = max(map(len, ordered))
    return {name: f"{name:{longest}}  {known.get(name, '')}".rstrip() for name in ordered}


def warning(name: str) -> str | None:
    """Return the sentence for a *name* that has the form of a region and is none that botocore knows, else None.

    It may be a new one, or a slip.
    """
    if not is_region(name) or name in (known := names()):
        return None
    nearest = did_you_mean(name, known, otherwise="")
    return f"Careful: {name} is an unknown region, and used as it is. {nearest}".rstrip()


def warn_of_unknown(name: str, context: Context) -> None:
    """Say what `warning` returns, if it does."""
    if sentence := warning(name):
        context.say(sentence)
