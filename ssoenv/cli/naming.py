"""The words that name a target on the command line, or the picker where there are none."""

from __future__ import annotations

from collections.abc import Sequence

from ssoenv import completion_names, finding
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
    with listing_bar(context) as bar:  # which is drawn over what is asked while it is there
        found = finding.find(words, context, bar.update) if words else finding.choices(context, bar.update)
    if isinstance(found, list):
        from ssoenv import choosing

        found = choosing.choose(found, context)
    if found.profile and completion_names.lack(found.profile, context):  # which came into the file since
        completion_names.refresh(config.load(context), context)
    return finding.with_region(found, region, context)
