"""Puts shell/ and completions/ into the wheel, and leaves an editable install to use the checkout's own files."""

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

COMPLETIONS = {
    "completions/ssoenv.bash": "share/bash-completion/completions/ssoenv",
    "completions/_ssoenv": "share/zsh/site-functions/_ssoenv",
    "completions/ssoenv.fish": "share/fish/vendor_completions.d/ssoenv.fish",
    "completions/ssouse.fish": "share/fish/vendor_completions.d/ssouse.fish",
}


class DataHook(BuildHookInterface[Any]):
    """Adds the data files to a built wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name each data file and where it goes; a copy in an editable install would go stale, so it gets none."""
        if version == "editable":
            return
        build_data["force_include"]["shell"] = "ssoenv/_data/shell"
        build_data["force_include"]["completions"] = "ssoenv/_data/completions"
        build_data["shared_data"].update(COMPLETIONS)
