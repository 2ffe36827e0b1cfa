"""The words that name a target on the command line, or the picker where there are none."""

from __future__ import annotations

from collections.abc import Sequence

from ssoenv import completion_names, finding, targets
from ssoenv.aws import config
from ssoenv.cli.listing import listing_bar
from ssoenv.context import Context
from ssoenv.targets import Target


def find(words: Sequence[str] | None, region: str | None, context: Context) -> Target:
    """Return the target that *words* name; without any, the one that the user chooses, what was used last first.

    Raise what `finding.find` and `choosing.choose` raise.
    """
    if region:
        from ssoenv.aws import regions

        regions.warn_of_unknown(region, context)
    with listing_bar(context) as bar:
        if words:
            found = finding.find(words, region, context, bar.update)
        else:
            from ssoenv import choosing

            found = targets.in_region(choosing.choose(context, bar.update), region)
    if found.profile and completion_names.lack(found.profile, context):  # which came into the file since
        completion_names.refresh(config.load(context), context)
    return finding.with_region(found, context)
