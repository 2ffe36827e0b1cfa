"""``ssoenv settings``: what can be set, and what is."""

from __future__ import annotations

from dataclasses import fields

from ssoenv import settings
from ssoenv.cli import messages
from ssoenv.text import printable


def show_settings() -> None:
    """Show each setting with its value, where that comes from, and its meaning."""
    context = messages.context()
    path = context.settings_file
    own = settings.read(context)
    messages.write(printable(f"{path}{'' if path.exists() else ' (there is none)'}") + "\n")
    for setting in fields(settings.Settings):
        value = own.get(setting.name, setting.default)
        shown = str(value).lower() if isinstance(value, bool) else repr(value)
        source = "your file" if setting.name in own else "default"
        messages.write(printable(f"{setting.name} = {shown}  # {source}: {setting.metadata['meaning']}") + "\n")
