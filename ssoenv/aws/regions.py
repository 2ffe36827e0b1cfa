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


def is_unknown(name: str) -> bool:
    """Tell whether *name* has the form of a region and is none that botocore knows: a new one, or a slip."""
    return is_region(name) and name not in names()


def warn_of_unknown(name: str, context: Context) -> None:
    """Say so if *name* `is_unknown`."""
    if is_unknown(name):
        nearest = did_you_mean(name, names(), otherwise="")
        context.say(f"Careful: {name} is an unknown region, and used as it is. {nearest}".rstrip())
